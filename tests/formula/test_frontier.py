import json

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import OptimizeResult
from scipy.stats import halfnorm, norm

from pipeline.formula.proxies.frontier import efficiencies, fit, frontier, log_likelihood
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/frontier/numbers.json").read_text())
FIRMS = {name: np.array(values)[:, None] for name, values in REFERENCE["data"].items()}
DESIGN = np.column_stack([np.ones(60), np.log(FIRMS["capital"]), np.log(FIRMS["labour"])])
OUTPUT = np.log(FIRMS["output"][:, 0])


def simulated(seed, noise=0.1, waste=0.4, shape=(31, 13)):
    rng = np.random.default_rng(seed)
    k, n = np.exp(rng.normal(0, 1, (2, *shape)))
    u = np.abs(rng.normal(0, waste, shape))
    trend = 0.03 * np.arange(shape[1])
    y = np.exp(1 + 0.4 * np.log(k) + 0.5 * np.log(n) + trend + rng.normal(0, noise, shape) - u)
    return y, k, n, u


def test_front41_example():
    """60 firms: FRONTIER 4.1 stops at a relative change of 1e-5, pysfa at BFGS's tolerance."""
    found = fit(OUTPUT, DESIGN)
    witness, pysfa = REFERENCE["front41"], REFERENCE["pysfa"]
    gamma = found.ratio**2 / (1 + found.ratio**2)
    np.testing.assert_allclose(found.coefficients, witness["coefficients"], atol=4e-6)
    np.testing.assert_allclose(
        [found.sigma2, gamma], [witness["sigma2"], witness["gamma"]], atol=2e-6
    )
    assert witness["loglik"] < found.loglik == pytest.approx(witness["loglik"], abs=4e-6)
    np.testing.assert_allclose(found.coefficients, pysfa["coefficients"], atol=1e-6)
    np.testing.assert_allclose(
        [found.sigma2, found.ratio], [pysfa["sigma2"], pysfa["lambda"]], atol=1e-6
    )


def test_front41_efficiencies():
    witness = REFERENCE["front41"]
    found = frontier(FIRMS["output"], [FIRMS["capital"], FIRMS["labour"]])[:, 0]
    np.testing.assert_allclose(found, witness["efficiencies"], atol=2e-6)
    np.testing.assert_allclose(found, REFERENCE["pysfa"]["efficiencies"], atol=3e-7)
    ratio = np.sqrt(witness["gamma"] / (1 - witness["gamma"]))
    at_its_own = efficiencies(OUTPUT - DESIGN @ witness["coefficients"], witness["sigma2"], ratio)
    np.testing.assert_allclose(at_its_own, witness["efficiencies"], atol=4e-7)


@pytest.mark.parametrize("e", [-1.5, -0.2, 0.0, 0.4])
def test_density_and_efficiency_by_numerical_integration(e):
    sigma_u, sigma_v = 0.5, 0.3
    joint = lambda u: halfnorm.pdf(u, scale=sigma_u) * norm.pdf(e + u, scale=sigma_v)  # noqa: E731
    density = quad(joint, 0, 6, epsabs=1e-13)[0]
    mean = quad(lambda u: np.exp(-u) * joint(u), 0, 6, epsabs=1e-13)[0] / density
    at = np.array([e]), sigma_u**2 + sigma_v**2, sigma_u / sigma_v
    assert log_likelihood(*at) == pytest.approx(np.log(density), rel=1e-9)
    assert efficiencies(*at)[0] == pytest.approx(mean, rel=1e-9)


def test_likelihood_is_flat_at_the_optimum_and_lower_around_it():
    found = fit(OUTPUT, DESIGN)
    best = np.r_[found.coefficients, found.sigma2, found.ratio]
    at = lambda p: log_likelihood(OUTPUT - DESIGN @ p[:3], p[3], p[4])  # noqa: E731
    assert at(best) == found.loglik
    for i in range(5):
        step = np.eye(5)[i] * 1e-4
        assert abs(at(best + step) - at(best - step)) / 2e-4 < 1e-4
        assert max(at(best + 100 * step), at(best - 100 * step)) < found.loglik


def test_truth_is_recovered():
    y, k, n, u = simulated(1, shape=(31, 200))
    found = frontier(y, [k, n])
    trend = np.tile(np.arange(200.0), 31)
    design = np.column_stack([np.ones(6200), np.log(k).ravel(), np.log(n).ravel(), trend])
    fitted = fit(np.log(y).ravel(), design)
    np.testing.assert_allclose(fitted.coefficients, [1, 0.4, 0.5, 0.03], atol=0.02)
    assert fitted.ratio == pytest.approx(4, rel=0.1) and fitted.sigma2 == pytest.approx(
        0.17, rel=0.05
    )
    assert np.corrcoef(found.ravel(), np.exp(-u).ravel())[0, 1] > 0.9


def test_units_do_not_matter_and_a_growing_frontier_is_not_inefficiency():
    y, k, n, _ = simulated(2)
    found = frontier(y, [k, n])
    assert (found > 0).all() and (found < 1).all()
    np.testing.assert_allclose(frontier(y * 1e4, [k * 1e-3, n * 7]), found, rtol=1e-7)
    np.testing.assert_allclose(frontier(y * 1.05 ** np.arange(13), [k, n]), found, rtol=1e-7)


def test_missing_and_zero_cells_are_left_out():
    y, k, n, _ = simulated(3)
    holes = k.copy()
    holes[4, 2], holes[5, 3] = np.nan, 0
    found = frontier(y, [holes, n])
    assert (
        np.isnan(found[4, 2]) and np.isinf(found[5, 3]) and np.isfinite(found).sum() == y.size - 2
    )
    assert np.abs(found - frontier(y, [k, n]))[np.isfinite(found)].max() < 0.02


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda y, k, n, u: (y * np.exp(2 * u), [k, n]), "wrong skew: .* skewness 0"),
        (lambda y, k, n, u: (np.exp(0.4 * np.log(k) - u), [k]), "no noise left"),
        (lambda y, k, n, u: (y, [k, k**2]), "do not determine"),
        (lambda y, k, n, u: (np.where(np.arange(13) == 0, y, np.nan), [k, n]), "do not determine"),
        (
            lambda y, k, n, u: (y[:5, :1], [k[:5, :1], n[:5, :1]]),
            "5 cells do not determine a frontier of 3",
        ),
    ],
)
def test_what_has_no_frontier_is_refused(change, says):
    with pytest.raises(ValueError, match=says):
        frontier(*change(*simulated(4)))


def test_a_search_that_stops_early_is_refused(monkeypatch):
    def stopped(fun, x0, **_):
        return OptimizeResult(x=x0, fun=fun(x0), message="stopped")

    monkeypatch.setattr("pipeline.formula.proxies.frontier.minimize", stopped)
    with pytest.raises(ValueError, match="did not converge: stopped"):
        fit(OUTPUT, DESIGN)


def test_real_provinces_have_the_wrong_skew(shared):
    """A published panel: least-squares residuals of 31 provinces lean to the right,
    so no frontier is reported."""
    table = pd.read_csv(shared / "data/reproductions/china_tax_panel/dea_input.csv")
    wide = {
        v: table.pivot(index="province_id", columns="year", values=v).to_numpy()
        for v in table.columns[2:]
    }
    with pytest.raises(ValueError, match=r"wrong skew: .* skewness 0\.227"):
        frontier(wide["gdp_bn"], [wide["capital"], wide["labor"]])


def test_the_refusal_of_a_wrong_skew_says_how_often_chance_makes_it():
    """Of 200 samples of 31 x 12 cells with inefficiency as spread as the noise .13 are refused,
    half as spread .42; the bounds are three binomial errors (.07, .10)."""
    draw = np.random.default_rng(1)
    for spread, share in ((1.0, 0.13), (0.5, 0.42)):
        refused = 0
        for _ in range(200):
            x = np.column_stack([np.ones(372), draw.normal(size=(372, 2))])
            y = x.sum(axis=1) + draw.normal(size=372) - spread * np.abs(draw.normal(size=372))
            e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
            if (e**3).mean() >= 0:
                refused += 1
                with pytest.raises(ValueError, match="by chance 13 to 43% of samples"):
                    fit(y, x)
        assert refused / 200 == pytest.approx(share, abs=0.1)
