"""Index weights: arrays of cells x indicators in, weights that add to 1 out.

Every weighting takes the same argument, min-max normalised indicators pointing the same way, and returns weights in the
order of the columns. Adding one: write the function and register it in `WEIGHTINGS`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class WeightError(ValueError):
    """Indicators from which no weights can be made; `column` is the position of the one at fault, if one is."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


def minmax(x: Array, signs: Array) -> Array:
    """Direction-aware min-max over all cells: (x - min) / range for +, (max - x) / range for -.

    x: (cells, k); signs: (k,) of +1 and -1. Raises WeightError for an indicator without variation.
    """
    low, high = x.min(axis=0), x.max(axis=0)
    flat = np.flatnonzero(high - low <= 1e-12 * np.maximum(np.abs(high), np.abs(low)))
    if flat.size:
        raise WeightError("the indicator does not vary", int(flat[0]))
    return np.where(signs > 0, x - low, high - x) / (high - low)


def entropies(x: Array, shift: float) -> Array:
    """Entropy of each indicator, -(1/ln N) sum p ln p with p = (x + shift) / sum and N the number of cells.

    x: (N, k) min-max values. Raises WeightError if one lies outside [0, 1]. Source: Shannon (1948); the constant is
    1/ln of the number of cells in the sum, not of the years or the provinces.
    """
    shifted = x + shift
    p = shifted / shifted.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        e = -np.where(p == 0, 0.0, p * np.log(p)).sum(axis=0) / np.log(len(p))
    wrong = np.flatnonzero((e < -1e-12) | (e > 1 + 1e-12) | ~np.isfinite(e))
    if wrong.size:
        raise WeightError(
            f"its entropy is {e[wrong[0]]:.4f}, outside [0, 1]: the constant must be 1/ln(number of cells)",
            int(wrong[0]),
        )
    return np.asarray(e)


def entropy(x: Array, shift: float) -> Array:
    """Entropy weights d / sum d with d = 1 - entropy."""
    d = 1 - entropies(x, shift)
    return np.asarray(d / d.sum())


def equal(x: Array, shift: float) -> Array:
    """1/k each."""
    return np.full(x.shape[1], 1 / x.shape[1])


def pca(x: Array, shift: float) -> Array:
    """Global PCA on z-scores: absolute loadings of components with eigenvalue >= 1, weighted by variance explained.

    The indicators point the same way already: the sign of a loading is arbitrary and its size is what counts.
    """
    if x.shape[1] == 1:
        return np.ones(1)
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    values, vectors = np.linalg.eigh(np.cov(z, rowvar=False))
    keep = values >= min(1.0, values[-1])
    w = np.abs(vectors[:, keep]) @ (values[keep] / values[keep].sum())
    return np.asarray(w / w.sum())


WEIGHTINGS: dict[str, Callable[[Array, float], Array]] = {"entropy": entropy, "equal": equal, "pca": pca}
