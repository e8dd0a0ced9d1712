"""Scores from normalised indicators and weights.

Every aggregation takes x (N, k) and weights that are the same in all rows, (k,), or a row's own,
(N, k), and gives (N,).
"""

import numpy as np

from pipeline.index.contract import Array, WeightError


def linear(x: Array, weights: Array) -> Array:
    """sum_j w_j x_j: a shortfall in one indicator is made good by another."""
    return np.asarray((x * weights).sum(axis=1))


def geometric(x: Array, weights: Array, shift: float = 1e-4) -> Array:
    """prod_j (x_j + shift)^w_j: a shortfall is made good only in part; in [shift, 1 + shift] for
    min-max values.

    Raises WeightError for a cell that is not positive once shifted.
    """
    shifted = x + shift
    wrong = np.flatnonzero((shifted <= 0).any(axis=0))
    if wrong.size:
        raise WeightError(
            "the indicator has cells that are not positive: no geometric mean", int(wrong[0])
        )
    return np.asarray(np.exp((weights * np.log(shifted)).sum(axis=1)))


def topsis(x: Array, weights: Array) -> Array:
    """Closeness to the ideal, D- / (D+ + D-), in [0, 1], with D+- = sqrt(sum_j w_j^2 (x_j -
    ideal_j)^2).

    Ideal and anti-ideal are the best and the worst value of each indicator over all cells of all
    years; a row's distances to them are taken with the row's own weights. Raises WeightError for a
    row whose weighted indicators never vary.
    Source: Hwang and Yoon (1981), Multiple Attribute Decision Making, section 3.3.
    """
    best = np.sqrt((weights**2 * (x - x.max(axis=0)) ** 2).sum(axis=1))
    worst = np.sqrt((weights**2 * (x - x.min(axis=0)) ** 2).sum(axis=1))
    apart = best + worst
    if (apart == 0).any():
        raise WeightError(
            f"row {int((apart == 0).argmax())} has no weight on an indicator that varies: no "
            "TOPSIS score"
        )
    return np.asarray(worst / apart)
