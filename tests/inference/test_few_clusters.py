"""Jackknife, permutation, intervals and step-down p-values."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.inference.draws import cluster_counts
from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.multiplicity import minp_level, romano_wolf, westfall_young
from pipeline.inference.few_clusters.permutation import path_coefficients, permutation_test
from pipeline.inference.intervals import bca, percentile, studentised
from pipeline.inference.mediation import mediation_effects
from pipeline.inference.moments import build_moments
from tests.inference.panels import dummies, panel


def test_crv3_of_grunfeld_as_the_jackknife_in_r():
    """R: refits without each firm, two-way; (G-1)/G sum (b_(g) - b)^2."""
    d = sm.datasets.grunfeld.load_pandas().data
    d = d[d["firm"] != "American Steel"]
    moments = build_moments(
        d[["value", "capital", "invest"]].to_numpy(),
        d["firm"].to_numpy(),
        d["year"].to_numpy(),
        d["firm"],
    )
    b, without = leave_one_out(moments, 2)
    np.testing.assert_allclose(b, [0.117715855082606, 0.357916273073428], rtol=1e-10)
    np.testing.assert_allclose(
        np.sqrt(np.diag(crv3(b, without))), [0.0523302123015626, 0.246563284416111], rtol=1e-9
    )


def test_leave_one_state_out_as_stored(shared):
    folder = shared / "references/case01_produc_twoway"
    stored = pd.read_csv(folder / "jackknife_leave_one_state_out_twoway.csv")
    d = pd.read_csv(folder / "data.csv")
    z = np.column_stack(
        [*(np.log(d[v]) for v in ("pcap", "pc", "emp")), d["unemp"], np.log(d["gsp"])]
    )
    _, without = leave_one_out(build_moments(z, d["state"], d["year"], d["state"]), 4)
    numbers = stored.select_dtypes("number").to_numpy()
    assert without.shape == (48, 4)
    np.testing.assert_allclose(without, numbers[:, -4:], rtol=1e-8, atol=1e-10)


def balanced(seed, g=9, t=5):
    rng = np.random.default_rng(seed)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(t), indexing="ij"))
    y, x, c1, c2 = rng.normal(size=(4, g * t)) + 0.2 * entity
    return y, x, np.column_stack([c1, c2]), entity, time


def test_permuted_paths_equal_refits():
    y, x, controls, entity, time = balanced(1)
    orders = np.array([np.random.default_rng(s).permutation(9) for s in range(20)])
    ours, estimate = path_coefficients(y, x, controls, entity, time, orders)
    dummies = np.column_stack(
        [entity[:, None] == np.arange(9), time[:, None] == np.arange(1, 5), controls]
    ).astype(float)
    for b, pi in zip([*ours, estimate], [*orders, np.arange(9)], strict=True):
        moved = x.reshape(9, 5)[pi].ravel()
        full = np.column_stack([moved, dummies])
        assert b == pytest.approx(np.linalg.lstsq(full, y, rcond=None)[0][0], rel=1e-9, abs=1e-11)


def test_permutation_p_values():
    y, x, controls, entity, time = balanced(2)
    strong = permutation_test(y + 3 * x, x, controls, entity, time, 1, "s", 499)
    assert strong.p == 1 / 500 and strong == permutation_test(
        y + 3 * x, x, controls, entity, time, 1, "s", 499
    )
    assert strong.complete == 9


def test_paths_permuted_among_complete_units_equal_refits():
    """Units with gaps keep their own path, also where one lacks the first period; rows in any
    order."""
    y, x, controls, entity, time = panel(1, units=9, periods=5)
    keep = ~((entity == 2) & (time == 0) | (entity == 7) & (time > 2))
    keep[np.flatnonzero(entity == 4)[[1, 3]]] = False
    kept = np.random.default_rng(3).permutation(np.flatnonzero(keep))
    complete = np.array([0, 1, 3, 5, 6, 8])
    orders = np.array([np.random.default_rng(s).permutation(6) for s in range(20)])
    columns = y[kept], x[kept], controls[kept], entity[kept], time[kept]
    ours, estimate = path_coefficients(*columns, orders)
    own = dummies(entity[kept], time[kept], controls[kept])
    for b, pi in zip([*ours, estimate], [*orders, np.arange(6)], strict=True):
        moved = x.reshape(9, 5).copy()
        moved[complete] = moved[complete[pi]]
        full = np.column_stack([moved.ravel()[kept], own])
        wanted = np.linalg.lstsq(full, y[kept], rcond=None)[0][0]
        assert b == pytest.approx(wanted, rel=1e-9, abs=1e-11)
    assert permutation_test(*columns, 1, "s", 99).complete == 6


def test_collinear_controls_do_not_move_permuted_paths():
    y, x, controls, entity, time = panel(2, units=9, periods=5)
    orders = np.array([np.random.default_rng(s).permutation(9) for s in range(5)])
    twice = np.column_stack([controls, controls.sum(axis=1), time])
    once, _ = path_coefficients(y, x, controls, entity, time, orders)
    np.testing.assert_allclose(
        path_coefficients(y, x, twice, entity, time, orders)[0], once, rtol=1e-8
    )


def test_intervals_as_stored(shared):
    folder = shared / "references/case04_mediation_bootstrap"
    reference = json.loads((folder / "reference.json").read_text())["results"]["produc"]
    replicates, jackknife = (
        pd.read_csv(folder / "replicates_produc.csv"),
        pd.read_csv(folder / "jackknife_produc.csv"),
    )
    point = reference["point"]["ab"]
    draws = replicates["ab"].to_numpy()
    np.testing.assert_allclose(
        percentile(draws, 0.95), reference["ab"]["percentile_R_type7_numpy_linear"], rtol=1e-9
    )
    np.testing.assert_allclose(
        bca(point, draws, jackknife["ab"].to_numpy(), 0.95), reference["ab"]["BCa_type7"], rtol=1e-7
    )


def test_studentised_interval_of_a_mean():
    rng = np.random.default_rng(3)
    draws, errors = rng.normal(1.0, 0.1, 4000), np.full(4000, 0.1)
    low, high = studentised(1.0, 0.1, draws, errors, 0.95)
    assert low == pytest.approx(0.804, abs=0.02) and high == pytest.approx(1.196, abs=0.02)


@pytest.mark.parametrize("missing", [0, 6])
def test_errors_of_the_indirect_effect_inside_a_replicate(missing):
    """Influence of each cluster on a*b, by finite differences of the weight of the cluster."""
    rng = np.random.default_rng(missing)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(12), np.arange(6), indexing="ij"))
    keep = np.ones(72, bool)
    keep[rng.choice(72, missing, replace=False)] = False
    z = rng.normal(size=(72, 5))
    z[:, 3] += 0.6 * z[:, 2]
    z[:, 4] += 0.5 * z[:, 3] + 0.2 * z[:, 2]
    moments = build_moments(z[keep], entity[keep], time[keep], entity[keep])
    weights = np.concatenate([np.ones((1, 12)), next(cluster_counts(1, "x", 3, 12))])
    got = mediation_effects(moments, 2, 1, weights, errors=True)
    step = 1e-5
    for r, w in enumerate(weights):
        bumped = w + step * np.eye(12)
        lowered = w - step * np.eye(12)
        up, down = (mediation_effects(moments, 2, 1, x).indirect[0] for x in (bumped, lowered))
        influence = (up - down) / (2 * step)  # d(ab)/dw_g
        wanted = np.sqrt((w * influence**2).sum())
        assert got.errors[0, r] == pytest.approx(wanted, rel=1e-5)


def test_romano_wolf_by_hand():
    t = np.array([3.0, 1.0])
    draws = np.array([[0.5, 3.5], [3.2, 0.1], [0.1, 0.2], [0.3, 1.5]])
    # step 1: max over both >= 3: rows 1, 2 -> 3/5; step 2: second alone >= 1: rows 1, 4 -> 3/5
    np.testing.assert_allclose(romano_wolf(t, draws), [0.6, 0.6])


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_adjusted_p_values_are_monotone_and_no_smaller(seed, s):
    rng = np.random.default_rng(seed)
    draws, t = rng.normal(size=(499, s)), 2 * rng.normal(size=s)
    single = (1 + (np.abs(draws) >= np.abs(t)).sum(axis=0)) / 500
    for adjusted, by in (
        (romano_wolf(t, draws), -np.abs(t)),
        (westfall_young(single, draws), single),
    ):
        assert (adjusted >= single - 2 / 499).all() and (adjusted <= 1).all()
        order = np.argsort(by, kind="stable")
        assert (np.diff(adjusted[order]) >= -1e-12).all()
    one = romano_wolf(t[:1], draws[:, :1])
    assert one[0] == single[0]


def test_enumerated_draws_give_no_p_value_below_the_attainable():
    """With all 2^4 sign vectors the sample and its mirror are among the draws: the smallest p is
    2/16."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        scores = rng.normal(size=(4, 3))
        signs = np.array(list(np.ndindex(2, 2, 2, 2))) * 2.0 - 1
        draws = signs @ scores / np.sqrt((scores**2).sum(axis=0))
        t = scores.sum(axis=0) / np.sqrt((scores**2).sum(axis=0))
        single = (np.abs(draws) >= np.abs(t) * (1 - 1e-9)).mean(axis=0)
        for adjusted in (
            romano_wolf(t, draws, exact=True),
            westfall_young(single, draws, exact=True),
        ):
            assert (adjusted >= single - 1e-12).all() and (adjusted >= 2 / 16).all()


def test_the_single_level_that_the_smallest_p_reaches_by_chance():
    """Two independent hypotheses: the smaller p is below 1 - sqrt(1 - size) with probability size;
    of one hypothesis, or of copies of it, the level is the size."""
    draws = np.random.default_rng(0).standard_t(9, (20_000, 2))
    assert minp_level(draws, 0.05) == pytest.approx(1 - np.sqrt(0.95), rel=0.05)
    for copies in (draws[:, :1], draws[:, [0, 0]] * [1, -1]):
        assert minp_level(copies, 0.05) == pytest.approx(0.05, abs=1e-4)
