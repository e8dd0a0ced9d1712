"""Errors clustered in two ways at once."""

import numpy as np

from pipeline.inference.moments import Array, Ints, codes
from pipeline.inference.within import crv1_factor


def two_way(influence: Array, first: Ints, second: Ints, counted: int) -> Array:
    """Covariance (k, k) clustered by `first` and by `second`: V_first + V_second - V_both.

    influence: (n, k), each row's part in the estimates; counted: K, coefficients that count in
    (N - 1) / (N - K). Each part has its own factor G / (G - 1) (N - 1) / (N - K), as in Petersen
    and in R's sandwich. For t with one degree less than there are clusters in the smaller of the
    two. The sum need not be positive definite: a negative variance is returned as it is.
    Source: Cameron, Gelbach and Miller (2011), section 2.2; Petersen (2009).
    """
    both = codes(first * (int(second.max()) + 1) + second)
    one, two, cell = (_one_way(influence, by, counted) for by in (first, second, both))
    return one + two - cell


def _one_way(influence: Array, cluster: Ints, counted: int) -> Array:
    """CRV1 covariance (k, k) with K given."""
    sums = np.stack([np.bincount(cluster, column) for column in influence.T], axis=1)
    factor = crv1_factor(len(influence), len(sums), counted, 0, constant=0)
    return np.asarray(factor * sums.T @ sums)
