"""Common correlated effects beyond what plm gives: leaving units out, refusals."""

import numpy as np
import pytest

from pipeline.inference.collinear import Collinear
from pipeline.inference.trends.cce import mean_group, pooled
from pipeline.inference.trends.refusals import Incomplete, TooFewUnits, TooShort

ESTIMATES = [pooled, mean_group]


def panel(seed, n=8, t=9, k=2):
    rng = np.random.default_rng(seed)
    factor, loadings = rng.normal(size=t).cumsum(), rng.normal(1, 1, (k + 1, n, 1))
    z = rng.normal(size=(k + 1, n, t)) + loadings * factor
    return z[0], np.moveaxis(z[1:], 0, -1)


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_crv3_leaves_each_unit_out_of_the_averages_too(estimate):
    y, x = panel(1)
    fit = estimate(y, x)
    without = [estimate(np.delete(y, g, 0), np.delete(x, g, 0)).beta for g in range(len(y))]
    gaps = np.array(without) - fit.beta
    np.testing.assert_allclose(fit.crv3, 7 / 8 * gaps.T @ gaps, rtol=1e-9)


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_levels_of_units_do_not_matter(estimate):
    y, x = panel(2)
    rng = np.random.default_rng(3)
    moved = estimate(y + rng.normal(size=(8, 1)), x + rng.normal(size=(8, 1, 2)))
    np.testing.assert_allclose(moved.beta, estimate(y, x).beta, rtol=1e-9)


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_what_it_cannot_do_is_refused(estimate):
    y, x = panel(4, t=7)
    estimate(y, x)
    with pytest.raises(TooShort, match="6 periods where at least 7"):
        estimate(y[:, :6], x[:, :6])
    with pytest.raises(TooFewUnits, match="2 units"):
        estimate(y[:2], x[:2])
    with pytest.raises(Incomplete, match=r"units \[5\]"):
        estimate(np.where(np.arange(8)[:, None] == 5, np.inf, y), x)
    still = x.copy()
    still[2, :, 1] = 4.0
    with pytest.raises(Collinear) as error:
        estimate(y, still)
    assert error.value.column == 1
