"""Common correlated effects and the tests of panels against R's plm."""

import json

import numpy as np
import pytest

from pipeline.inference.trends import cce
from pipeline.inference.trends.dependence import cd
from pipeline.inference.trends.serial import difference_test, within_test
from pipeline.inference.trends.slopes import slope_test
from pipeline.inference.trends.unit_root import cips
from tests.conftest import ROOT

FOLDER = ROOT / "tests/reference/trends"
PLM = json.loads((FOLDER / "numbers.json").read_text())
PANEL = np.genfromtxt(FOLDER / "panel.csv", delimiter=",", names=True)
N, T = 12, 16


def grid(column):
    return PANEL[column].reshape(N, T)


Y, X = grid("y"), np.stack([grid("x1"), grid("x2")], axis=-1)
CLOSE = {"rtol": 1e-9, "atol": 1e-12}


@pytest.mark.parametrize(("model", "estimate"), [("p", cce.pooled), ("mg", cce.mean_group)])
def test_common_correlated_effects(model, estimate):
    fit = estimate(Y, X)
    np.testing.assert_allclose(fit.beta, PLM[f"pcce_{model}"], **CLOSE)
    np.testing.assert_allclose(fit.covariance.ravel(), PLM[f"pcce_{model}_covariance"], **CLOSE)
    np.testing.assert_allclose(fit.units.ravel(), PLM[f"pcce_{model}_units"], **CLOSE)
    assert fit.df == N - 1


def test_dependence_between_units():
    residuals = np.array(PLM["within_residuals"]).reshape(N, T)
    assert cd(residuals).statistic == pytest.approx(PLM["cd"][0], rel=1e-10)
    some = np.where(grid("there") == 1, residuals, np.nan)
    assert cd(some).statistic == pytest.approx(PLM["cd_unbalanced"][0], rel=1e-10)


def test_serial_correlation():
    within = np.array(PLM["within_residuals"]).reshape(N, T)
    changes = np.array(PLM["difference_residuals"]).reshape(N, T - 1)
    assert within_test(within).f == pytest.approx(PLM["pwartest"][0], rel=1e-10)
    assert difference_test(changes).f == pytest.approx(PLM["pwfdtest_fe"][0], rel=1e-10)
    assert difference_test(changes, True).f == pytest.approx(PLM["pwfdtest_fd"][0], rel=1e-10)


@pytest.mark.parametrize("name", [name for name in PLM if name.startswith("cips")])
def test_unit_roots(name):
    _, deterministics, kind, lags = name.split("_")
    test = cips(Y, int(lags), deterministics, kind == "truncated")
    assert test.statistic == pytest.approx(PLM[name][0], rel=1e-9)


def test_slopes_of_units():
    test = slope_test(Y, X)
    np.testing.assert_allclose(test.units.T.ravel(), PLM["units"], **CLOSE)
    assert test.delta == pytest.approx(PLM["delta"][0], rel=1e-9)
    assert test.adjusted == pytest.approx(PLM["delta_adjusted"][0], rel=1e-9)
