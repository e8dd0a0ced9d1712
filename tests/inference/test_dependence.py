"""Errors under dependence in two ways, in space and over time."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import integrate, stats

from pipeline.inference.dependence.conley import conley, great_circle
from pipeline.inference.dependence.driscoll_kraay import driscoll_kraay
from pipeline.inference.dependence.fixed_b import fixed_b_critical, fixed_b_p
from pipeline.inference.dependence.two_way import two_way
from pipeline.inference.moments import codes
from pipeline.inference.within import within_fit
from tests.conftest import ROOT
from tests.inference.panels import panel

STORED = pd.read_csv(ROOT / "tests/reference/dependence/numbers.csv")
GAPS = np.array([3, 4, 27, 60, 61, 62, 100, 121, 199]) - 1
APART = np.full((10, 10), 1e4) - np.diag(np.full(10, 1e4))


def grunfeld(sample):
    """y, x, firm, year of ten firms in the order of R's data, whole or with gaps."""
    d = sm.datasets.grunfeld.load_pandas().data
    d = d[d["firm"] != "American Steel"]
    order = [
        "General Motors",
        "US Steel",
        "General Electric",
        "Chrysler",
        "Atlantic Refining",
        "IBM",
        "Union Oil",
        "Westinghouse",
        "Goodyear",
        "Diamond Match",
    ]
    d = d.assign(code=d["firm"].map(order.index)).sort_values(["code", "year"])
    if sample == "unbalanced":
        d = d.drop(index=d.index[GAPS])
    return (
        d["invest"].to_numpy(),
        d[["value", "capital"]].to_numpy(),
        d["code"].to_numpy(),
        d["year"].to_numpy().astype(int),
    )


def stored_in_r(sample, model):
    """R's numbers of a model: rows by what they are, columns value and capital."""
    rows = STORED[(STORED["sample"] == sample) & (STORED["model"] == model)]
    return rows.set_index("what")[["value", "capital"]]


def errors(covariance):
    return np.sqrt(np.diag(covariance))


def of_pooled(y, x):
    """Coefficients of least squares, and each row's part in them."""
    bread = np.linalg.inv(x.T @ x)
    b = bread @ x.T @ y
    return b, x * (y - x @ b)[:, None] @ bread


@pytest.mark.parametrize("sample", ["whole", "unbalanced"])
def test_two_way_within_errors_of_grunfeld_as_plm(sample):
    y, x, firm, year = grunfeld(sample)
    fit = within_fit(y, x, firm, codes(year), firm)
    stored = stored_in_r(sample, "two_way_within")
    np.testing.assert_allclose(fit.beta, stored.loc["beta"], rtol=1e-10)
    for lags in (0, 1, 2, 4):
        found = errors(driscoll_kraay(fit.influence, year, lags))
        np.testing.assert_allclose(found, stored.loc[f"driscoll_kraay_{lags}"], rtol=1e-9)
    white = conley(fit.influence, firm, year, APART, cutoff=100.0)
    np.testing.assert_allclose(errors(white), stored.loc["white"], rtol=1e-9)
    by_year = conley(fit.influence, firm, year, APART, cutoff=1e5, kernel="uniform")
    np.testing.assert_allclose(errors(by_year), stored.loc["driscoll_kraay_0"], rtol=1e-9)


@pytest.mark.parametrize("sample", ["whole", "unbalanced"])
def test_pooled_errors_clustered_both_ways_as_sandwich(sample):
    y, x, firm, year = grunfeld(sample)
    b, influence = of_pooled(y, np.column_stack([np.ones(len(y)), x]))
    stored = stored_in_r(sample, "pooled")
    np.testing.assert_allclose(b[1:], stored.loc["beta"], rtol=1e-10)
    found = errors(two_way(influence, firm, codes(year), 3))
    np.testing.assert_allclose(found[1:], stored.loc["both"], rtol=1e-9)


def test_errors_of_petersen_as_published(shared):
    """Simulated data and the table on Petersen's page, four decimals; R's sandwich to all."""
    folder = shared / "references/case12_petersen_fewclusters"
    reference = json.loads((folder / "reference.json").read_text())
    d = pd.read_csv(folder / "data_petersen.csv")
    x = np.column_stack([np.ones(len(d)), d["x"]])
    _, influence = of_pooled(d["y"].to_numpy(), x)
    firm, year = codes(d["firm"]), codes(d["year"])
    found = errors(two_way(influence, firm, year, 2))
    np.testing.assert_allclose(found, reference["published_petersen"]["firm_and_year"], atol=0.5e-4)
    stored = reference["R"]["petersen"]
    np.testing.assert_allclose(found, stored["both_CRV1_own_factors"], rtol=1e-9)
    kraay = errors(driscoll_kraay(influence, year, 3))
    np.testing.assert_allclose(kraay, stored["DK_L3_raw"], rtol=1e-9)


@pytest.mark.parametrize("kernel", ["uniform", "bartlett"])
@pytest.mark.parametrize("lags", [0, 2, 9])
@pytest.mark.parametrize("missing", [0, 11])
def test_spatial_errors_equal_a_double_loop(kernel, lags, missing):
    y, x, c, entity, time = panel(lags, missing=missing)
    years = 2000 + time + (time > 3)  # one year is nowhere observed
    fit = within_fit(y, np.column_stack([x, c]), entity, time, entity)
    rng = np.random.default_rng(5)
    distances = great_circle(rng.uniform(20, 50, 12), rng.uniform(75, 130, 12))
    cutoff = 1500.0
    wanted = np.zeros((3, 3))
    for i, first in enumerate(fit.influence):
        for j, second in enumerate(fit.influence):
            apart = distances[entity[i], entity[j]]
            gap = abs(years[i] - years[j])
            weight = 0.0
            if gap == 0 and kernel == "uniform":
                weight = float(apart <= cutoff)
            elif gap == 0:
                weight = max(1 - apart / cutoff, 0.0)
            elif entity[i] == entity[j]:
                weight = max(1 - gap / (lags + 1), 0.0)
            wanted += weight * np.outer(first, second)
    found = conley(fit.influence, entity, years, distances, cutoff=cutoff, kernel=kernel, lags=lags)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-14)


def test_distances_on_the_globe_by_hand():
    """A degree along a meridian and the equator, half the way around, and Beijing to Shanghai."""
    degree = 6371 * np.pi / 180
    found = great_circle(np.array([0.0, 1.0, 0.0, 0.0]), np.array([10.0, 10.0, 11.0, -170.0]))
    np.testing.assert_allclose(found[0], [0, degree, degree, 180 * degree], rtol=1e-7, atol=1e-6)
    cities = great_circle(np.array([39.9042, 31.2304]), np.array([116.4074, 121.4737]))
    assert cities[0, 1] == pytest.approx(1067, abs=1)


def test_years_without_rows_are_gaps_of_driscoll_and_kraay():
    """Periods 0, 1 and 3: with one lag, 1 and 3 are not neighbours."""
    influence = np.array([[1.0], [2.0], [4.0]])
    assert driscoll_kraay(influence, np.array([0, 1, 3]), 1)[0, 0] == 1 + 4 + 16 + 2 * 0.5 * 2


def test_the_influence_of_rows_adds_to_the_clustered_covariance():
    y, x, c, entity, time = panel(6, missing=10)
    fit = within_fit(y, np.column_stack([x, c]), entity, time, entity)
    moved = y + 1e-6 * (np.arange(len(y)) == 5)
    change = within_fit(moved, np.column_stack([x, c]), entity, time, entity).beta - fit.beta
    part = fit.influence[5] / fit.residuals[5] * 1e-6
    np.testing.assert_allclose(part, change, rtol=1e-5)
    np.testing.assert_allclose(fit.influence.sum(axis=0), 0, atol=1e-12)


def test_critical_values_with_the_kernel_over_the_whole_sample():
    """b = 1: Q = 2 int B^2 has the Laplace transform sqrt(sqrt(4s) / sinh(sqrt(4s))), and its
    97.5% value is the 6.747 of Abadir and Paruolo (2002) over sqrt(2)."""

    def laplace(s):
        root = np.sqrt(4 * s)
        return np.sqrt(2 * root * np.exp(-root) / (1 - np.exp(-2 * root)))

    for t in (1.0, 3.0, 6.0):
        tail = integrate.quad(lambda u, t=t: laplace(t**2 / (2 * np.sin(u) ** 2)), 1e-6, np.pi / 2)
        assert fixed_b_p(t, 1.0) == pytest.approx(2 / np.pi * tail[0], rel=1e-3)
    assert fixed_b_critical(0.05, 1.0) == pytest.approx(6.747 / np.sqrt(2), abs=1e-3)


@pytest.mark.parametrize(
    ("size", "cubic"),
    [
        (0.10, (1.6449, 2.1859, 0.3142, -0.3427)),
        (0.05, (1.9600, 2.9694, 0.4160, -0.5324)),
        (0.02, (2.3263, 4.1618, 0.5368, -0.9060)),
    ],
)
@pytest.mark.parametrize("b", [0.02, 0.1, 0.3, 0.5, 1.0])
def test_critical_values_as_simulated_by_kiefer_and_vogelsang(size, cubic, b):
    """Their cubics (2005, table 1), fitted to simulated values: within two percent."""
    wanted = np.polynomial.polynomial.polyval(b, cubic)
    assert fixed_b_critical(size, b) == pytest.approx(wanted, rel=0.02)


def test_a_narrow_kernel_leads_to_the_normal_distribution():
    """A kernel of one step is the variance of 400 independent steps, divided by 400."""
    wanted = 2 * stats.t.sf(1.96 * np.sqrt(399 / 400), 399)
    assert fixed_b_p(1.96, 1 / 400) == pytest.approx(wanted, rel=1e-9)
    assert fixed_b_p(0.0, 0.5) == pytest.approx(1.0)
