"""The cluster jackknife on moments: leave-one-out estimates and CRV3."""

import numpy as np

from pipeline.inference.moments import Array, Moments, reduce


def leave_one_out(moments: Moments, regressors: int) -> tuple[Array, Array]:
    """Coefficients (k,) of the last column on the first `regressors`, and without each cluster (G,
    k).

    NaN where what is left does not identify them.
    """
    g = moments.clusters
    weights = np.concatenate([np.ones((1, g)), 1 - np.eye(g)])
    coefficients, _, smallest = reduce(moments, weights, regressors)
    last = np.where(smallest > 1e-6, coefficients[:, -1, :], np.nan).T
    return last[0], last[1:]


def crv3(estimate: Array, without: Array) -> Array:
    """CRV3 covariance (G - 1)/G sum_g (b_(g) - b)(b_(g) - b)'. Source: MacKinnon, Nielsen and Webb
    (2023)."""
    g = len(without)
    gaps = without - estimate
    return np.asarray((g - 1) / g * gaps.T @ gaps)
