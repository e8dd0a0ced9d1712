"""Random effects and the cluster-robust Hausman test against R's plm."""

import json

import numpy as np
import pytest
import statsmodels.api as sm

from pipeline.inference.within import crv1_factor
from pipeline.methods.baseline.random_effects.estimate import _hausman, _random
from pipeline.methods.baseline.random_effects.spec import RandomEffectsTable
from pipeline.panel.finding import Rejected
from pipeline.study.choices import ModelChoice
from tests.conftest import ROOT
from tests.methods.estimated import TITLE, result_of, table_of, words_of


@pytest.fixture(scope="module")
def witness():
    path = ROOT / "tests/reference/random_effects/numbers.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def grunfeld():
    data = sm.datasets.grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"].rename(columns={"firm": "province"})
    return data.assign(year=data["year"].astype(int)).set_index(["province", "year"]).sort_index()


def spec(**model):
    return RandomEffectsTable(kind="random_effects", title=TITLE, model=ModelChoice(**model))


def test_coefficients_and_errors_are_those_of_plm(grunfeld, witness):
    names = ["value", "capital"]
    random, _ = _random(grunfeld["invest"], grunfeld[names], names, 0.95)
    found = {**random.coefficients, "constant": random.constant}
    factor = np.sqrt(crv1_factor(200, 10, 2, 0))
    for name, estimate in found.items():
        assert estimate.value == pytest.approx(witness["random"][name], rel=1e-9)
        assert estimate.error / factor == pytest.approx(witness["arellano_hc0"][name], rel=1e-7)
    assert random.theta == pytest.approx((witness["theta"],) * 2, rel=1e-9)


def test_the_hausman_test_is_that_of_plm(grunfeld, witness):
    names = ["value", "capital"]
    means = grunfeld[names].groupby(level="province").transform("mean").add_prefix("mean of ")
    x = grunfeld[names].join(means)
    correlated, covariance = _random(grunfeld["invest"], x, [*x.columns], 0.95)
    for name in names:
        value = correlated.coefficients[name].value
        assert value == pytest.approx(witness["correlated"][name], rel=1e-8)
        assert correlated.means[name].value == pytest.approx(witness["means"][name], rel=1e-8)
    test = _hausman(correlated, covariance, 9)
    chi2 = test.f * test.df1 * crv1_factor(200, 10, 4, 0)
    assert chi2 == pytest.approx(witness["hausman_chi2_hc0"], rel=1e-7)
    assert (test.df1, test.df2) == (2, 9) and test.rejects is (test.p < 0.05)


def test_correlated_random_effects_are_fixed_effects_on_a_balanced_panel(demo, demo_panel):
    result = result_of(demo, demo_panel, spec())
    for name, estimate in result.within.coefficients.items():
        assert result.correlated.coefficients[name].value == pytest.approx(estimate.value, rel=1e-8)
    assert result.random.coefficients["nqp"].value != pytest.approx(
        result.within.treatment.value, rel=1e-3
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_verdict_is_that_of_the_test(demo, demo_panel, language):
    table_spec = spec()
    result = result_of(demo, demo_panel, table_spec)
    words = words_of(table_of(demo, result, table_spec, language))
    refused = {"en": "random effects are refused", "zh": "：拒绝随机效应"}[language]
    assert (refused in words) is result.hausman.rejects


def test_a_model_without_unit_effects_is_refused(demo):
    (problem,) = spec(effects=["year"]).problems(demo, "x.toml", True)
    assert problem.code == "effects"


def test_a_regressor_that_the_unit_effects_absorb_is_refused(demo, demo_panel):
    constant = demo_panel.frame["nqp"].groupby(level="province").transform("first")
    panel = type(demo_panel)(demo_panel.frame.assign(nqp=constant), demo_panel.weights)
    with pytest.raises(Rejected) as refused:
        result_of(demo, panel, spec())
    assert [f.code for f in refused.value.findings] == ["collinear"]
