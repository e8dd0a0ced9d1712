"""Weights given from outside."""

import numpy as np

from pipeline.index.contract import Array, Context, WeightError


def weigh(x: Array, context: Context) -> Array:
    """The weights of `context.expert`, made to sum to 1 exactly.

    x: (N, k), only its number of columns counts. Raises WeightError where they are absent, not k,
    negative, not finite or more than 1e-6 away from a sum of 1.
    """
    w = context.expert
    if w is None or np.shape(w) != (x.shape[1],):
        given = "none" if w is None else f"an array of shape {np.shape(w)}"
        raise WeightError(f"expert weighting needs {x.shape[1]} weights and has {given}")
    wrong = np.flatnonzero(~np.isfinite(w) | (w < 0))
    if wrong.size:
        raise WeightError(f"its expert weight is {w[wrong[0]]}, which is no share", int(wrong[0]))
    if abs(w.sum() - 1) > 1e-6:
        raise WeightError(f"the expert weights add to {w.sum():.6f}, not to 1")
    return np.asarray(w / w.sum())
