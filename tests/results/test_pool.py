"""Rubin's rules against statsmodels' and by hand; typed results pooled place by place."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.results.estimate import Draws, Estimate, Interval
from pipeline.results.pool import NotPoolable, pool, rubin
from pipeline.results.result import DataFacts, Result
from pipeline.results.rows import Fit, Regression, Rows
from pipeline.study.choices import Sample
from pipeline.study.model import Model

FACTS = DataFacts(False, {"gdp": [[110000, 2012]]}, {})
MODEL = Model("uri", "nqp", ["openness"], ["province", "year"], Sample())


def test_variances_are_those_of_statsmodels():
    """statsmodels.imputation.bayes_mi.MI: within, between, (1 + 1/m)."""
    from statsmodels.imputation.bayes_mi import MI

    rng = np.random.default_rng(0)
    params, errors = rng.normal(0.3, 0.05, 12), rng.uniform(0.1, 0.2, 12)
    theirs, covariance, missing = MI._combine(
        MI.__new__(MI), [np.array([b]) for b in params], [np.array([[s**2]]) for s in errors]
    )
    pooled = rubin(params.tolist(), errors.tolist())
    assert pooled.value == pytest.approx(float(theirs[0]), rel=1e-14)
    assert pooled.error**2 == pytest.approx(float(covariance[0, 0]), rel=1e-12)
    assert pooled.missing == pytest.approx(float(missing[0]), rel=1e-12)


def test_the_degrees_of_freedom_by_hand():
    """m = 5, Q = 1..5, U = 4: B = 2.5, T = 7, lambda = 3/7; old df 4 (7/3)^2; Barnard and Rubin
    with 30."""
    pooled = rubin([1, 2, 3, 4, 5], [2] * 5, 30)
    share = 3 / 7
    old, observed = 4 / share**2, 31 / 33 * 30 * (1 - share)
    assert (pooled.value, pooled.error) == (3.0, math.sqrt(7))
    assert pooled.missing == pytest.approx(share)
    assert pooled.df == pytest.approx(1 / (1 / old + 1 / observed), rel=1e-14)
    assert rubin([1, 2, 3, 4, 5], [2] * 5).df == pytest.approx(old)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=30), st.floats(0.01, 5), st.floats(5, 100))
def test_pooling_never_narrows_and_never_adds_freedom(values, error, complete):
    pooled = rubin(values, [error] * len(values), complete)
    assert pooled.error >= error * (1 - 1e-12) and pooled.df <= complete + 1e-9
    assert min(values) - 1e-9 <= pooled.value <= max(values) + 1e-9


@dataclass(frozen=True)
class Column:
    """A model with what methods put beside it."""

    rows: Rows
    direct: Estimate
    indirect: Estimate
    alone: Interval | None
    share: float
    joint_p: float
    wanted: float | None
    verdict: str
    count: int
    draws: Draws


@dataclass(frozen=True)
class Table(Result):
    columns: list[Column]
    by_name: dict[str, float]


ROWS = Rows(300, 31, 2011, 2023)


def clustered(value, error, few=None):
    half = float(stats.t.ppf(0.975, 30)) * error
    p = float(2 * stats.t.sf(abs(value / error), 30))
    interval = Interval(value - half, value + half, "crv1-t")
    return Estimate(value, error, value / error, p, interval, few, "wcr11" if few else "t")


def percentile(value, low, high, error=None):
    return Estimate(value, error, interval=Interval(low, high, "percentile"))


def draw(b, few, *, low=-0.1, high=0.1, verdict="none", lost=0, wanted=1.0):
    return Column(
        rows=ROWS,
        direct=clustered(b, 0.05, few),
        indirect=percentile(b / 2, b / 2 + low, b / 2 + high),
        alone=Interval(b + low, b + high),
        share=b,
        joint_p=few,
        wanted=wanted,
        verdict=verdict,
        count=300,
        draws=Draws(999, 999 - lost, 1),
    )


def table(*columns, names=("m",)):
    return Table(FACTS, list(columns), dict.fromkeys(names, columns[0].share))


THREE = [table(draw(0.1, 0.04)), table(draw(0.2, 0.02)), table(draw(0.3, 0.3, verdict="one"))]


def test_estimates_with_a_t_interval_follow_rubin_with_their_own_clusters():
    direct = pool(THREE, 0.95).columns[0].direct
    wanted = rubin([0.1, 0.2, 0.3], [0.05] * 3, 30)
    reach = float(stats.t.ppf(0.975, wanted.df)) * wanted.error
    assert direct.value == pytest.approx(0.2) and direct.error == wanted.error
    assert direct.statistic == pytest.approx(0.2 / wanted.error)
    assert direct.p == pytest.approx(2 * stats.t.sf(0.2 / wanted.error, wanted.df))
    assert (direct.low, direct.high) == pytest.approx((0.2 - reach, 0.2 + reach))
    assert direct.interval.kind == "crv1-t"


def test_the_p_that_decides_is_the_median_of_the_draws():
    column = pool(THREE, 0.95).columns[0]
    assert (column.direct.few, column.direct.test) == (0.04, "wcr11")
    assert column.joint_p == 0.04 and column.direct.decides == 0.04


def test_other_intervals_are_widened_by_what_the_draws_vary():
    """Half-widths 0.1 about 0.05, 0.1, 0.15: Rubin's reach over the draws' own, on both sides."""
    column = pool(THREE, 0.95).columns[0]
    normal = float(stats.t.ppf(0.975, 30))
    wanted = rubin([0.05, 0.1, 0.15], [0.1 / normal] * 3, 30)
    reach = float(stats.t.ppf(0.975, wanted.df)) * wanted.error
    assert reach > 0.1 and column.indirect.value == pytest.approx(0.1)
    assert (column.indirect.low, column.indirect.high) == pytest.approx((0.1 - reach, 0.1 + reach))
    assert column.indirect.interval.kind == "percentile" and column.indirect.error is None


def test_a_skewed_interval_stays_skewed():
    skewed = [table(draw(b, 0.04, low=-0.05, high=0.15)) for b in (0.1, 0.2, 0.3)]
    found = pool(skewed, 0.95).columns[0].indirect
    assert (found.high - found.value) / (found.value - found.low) == pytest.approx(3)


def test_the_error_of_a_bootstrapped_estimate_is_pooled_and_its_p_is_none():
    results = [
        replace(t, columns=[replace(t.columns[0], indirect=percentile(b, b - 1, b + 1, 0.5))])
        for b, t in zip((1.0, 2.0, 3.0), THREE, strict=True)
    ]
    found = pool(results, 0.95).columns[0].indirect
    assert found.error == rubin([1, 2, 3], [0.5] * 3, 30).error and found.p is None


def test_intervals_without_an_estimate_run_from_the_lowest_to_the_highest_end():
    column = pool(THREE, 0.95).columns[0]
    assert (column.alone.low, column.alone.high) == pytest.approx((0.0, 0.4))


def test_an_end_open_in_one_draw_is_open():
    open_end = replace(THREE[1].columns[0], alone=Interval(None, 0.3))
    results = [THREE[0], replace(THREE[1], columns=[open_end]), THREE[2]]
    alone = pool(results, 0.95).columns[0].alone
    assert alone.low is None and alone.high == pytest.approx(0.4)


def test_numbers_are_means_words_the_commonest_and_draws_the_first():
    pooled = pool([table(draw(0.1, 0.1, lost=5)), *THREE[1:]], 0.95)
    column = pooled.columns[0]
    assert column.share == pytest.approx(0.2) and pooled.by_name == {"m": pytest.approx(0.2)}
    assert (column.verdict, column.count, column.draws) == ("none", 300, Draws(999, 994, 1))
    assert pooled.data == FACTS and column.rows == ROWS


def test_numbers_of_numpy_are_numbers():
    others = replace(THREE[1].columns[0], share=np.float64(0.4))
    assert pool([THREE[0], table(others)], 0.95).columns[0].share == pytest.approx(0.25)


@pytest.mark.parametrize("field", ["wanted", "alone"])
def test_what_a_draw_does_not_have_is_none(field):
    lacking = replace(THREE[1].columns[0], **{field: None})
    assert getattr(pool([THREE[0], table(lacking)], 0.95).columns[0], field) is None


@given(st.integers(2, 6), st.floats(-5, 5), st.floats(0.01, 2))
def test_equal_draws_are_the_result_itself(m, value, error):
    one = table(draw(value, 0.04), replace(draw(value, 0.2), direct=clustered(value, error)))
    assert pool([one] * m, 0.95) == one


def test_draws_that_agree_keep_their_error_and_degrees_of_freedom():
    """Only a p-value by other draws differs: the estimate is the draws' own."""
    results = [table(draw(0.2, few)) for few in (0.04, 0.05, 0.06)]
    found, own = pool(results, 0.95).columns[0].direct, clustered(0.2, 0.05)
    assert found.error == pytest.approx(0.05) and found.p == pytest.approx(own.p)
    assert (found.low, found.high) == pytest.approx((own.low, own.high)) and found.few == 0.05


@pytest.mark.parametrize(
    "other",
    [
        table(draw(0.1, 0.04), draw(0.1, 0.04)),
        table(draw(0.1, 0.04), names=("other",)),
        replace(THREE[0], columns=[replace(draw(0.1, 0.04), share="much")]),
    ],
    ids=["more columns", "other names", "other types"],
)
def test_results_of_another_shape_cannot_be_pooled(other):
    with pytest.raises(NotPoolable):
        pool([THREE[1], other], 0.95)


def test_a_regression_is_pooled_whole_with_the_degrees_of_freedom_of_its_rows():
    """The clusters are those of the regression's own rows: 9 degrees of freedom, not infinity."""
    few_rows = Rows(90, 10, 2011, 2019)

    def regression(b):
        fit = Fit(0.2 + b, 0.9, 1.0, 0.5)
        return Regression(MODEL, few_rows, fit, {"nqp": clustered(b, 0.05)}, None)

    @dataclass(frozen=True)
    class One(Result):
        regression: Regression

    pooled = pool([One(FACTS, regression(b)) for b in (0.1, 0.2, 0.3)], 0.95).regression
    wanted = rubin([0.1, 0.2, 0.3], [0.05] * 3, 9)
    reach = float(stats.t.ppf(0.975, wanted.df)) * wanted.error
    assert pooled.treatment.high == pytest.approx(0.2 + reach)
    assert pooled.fit.r2_within == pytest.approx(0.4) and pooled.constant is None
    assert pooled.model == MODEL
