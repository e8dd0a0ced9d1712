"""Rubin's rules against statsmodels' and against the formulas worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.panel.pool import pool, rubin
from pipeline.panel.result import Column, Note, Result, Term, result_from_json
from tests.conftest import ROOT


def test_variances_are_those_of_statsmodels():
    """statsmodels.imputation.bayes_mi.MI: within, between, (1 + 1/m)."""
    from statsmodels.imputation.bayes_mi import MI

    rng = np.random.default_rng(0)
    params, errors = rng.normal(0.3, 0.05, 12), rng.uniform(0.1, 0.2, 12)
    theirs, covariance, missing = MI._combine(
        MI.__new__(MI), [np.array([b]) for b in params], [np.array([[s**2]]) for s in errors]
    )
    pooled = rubin(params.tolist(), errors.tolist())
    assert pooled.estimate == pytest.approx(float(theirs[0]), rel=1e-14)
    assert pooled.se**2 == pytest.approx(
        float(covariance[0, 0]), rel=1e-12
    ) and pooled.missing == pytest.approx(float(missing[0]), rel=1e-12)


def test_the_degrees_of_freedom_by_hand():
    """m = 5, Q = 1..5, U = 4: B = 2.5, T = 7, lambda = 3/7; old df 4 (7/3)^2; Barnard and Rubin
    with 30."""
    pooled = rubin([1, 2, 3, 4, 5], [2] * 5, 30)
    share = 3 / 7
    old, observed = 4 / share**2, 31 / 33 * 30 * (1 - share)
    assert (pooled.estimate, pooled.se) == (3.0, math.sqrt(7)) and pooled.missing == pytest.approx(
        share
    )
    assert pooled.df == pytest.approx(1 / (1 / old + 1 / observed), rel=1e-14) and rubin(
        [1, 2, 3, 4, 5], [2] * 5
    ).df == pytest.approx(old)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=30), st.floats(0.01, 5), st.floats(5, 100))
def test_pooling_never_narrows_and_never_adds_freedom(estimates, error, complete):
    pooled = rubin(estimates, [error] * len(estimates), complete)
    assert pooled.se >= error * (1 - 1e-12) and pooled.df <= complete + 1e-9
    assert min(estimates) - 1e-9 <= pooled.estimate <= max(estimates) + 1e-9


def result(b, se, low, high, p, n=300):
    terms = [
        Term("nqp", "treatment", b, se, b / se, 0.1, b - 2 * se, b + 2 * se, "crv1-t"),
        Term("m", "indirect", b / 2, None, None, p, low, high, "percentile"),
    ]
    return Result(
        "tables/x",
        "regression",
        [Column("1", "uri", terms, {"n": n, "provinces": 31, "r2": b, "wcr_p": p})],
        [Note("crv1")],
    )


def test_results_are_pooled_term_by_term():
    results = [
        result(0.1, 0.05, 0.0, 0.2, 0.04),
        result(0.2, 0.05, 0.1, 0.3, 0.02),
        result(0.3, 0.05, 0.2, 0.4, 0.3),
    ]
    column = pool(results, 0.95).columns[0]
    direct, indirect = column.terms
    expected = rubin([0.1, 0.2, 0.3], [0.05] * 3, 30)
    assert (
        direct.estimate == pytest.approx(0.2)
        and direct.se == pytest.approx(expected.se)
        and direct.statistic == pytest.approx(0.2 / expected.se)
    )
    assert direct.low < 0.2 - 2 * expected.se and direct.p > 0.02
    assert (
        indirect.estimate == pytest.approx(0.1)
        and indirect.p == 0.04
        and indirect.high - indirect.low > 0.2
    )
    assert (
        column.statistics["r2"] == pytest.approx(0.2)
        and column.statistics["n"] == 300
        and column.statistics["wcr_p"] == 0.04
    )


def test_nothing_missing_changes_nothing():
    same = [result(0.1, 0.05, 0.0, 0.2, 0.04)] * 4
    pooled = pool(same, 0.95).columns[0]
    assert pooled.terms[0].se == pytest.approx(0.05, rel=1e-12) and (
        pooled.terms[1].low,
        pooled.terms[1].high,
    ) == pytest.approx((0.0, 0.2))


@pytest.mark.parametrize(
    "name", sorted(p.stem for p in (ROOT / "reports/demo/tables").glob("*.json"))
)
def test_pooling_equal_draws_is_no_change(name):
    """Every table of the demo study: three equal draws give the table itself, Geary's z and wild
    p-values included."""
    one = result_from_json((ROOT / f"reports/demo/tables/{name}.json").read_text(encoding="utf-8"))
    assert pool([one] * 3, 0.95) == one


def test_intervals_without_an_estimate_are_pooled_about_their_siblings():
    def draw(b, low, high, p):
        terms = [
            Term("m", "indirect", b, None, None, None, low, high, "percentile"),
            Term("m", "interval_bca", None, None, None, None, low, high, "bca"),
            Term("m", "wild_p", p),
            Term("nqp", "leave_one_out", None, None, None, None, low, high),
        ]
        return Result(
            "tables/x",
            "mediation",
            [Column("1", "uri", terms, {"verdict": "yes" if p < 0.1 else "no", "joint_p": p})],
            [],
        )

    column = pool(
        [draw(0.1, 0.01, 0.2, 0.001), draw(0.3, 0.21, 0.42, 0.9), draw(0.2, 0.1, 0.3, 0.02)], 0.95
    ).columns[0]
    indirect, bca, wild, alone = column.terms
    assert (
        (bca.low, bca.high) == (indirect.low, indirect.high)
        and indirect.low < 0.01
        and indirect.high > 0.42
    )
    assert wild.estimate == 0.02 and column.statistics == {"verdict": "yes", "joint_p": 0.02}
    assert (alone.low, alone.high) == (0.01, 0.42)
