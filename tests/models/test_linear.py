"""Coefficients, clustered errors and R² against R, Stata and a published analysis."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pipeline.inference.moments import codes
from pipeline.inference.within import within_fit
from pipeline.models.linear import fit
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import Panel
from pipeline.study.choices import Sample
from pipeline.study.model import Model
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/grunfeld/numbers.json").read_text())
TWO_WAY = ["province", "year"]


def as_panel(frame, entity, time):
    keys = pd.MultiIndex.from_arrays(
        [codes(frame[entity].to_numpy()), frame[time].astype(int)], names=["province", "year"]
    )
    return Panel(frame.drop(columns=[entity, time]).set_index(keys).astype(float).sort_index())


def fitted(panel, outcome, names, effects):
    model = Model(outcome, names[0], names[1:], effects, Sample(), None)
    return fit(panel, model, "x", 0.95)


@pytest.mark.parametrize(
    ("case", "effects"),
    [("two_way", TWO_WAY), ("one_way", ["province"]), ("pooled", [])],
)
def test_grunfeld_as_fixest_and_stata(case, effects):
    d = sm.datasets.grunfeld.load_pandas().data
    panel = as_panel(d[d["firm"] != "American Steel"], "firm", "year")
    column = fitted(panel, "invest", ["value", "capital"], effects)
    wanted = REFERENCE[case]
    # Stata's log and its data in single precision: 2e-8; R: 1e-10
    tolerance = 5e-8 if case == "pooled" else 1e-10
    found = dict(column.coefficients)
    if column.constant is not None:
        found["constant"] = column.constant
    for name, value in wanted["coef"].items():
        assert found[name].value == pytest.approx(value, rel=tolerance)
        assert found[name].error == pytest.approx(wanted["se"][name], rel=tolerance)
    if "r2_within" in wanted:
        assert column.fit.r2_within == pytest.approx(wanted["r2_within"], rel=1e-12)
    assert column.rows.df == 9 and (column.constant is None) == bool(effects)


def test_produc_two_way_as_fixest(shared):
    folder = shared / "references/case01_produc_twoway"
    reference = json.loads((folder / "reference.json").read_text())["two_way_within"]
    d = pd.read_csv(folder / "data.csv")
    d = d.assign(**{f"log_{name}": np.log(d[name]) for name in ("gsp", "pcap", "pc", "emp")})
    names = ["log_pcap", "log_pc", "log_emp", "unemp"]
    panel = as_panel(d[["state", "year", "log_gsp", *names]], "state", "year")
    column = fitted(panel, "log_gsp", names, TWO_WAY)
    raw = reference["se_R"]["plm_vcovHC_arellano_group_HC0"]
    for name in names:
        found = column.coefficients[name]
        assert found.value == pytest.approx(reference["coef"][name], rel=1e-9)
        error = raw[name] * np.sqrt(48 / 47 * 815 / (816 - 21))
        assert found.error == pytest.approx(error, rel=1e-9)
    within = reference["R2_plm(both effects removed)"]
    assert column.fit.r2_within == pytest.approx(within, rel=1e-10)
    assert column.fit.r2 == pytest.approx(reference["R2_inclusive_of_effects"], rel=1e-10)


def test_a_published_stata_analysis_of_provinces(shared):
    """xtreg, fe i.year vce(cluster): coefficients and errors to the digits Stata 18 printed."""
    d = pd.read_csv(shared / "data/reproductions/china_tax_panel/data.csv")
    names = ["L3_pub_emp", "broad_tax_burden", "L3_aging"]
    entity = next(c for c in ("province_id", "province", "prov", "id") if c in d.columns)
    d = d[[entity, "year", "ln_tfp", *names]].dropna()
    column = fitted(as_panel(d, entity, "year"), "ln_tfp", names, TWO_WAY)
    assert column.rows.observations == 217
    printed = {
        "L3_pub_emp": (0.1525471, 0.1745179),
        "broad_tax_burden": (-0.008265, 0.003822),
        "L3_aging": (-0.0109117, 0.0079609),
    }
    for name, (value, error) in printed.items():
        found = column.coefficients[name]
        assert found.value == pytest.approx(value, abs=6e-8 if abs(value) > 0.009 else 6e-7)
        digits = 6e-7 if name == "broad_tax_burden" else 6e-8
        assert found.error == pytest.approx(error, abs=digits)


def test_the_core_gives_the_same_numbers_as_linearmodels(demo, demo_panel):
    """Two implementations, one convention: PanelOLS rescaled here, the moment core there."""
    names = ["nqp", *demo.spec.roles.controls]
    rows = demo_panel.frame[["uri", *names]].drop(index=[(110000, 2012), (540000, 2015)])
    column = fitted(Panel(rows), "uri", names, TWO_WAY)
    province, year = (codes(rows.index.get_level_values(k).to_numpy()) for k in TWO_WAY)
    core = within_fit(rows["uri"].to_numpy(), rows[names].to_numpy(), province, year, province)
    found = list(column.coefficients.values())
    np.testing.assert_allclose([e.value for e in found], core.beta, rtol=1e-9)
    errors = np.sqrt(np.diag(core.covariance))
    np.testing.assert_allclose([e.error for e in found], errors, rtol=1e-9)


def test_absorbed_and_collinear_variables_are_named(demo_panel):
    frame = demo_panel.frame.assign(
        fixed=lambda f: f.groupby(level="province")["nqp"].transform("first"),
        twice=lambda f: 2 * f["nqp"] + f["fixed"],
    )
    with pytest.raises(Rejected) as refused:
        fitted(Panel(frame), "uri", ["nqp", "fixed", "twice"], TWO_WAY)
    found = {f.where.variable: f.found for f in refused.value.findings}
    assert set(found) == {"fixed", "twice"}
    assert "effects are absorbed" in found["fixed"] and "equal to `nqp`" in found["twice"]


@pytest.fixture
def small():
    """31 units, 9 years: y on x and c with noise."""
    rng = np.random.default_rng(5)
    keys = pd.MultiIndex.from_product([range(31), range(2011, 2020)], names=["province", "year"])
    d = pd.DataFrame(rng.normal(size=(len(keys), 3)), keys, ["x", "c", "y"])
    return d.assign(y=d["y"] + 0.5 * d["x"] + 0.3 * d["c"])


def numbers(column):
    found = [*column.coefficients.values(), *filter(None, [column.constant])]
    return np.array([[e.value, e.error, e.statistic, e.p] for e in found], float)


@pytest.mark.parametrize("effects", [TWO_WAY, ["province"], ["year"], []])
@pytest.mark.parametrize("level", [1e5, 1e6, 1e7, 1e8])
def test_a_regressor_that_is_large_beside_its_variation_keeps_its_digits(small, effects, level):
    """c = level + noise: slopes, errors and tests are those of the noise; the constant moves."""
    wanted = numbers(fitted(Panel(small), "y", ["x", "c"], effects))[:2]
    moved = Panel(small.assign(c=small["c"] + level))
    np.testing.assert_allclose(
        numbers(fitted(moved, "y", ["x", "c"], effects))[:2], wanted, rtol=1e-6
    )


@pytest.mark.parametrize("effects", [TWO_WAY, []])
@pytest.mark.parametrize(("small_scale", "large_scale"), [(0.03, 1e12), (1e-9, 1e9)])
def test_units_of_measure_change_nothing_but_the_scale(small, effects, small_scale, large_scale):
    """Yuan beside an index: t and p are the same, coefficients are divided by the scale."""
    wanted = numbers(fitted(Panel(small), "y", ["x", "c"], effects))
    scaled = small.assign(x=small["x"] * small_scale, c=small["c"] * large_scale)
    found = numbers(fitted(Panel(scaled), "y", ["x", "c"], effects))
    np.testing.assert_allclose(found[:, 2:], wanted[:, 2:], rtol=1e-9)
    scales = np.array([small_scale, large_scale])[:, None]
    np.testing.assert_allclose(found[:2, :2] * scales, wanted[:2, :2], rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-8, 1e10])
def test_the_outcomes_unit_scales_coefficients_alone(small, scale):
    wanted = numbers(fitted(Panel(small), "y", ["x", "c"], TWO_WAY))
    found = numbers(fitted(Panel(small.assign(y=small["y"] * scale)), "y", ["x", "c"], TWO_WAY))
    np.testing.assert_allclose(found[:, :2], wanted[:, :2] * scale, rtol=1e-9)
    np.testing.assert_allclose(found[:, 2:], wanted[:, 2:], rtol=1e-9)


def test_the_pooled_constant_is_that_of_statsmodels(small):
    moved = small.assign(c=small["c"] + 40, y=small["y"] * 3 + 7)
    column = fitted(Panel(moved), "y", ["x", "c"], [])
    ols = sm.OLS(moved["y"], sm.add_constant(moved[["x", "c"]])).fit(
        cov_type="cluster", cov_kwds={"groups": moved.index.get_level_values("province")}
    )
    assert column.constant.value == pytest.approx(ols.params["const"], rel=1e-9)
    assert column.constant.error == pytest.approx(ols.bse["const"], rel=1e-9)


def refusal(frame, effects=TWO_WAY, names=("x", "c")):
    with pytest.raises(Rejected) as refused:
        fitted(Panel(frame), "y", list(names), effects)
    return {(f.code, f.where.variable) for f in refused.value.findings}


def test_an_outcome_that_the_effects_absorb_is_refused(small):
    constant = small.groupby(level="province")["y"].transform("first")
    assert refusal(small.assign(y=constant)) == {("outcome-constant", "y")}
    assert refusal(small.assign(y=3.0), []) == {("outcome-constant", "y")}
    assert fitted(Panel(small.assign(y=constant)), "y", ["x", "c"], ["year"]).rows.units == 31


def test_a_perfect_fit_is_refused(small):
    exact = 2 * small["x"] + small["c"] - 5
    assert refusal(small.assign(y=exact)) == {("perfect-fit", "y")}
    assert refusal(small.assign(y=exact), []) == {("perfect-fit", "y")}


def test_every_problem_of_a_column_is_told_at_once(small):
    broken = small.assign(x=1.0, y=small.groupby(level="year")["y"].transform("mean"))
    assert refusal(broken) == {("collinear", "x"), ("outcome-constant", "y")}


CASES = {
    "near_constant_regressor": {"x": (0.463597, 0.065703), "c": (0.340811, 0.072243)},
    "yuan_beside_index": {"x": (0.463597 / 0.02, None), "c": (0.340811e-12, None)},
}


def case(shared, name):
    d = pd.read_csv(shared / f"cases/estimation/{name}.csv")
    return as_panel(d, "province", "year")


@pytest.mark.parametrize("name", CASES)
def test_cases_of_the_reference_collection(shared, name):
    column = fitted(case(shared, name), "y", ["x", "c"], TWO_WAY)
    for variable, (value, error) in CASES[name].items():
        found = column.coefficients[variable]
        assert found.value == pytest.approx(value, rel=2e-6)
        if error is not None:
            assert found.error == pytest.approx(error, rel=1e-5)
    if name == "near_constant_regressor":
        assert column.fit.r2_within == pytest.approx(0.229208, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "code"), [("outcome_constant", "outcome-constant"), ("perfect_fit", "perfect-fit")]
)
def test_refused_cases_of_the_reference_collection(shared, name, code):
    with pytest.raises(Rejected) as refused:
        fitted(case(shared, name), "y", ["x", "c"], TWO_WAY)
    assert {f.code for f in refused.value.findings} == {code}


@pytest.mark.parametrize("distance", [1e-2, 1e-4])
def test_two_controls_that_are_nearly_alike_stay_two(distance):
    """c and c + e d span what c and d span: the treatment is the same, whatever e is."""
    units, years = 12, 8
    c, d, x, noise = np.random.default_rng(3).normal(size=(4, units * years))
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), years),
            "when": np.tile(np.arange(years), units),
            "y": x + c - d + noise,
            "x": x,
            "c": c,
            "d": d,
            "near": c + distance * d,
        }
    )
    panel = as_panel(frame, "unit", "when")
    apart = fitted(panel, "y", ["x", "c", "d"], TWO_WAY).treatment
    near = fitted(panel, "y", ["x", "c", "near"], TWO_WAY).treatment
    assert near.value == pytest.approx(apart.value, rel=1e-7)
    assert near.error == pytest.approx(apart.error, rel=1e-7)
