"""What a score is made of, what holds it back, and whether other weights would rank the provinces
otherwise."""

from typing import Literal

import numpy as np
from scipy import stats

from pipeline.index.contract import Array, WeightError


def contributions(x: Array, weights: Array) -> Array:
    """Share of each indicator in each score, w_j x_ij / sum_j w_j x_ij, (N, k); missing where a
    score is 0.

    x: (N, k) normalised, weights (k,) or (N, k).
    """
    return _shares(weights * x)


def obstacles(x: Array, weights: Array) -> Array:
    """Obstacle degree O_ij = w_j (1 - x_ij) / sum_j w_j (1 - x_ij), (N, k): each indicator's share
    in the shortfall.

    x: (N, k) min-max values, weights (k,) or (N, k). Missing in a row that falls short nowhere.
    Raises WeightError for a value above 1 (a base period's range exceeded), whose shortfall would
    be negative.
    Source: the obstacle degree model (障碍度模型), as in 鲁春阳 et al. (2011), 资源科学 33(3),
    535-541.
    """
    above = np.flatnonzero((x > 1 + 1e-12).any(axis=0))
    if above.size:
        raise WeightError(
            "the indicator has values above 1: it has no shortfall from the best", int(above[0])
        )
    return _shares(weights * np.maximum(1 - x, 0.0))


def rank_correlation(scores: Array, method: Literal["spearman", "kendall"]) -> Array:
    """Rank correlations (m, m) between m alternative scores of the same rows, (N, m): Spearman's
    rho, Kendall's tau-b."""
    m = scores.shape[1]
    out = np.eye(m)
    measure = stats.spearmanr if method == "spearman" else stats.kendalltau
    for i in range(m):
        for j in range(i):
            out[i, j] = out[j, i] = measure(scores[:, i], scores[:, j]).statistic
    return out


def _shares(parts: Array) -> Array:
    total = parts.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(parts, total, out=np.full(parts.shape, np.nan), where=total != 0))
