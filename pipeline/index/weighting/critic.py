"""CRITIC weights: an indicator counts by its spread and by its conflict with the others."""

import numpy as np

from pipeline.index.contract import Array, Context, WeightError, check_indicators


def weigh(x: Array, context: Context) -> Array:
    """C / sum C with C_j = sd_j sum_k (1 - r_jk).

    x: (N, k) on a common scale (min-max in the source; on z-scores every sd is 1 and only the
    conflict counts). The divisor of the sd cancels. Raises WeightError for a column that does not
    vary and where all columns are perfectly correlated, so that there is no conflict to measure.
    Source: Diakoulaki, Mavrotas and Papayannakis (1995), Computers & Operations Research 22(7),
    763-770.
    """
    check_indicators(x)
    if x.shape[1] == 1:
        return np.ones(1)
    # Rounding may leave a correlation above 1 by an ulp.
    conflict = np.maximum(1 - np.corrcoef(x, rowvar=False), 0.0).sum(axis=0)
    if conflict.max() <= 1e-12:
        raise WeightError(
            "all indicators are perfectly correlated: CRITIC has no conflict to weigh by"
        )
    c = x.std(axis=0, ddof=1) * conflict
    return np.asarray(c / c.sum())
