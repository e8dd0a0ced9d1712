import json

import numpy as np
import pytest
import statsmodels.api as sm

from pipeline.inference.few_clusters.wild import wild_model
from pipeline.inference.moments import codes
from pipeline.inference.within import crv1_factor, within_fit
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/grunfeld/numbers.json").read_text())


def grunfeld():
    data = sm.datasets.grunfeld.load_pandas().data
    return data[data["firm"] != "American Steel"]


def test_two_way_within_and_clustered_errors_as_fixest():
    d = grunfeld()
    firm, year = codes(d["firm"].to_numpy()), codes(d["year"].to_numpy())
    fit = within_fit(d["invest"].to_numpy(), d[["value", "capital"]].to_numpy(), firm, year, firm)
    np.testing.assert_allclose(fit.beta, list(REFERENCE["two_way"]["coef"].values()), rtol=1e-11)
    np.testing.assert_allclose(
        np.sqrt(np.diag(fit.covariance)), list(REFERENCE["two_way"]["se"].values()), rtol=1e-11
    )
    assert fit.df == 9


def test_the_factor_of_the_convention():
    # N = 816, G = 48, 4 slopes, 17 years: G/(G-1) (N-1)/(N-21)
    assert crv1_factor(816, 48, 4, 16) == pytest.approx(48 / 47 * 815 / 795, rel=1e-15)


@pytest.mark.parametrize("missing", [0, 7])
def test_equals_least_squares_with_dummies(missing):
    rng = np.random.default_rng(missing)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(12), np.arange(7), indexing="ij"))
    keep = np.ones(84, bool)
    keep[rng.choice(84, missing, replace=False)] = False
    x, y = rng.normal(size=(84, 2)), rng.normal(size=84)
    entity, time, x, y = entity[keep], time[keep], x[keep], y[keep]
    dummies = np.column_stack(
        [entity[:, None] == np.arange(12), time[:, None] == np.arange(1, 7)]
    ).astype(float)
    full = np.column_stack([x, dummies])
    beta = np.linalg.lstsq(full, y, rcond=None)[0]
    fit = within_fit(y, x, entity, time, entity)
    np.testing.assert_allclose(fit.beta, beta[:2], rtol=1e-9)
    np.testing.assert_allclose(fit.residuals, y - full @ beta, atol=1e-11)


def test_a_year_that_only_singletons_have_takes_nothing_from_the_other_years():
    """Its demeaned dummy is a zero column in the middle of the others."""
    rng = np.random.default_rng(3)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(8), np.arange(6), indexing="ij"))
    keep = time != 2
    entity, time = np.append(entity[keep], 8), np.append(time[keep], 2)
    x, y = rng.normal(size=(len(time), 2)), rng.normal(size=len(time)) + time
    dummies = np.column_stack(
        [entity[:, None] == np.arange(9), time[:, None] == np.arange(1, 6)]
    ).astype(float)
    beta = np.linalg.lstsq(np.column_stack([x, dummies]), y, rcond=None)[0]
    np.testing.assert_allclose(within_fit(y, x, entity, time, entity).beta, beta[:2], rtol=1e-9)
    model = wild_model(y, x[:, 0], x[:, 1:], entity, time, entity)
    assert model.estimate == pytest.approx(beta[0], rel=1e-9)
