"""Weights from a global principal component analysis (全局主成分): all cells of all years in one
analysis."""

import numpy as np

from pipeline.index.contract import Array, Context, check_indicators


def weigh(x: Array, context: Context) -> Array:
    """Absolute loadings of the components with eigenvalue >= 1 on z-scores, weighted by the
    variance they explain.

    x: (N, k). The indicators point the same way already: the sign of a loading is arbitrary and its
    size is what counts. Raises WeightError for a column that does not vary. Source: Kaiser's (1960)
    rule for the components kept.
    """
    check_indicators(x)
    if x.shape[1] == 1:
        return np.ones(1)
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    values, vectors = np.linalg.eigh(np.cov(z, rowvar=False))
    # Indicators without correlation have eigenvalues of 1 but for rounding, and all of them count.
    keep = values >= min(1.0, values[-1]) - 1e-9
    w = np.abs(vectors[:, keep]) @ (values[keep] / values[keep].sum())
    return np.asarray(w / w.sum())
