"""What moving a lever would change: parts against regressions written out, replicates against
refits, gaps by hand."""

import numpy as np
import pytest

from pipeline.inference.draws import cluster_counts
from pipeline.inference.moments import build_moments, codes
from pipeline.inference.varying.moderation import slopes
from pipeline.inference.varying.scenario import (
    Slopes,
    lever_slopes,
    mechanism_slopes,
    outside_support,
    shortfall_closed,
)
from pipeline.inference.within import within_fit

G, T, K = 14, 7, 3


def panel(seed, *, missing=0):
    """Columns [two controls, lever, X, X L, three mechanisms, Y], entity, time."""
    rng = np.random.default_rng(seed)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(G), np.arange(T), indexing="ij"))
    controls = rng.normal(size=(G * T, 2)) * [1, 30]
    lever = rng.normal(size=G * T)
    x = rng.normal(size=G * T) + controls[:, 0] + 0.2 * time
    m = [
        (a + c * lever) * x + 0.3 * lever + rng.normal(size=G * T)
        for a, c in ((1, 0.5), (0.5, 0), (0, 0.4))
    ]
    m[1] *= 1e-3  # mechanisms come in any units
    y = (
        (0.4 + 0.2 * lever) * x
        + m[0]
        - 300 * m[1]
        + 0.5 * m[2]
        + controls @ [1, 0.02]
        + rng.normal(size=G * T)
    )
    keep = np.ones(G * T, bool)
    keep[rng.choice(G * T, missing, replace=False)] = False
    columns = np.column_stack([controls, lever, x, x * lever, *m, y])
    return columns[keep], entity[keep], time[keep]


def by_regressions(z, entity, time):
    """(change, level), each (K + 1,), from K + 1 within regressions."""
    first = 5  # controls, lever, X, X L
    joint = within_fit(z[:, -1], z[:, :-1], entity, time, entity).beta
    on = [within_fit(z[:, first + k], z[:, :first], entity, time, entity).beta for k in range(K)]
    change = [joint[first + k] * on[k][first - 1] for k in range(K)] + [joint[first - 1]]
    level = [joint[first + k] * on[k][2] for k in range(K)] + [joint[2]]
    return np.array(change), np.array(level), joint[first:]


def resampled(z, entity, time, counts):
    """The rows of a resample, a cluster drawn twice as two entities."""
    rows = [np.flatnonzero(entity == g) for g, n in enumerate(counts.astype(int)) for _ in range(n)]
    ids = np.repeat(np.arange(len(rows)), [len(r) for r in rows])
    return z[np.concatenate(rows)], ids, codes(time[np.concatenate(rows)])


@pytest.mark.parametrize("missing", [0, 11])
def test_parts_add_up_to_the_lever_in_the_total_model(missing):
    z, entity, time = panel(1, missing=missing)
    found = lever_slopes(build_moments(z, entity, time, entity), np.ones((1, G)), 2, K)
    first = 5
    total = within_fit(z[:, -1], z[:, :first], entity, time, entity).beta
    assert found.change[:, 0].sum() == pytest.approx(total[-1], rel=1e-12)
    assert found.level[:, 0].sum() == pytest.approx(total[2], rel=1e-12)


def test_parts_add_up_in_every_replicate():
    z, entity, time = panel(2, missing=7)
    counts = next(cluster_counts(3, "x", 50, G))
    found = lever_slopes(build_moments(z, entity, time, entity), counts, 2, K)
    total, _ = slopes(build_moments(z[:, [0, 1, 2, 3, 4, -1]], entity, time, entity), counts)
    # the two sets of moments are rounded to grids of their own
    np.testing.assert_allclose(
        found.change.sum(axis=0)[found.kept], total[4][found.kept], rtol=1e-9
    )
    np.testing.assert_allclose(found.level.sum(axis=0)[found.kept], total[2][found.kept], rtol=1e-9)


@pytest.mark.parametrize("missing", [0, 11])
def test_parts_are_those_of_the_regressions_written_out(missing):
    z, entity, time = panel(3, missing=missing)
    found = lever_slopes(build_moments(z, entity, time, entity), np.ones((1, G)), 2, K)
    change, level, _ = by_regressions(z, entity, time)
    np.testing.assert_allclose(found.change[:, 0], change, rtol=1e-10)
    np.testing.assert_allclose(found.level[:, 0], level, rtol=1e-10)
    assert found.kept.all()


@pytest.mark.parametrize("missing", [0, 11])
def test_replicates_equal_refits_on_duplicated_data(missing):
    z, entity, time = panel(4, missing=missing)
    moments, counts = (
        build_moments(z, entity, time, entity),
        next(cluster_counts(5, "tables/x", 8, G)),
    )
    assert counts.max() > 1
    found = lever_slopes(moments, counts, 2, K)
    for r, drawn in enumerate(counts):
        change, level, _ = by_regressions(*resampled(z, entity, time, drawn))
        np.testing.assert_allclose(found.change[:, r], change, rtol=1e-8)
        np.testing.assert_allclose(found.level[:, r], level, rtol=1e-8)


@pytest.mark.parametrize("missing", [0, 11])
def test_mechanism_slopes_are_the_joint_regression(missing):
    z, entity, time = panel(6, missing=missing)
    z = z[:, [0, 1, 3, 5, 6, 7, 8]]  # controls, X, mechanisms, Y
    counts = np.concatenate([np.ones((1, G)), next(cluster_counts(7, "tables/x", 6, G))])
    found, kept = mechanism_slopes(build_moments(z, entity, time, entity), counts, 2, K)
    assert kept.all()
    for r, drawn in enumerate(counts):
        rows, ids, years = resampled(z, entity, time, drawn)
        want = within_fit(rows[:, -1], rows[:, :-1], ids, years, ids).beta[3:]
        np.testing.assert_allclose(found[:, r], want, rtol=1e-8 if r else 1e-10)


def test_mechanisms_that_collapse_on_each_other_are_marked():
    """Two mechanisms differ in two provinces alone: a draw without them cannot tell b of one from b
    of the other."""
    z, entity, time = panel(8)
    z[:, 6] = np.where(entity < 2, z[:, 6], z[:, 5])
    weights = np.ones((2, G))
    weights[0, :2], weights[0, 2:4] = 0, 2
    assert lever_slopes(build_moments(z, entity, time, entity), weights, 2, K).kept.tolist() == [
        False,
        True,
    ]
    z = z[:, [0, 1, 3, 5, 6, 7, 8]]
    assert mechanism_slopes(build_moments(z, entity, time, entity), weights, 2, K)[1].tolist() == [
        False,
        True,
    ]


def test_gains_by_hand():
    """Two parts, one replicate, three provinces: (change X + level) times the move."""
    found = Slopes(np.array([[2.0], [1.0]]), np.array([[0.5], [-1.0]]), np.array([True]))
    gains = found.gains(np.array([0.0, 1.0, 3.0]), np.array([1.0, 0.0, -2.0]))
    np.testing.assert_array_equal(gains, [[[0.5, 0.0, -13.0], [-1.0, 0.0, -4.0]]])


def test_the_gap_closed_by_hand():
    """Target 10: short by 4 and 1, the third beyond it. Gains past the target close no more; losses
    open the gap."""
    outcome = np.array([6.0, 9.0, 12.0])
    gains = np.array([[0, 0, 0], [2, 0, 0], [2, 5, 0], [9, 9, 9], [-1, 0, 0], [0, 0, -3]], float)
    np.testing.assert_allclose(
        shortfall_closed(outcome, gains, 10.0), [0, 0.4, 0.6, 1.0, -0.2, -0.2], rtol=1e-14
    )


def test_the_support_of_a_square():
    square = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.5]], float)
    queries = np.array([[0.5, 0.9], [1, 1], [0, 0.5], [1.001, 0.5], [0.5, -0.001], [2, 2]])
    assert outside_support(square, queries).tolist() == [False, False, False, True, True, True]


def test_the_hull_of_a_triangle_is_not_its_box():
    triangle = np.array([[0, 0], [0, 1], [1, 0]], float)
    assert outside_support(triangle, np.array([[0.9, 0.9], [0.4, 0.4]])).tolist() == [True, False]


def test_points_on_a_line_support_nothing():
    assert outside_support(
        np.array([[0, 0], [1, 1], [2, 2.0]]), np.array([[0.5, 0.5], [0, 1]])
    ).all()
