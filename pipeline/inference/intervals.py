"""Bootstrap intervals and p-values of one quantity."""

import numpy as np
from scipy import stats

from pipeline.inference.moments import Array
from pipeline.inference.ties import at_least

# Errors of draws below this share of the sample's are rounding, and the share of such draws that a
# bootstrap-t interval bears.
_DEGENERATE = 1e-6
_UNUSABLE = 0.05


def percentile(draws: Array, level: float) -> tuple[float, float]:
    """Percentile interval with linear interpolation between order statistics (R's quantile type
    7)."""
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)


def bca(estimate: float, draws: Array, without: Array, level: float) -> tuple[float, float]:
    """Bias-corrected accelerated interval; `without` are the leave-one-cluster-out values.

    z0 = Phi^-1(share of draws strictly below the estimate), a from the jackknife's skewness.
    Source: Efron (1987).
    """
    below = (~at_least(draws, estimate)).mean()
    z0 = float(stats.norm.ppf(np.clip(below, 0.5 / len(draws), 1 - 0.5 / len(draws))))
    gaps = without.mean() - without
    a = float((gaps**3).sum() / (6 * ((gaps**2).sum()) ** 1.5))
    z = stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
    adjusted = stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))
    low, high = np.quantile(draws, adjusted)
    return float(low), float(high)


def studentised(
    estimate: float, se: float, draws: Array, errors: Array, level: float
) -> tuple[float, float] | None:
    """Bootstrap-t interval: estimate - se * quantiles of (draw - estimate) / error of the draw.

    Draws whose error vanishes beside the sample's (two distinct clusters leave no residual to
    sum) are not used; None where they are more than 5% of all.
    """
    used = np.isfinite(errors) & (errors > _DEGENERATE * se)
    if used.mean() < 1 - _UNUSABLE:
        return None
    t = (draws[used] - estimate) / errors[used]
    low, high = np.quantile(t, [(1 - level) / 2, (1 + level) / 2])
    return float(estimate - se * high), float(estimate - se * low)


def two_sided_p(draws: Array) -> Array:
    """Twice the smaller share of draws (..., R) on either side of zero, zeros on both, within [1 /
    (R + 1), 1]."""
    tails = np.minimum((draws <= 0).mean(axis=-1), (draws >= 0).mean(axis=-1))
    return np.asarray(np.clip(2 * tails, 1 / (draws.shape[-1] + 1), 1.0))
