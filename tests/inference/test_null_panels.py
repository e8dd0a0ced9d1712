"""Panels under the null, and the regression that is run on them."""

import numpy as np
import pytest
from scipy import stats

from pipeline.inference.null_panels import PathPanel, TwoWay
from pipeline.inference.within import within_fit


def panel(seed, g=12, t=6, k=4):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(g, t, k)).cumsum(axis=1)
        + rng.normal(size=(g, 1, k))
        + np.arange(t)[None, :, None]
    )


def test_null_panels_keep_means_spread_and_correlation_within_a_block():
    values = panel(1)
    whole = PathPanel.of(values)
    np.testing.assert_allclose(whole.means + whole.paths, values)
    null = whole.permuted(np.array([0, 0, 1, 1]), np.random.default_rng(2))
    np.testing.assert_allclose(null.mean(axis=1), values.mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(null.mean(axis=0), values.mean(axis=0), atol=1e-12)
    paths = PathPanel.of(null).paths
    for block in ([0, 1], [2, 3]):
        before, after = (p[:, :, block].reshape(-1, 2) for p in (whole.paths, paths))
        np.testing.assert_allclose(after.T @ after, before.T @ before, atol=1e-10)
    assert not np.allclose(paths[:, :, 0], whole.paths[:, :, 0])


def test_blocks_move_independently_and_members_together():
    whole = PathPanel.of(panel(3))
    null = PathPanel.of(whole.permuted(np.array([0, 0, 1, 1]), np.random.default_rng(4))).paths
    order = [
        int(np.argmin([np.abs(null[i, :, 0] - whole.paths[j, :, 0]).sum() for j in range(12)]))
        for i in range(12)
    ]
    np.testing.assert_allclose(null[:, :, 1], whole.paths[order][:, :, 1], atol=1e-12)
    assert not np.allclose(null[:, :, 2], whole.paths[order][:, :, 2])


@pytest.mark.parametrize("controls", [0, 3])
def test_the_slope_and_its_t_are_those_of_the_within_regression(controls):
    rng = np.random.default_rng(5)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(9), np.arange(7), indexing="ij"))
    y, x = rng.normal(size=(2, 63))
    c = rng.normal(size=(63, controls))
    fit = within_fit(y, np.column_stack([x, c]), entity, time, entity)
    b, t = TwoWay.of(entity, time, c).slope(y, x)
    assert b == pytest.approx(fit.beta[0], rel=1e-10)
    assert t == pytest.approx(fit.beta[0] / np.sqrt(fit.covariance[0, 0]), rel=1e-10)


def test_shared_indicators_alone_reject_true_nulls_as_often_as_was_measured_elsewhere():
    """30 x 11, no effect, 0 / 1 / 2 / 4 shared indicators: 5.5 / 10 / 13 / 37% at 5%, found by
    others in a simulation whose details are not stated. With 24 persistent indicators (AR 0.9) on
    each side, entropy weights and common trends ours agree, each panel handed through the
    permutation of paths as the audit of the overlap does it. Two sides that are the same indicators
    before it (alike) have nothing to do with each other after it."""
    g, t, k, draws = 30, 11, 24, 500
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(t), indexing="ij"))
    two_way = TwoWay.of(entity, time, np.zeros((g * t, 0)))
    critical = stats.t.ppf(0.975, g - 1)

    def indicators(rng):
        e = rng.normal(size=(g, t, k))
        e[:, 0] /= np.sqrt(1 - 0.9**2)
        for year in range(1, t):
            e[:, year] += 0.9 * e[:, year - 1]
        return e + 2 * rng.normal(size=(g, 1, k)) + 0.3 * np.arange(t)[None, :, None]

    def index(x):
        x = x.reshape(g * t, k)
        x = (x - x.min(axis=0)) / np.ptp(x, axis=0) + 1e-4
        p = x / x.sum(axis=0)
        d = 1 + (p * np.log(p)).sum(axis=0) / np.log(len(p))
        return x @ (d / d.sum())

    for shared, alike, published in (
        (0, False, 0.055),
        (1, False, 0.10),
        (2, False, 0.13),
        (4, False, 0.37),
        (0, True, 0.055),
    ):
        rng = np.random.default_rng(6)
        blocks = np.repeat([0, 1], k)
        blocks[:shared] = 2
        rejected = 0
        for _ in range(draws):
            of_x = indicators(rng)
            drawn = np.concatenate([of_x, of_x if alike else indicators(rng)], axis=-1)
            null = PathPanel.of(drawn).permuted(blocks, rng)
            a, b = null[:, :, :k], null[:, :, k:].copy()
            b[:, :, :shared] = a[:, :, :shared]
            rejected += abs(two_way.slope(index(b), index(a))[1]) > critical
        error = np.sqrt(published * (1 - published) / draws)
        assert abs(rejected / draws - published) < 3.5 * error, (shared, alike, rejected / draws)
