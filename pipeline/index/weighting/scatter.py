"""Vertical and horizontal scatter-degree weights (纵横向拉开档次法): the scores spread as far as
weights can spread them."""

import numpy as np

from pipeline.index.contract import Array, Context, WeightError, check_indicators


def weigh(x: Array, context: Context) -> Array:
    """Leading eigenvector of H = sum_t X_t'X_t, made to sum to 1: it maximises sum of squared
    scores for |w| = 1.

    x: (N, k); it is standardised over all cells, so that differences between years (vertical) count
    beside those between provinces (horizontal). H is then X'X however the rows fall into years, and
    the weights are those of the first principal component. Raises WeightError for a column that
    does not vary, for weights of both signs and where two directions spread the scores alike.
    Source: 郭亚军 (2002), 一种新的动态综合评价方法, 管理科学学报 5(2), 49-54.
    """
    check_indicators(x)
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    values, vectors = np.linalg.eigh(z.T @ z)
    if len(values) > 1 and values[-1] - values[-2] <= 1e-9 * values[-1]:
        raise WeightError(
            "two directions spread the scores alike: the scatter-degree weights are not unique"
        )
    w = vectors[:, -1] * np.sign(vectors[:, -1].sum())
    at = int(w.argmin())
    if w[at] < -1e-12:
        raise WeightError(
            f"its scatter-degree weight is negative ({w[at] / w.sum():.4f} of a sum of 1): the "
            "indicator runs against the "
            "others; check its direction, drop it or choose another weighting",
            at,
        )
    w = np.abs(w)  # what rounding left below zero
    return np.asarray(w / w.sum())
