"""Linear models with absorbed effects and CRV1 errors, on arrays: the declared convention in one
place."""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.collinear import RANK, ROUNDING, Collinear
from pipeline.inference.moments import Array, Ints, demean, orthonormal_basis, time_columns


@dataclass(frozen=True)
class WithinFit:
    """Coefficients (k,), CRV1 covariance (k, k), residuals (n,), the degrees of freedom of the t
    distribution, and each row's part in the estimates, influence (n, k): (X'X)^-1 x_i u_i, of whose
    sums every sandwich covariance is made."""

    beta: Array
    covariance: Array
    residuals: Array
    df: int
    influence: Array


def crv1_factor(n: int, clusters: int, slopes: int, time_levels: int, constant: int = 1) -> float:
    """G/(G-1) (N-1)/(N-K), K = slopes + time effects counted + constant; effects nested in clusters
    not counted.

    The factor of Stata's xtreg, fe and reghdfe and of fixest on the raw cluster sandwich.
    """
    k = slopes + time_levels + constant
    return clusters / (clusters - 1) * (n - 1) / (n - k)


def within_fit(y: Array, x: Array, entity: Ints, time: Ints, cluster: Ints) -> WithinFit:
    """Two-way within regression of y (n,) on x (n, k) clustered by `cluster`; effects are dummies
    of the codes given.

    Entities lie within clusters. Raises Collinear when x is collinear given the
    effects.
    """
    dummies = time_columns(entity, time)
    z = demean(np.column_stack([y, x]), entity)
    level = np.sqrt((x**2).sum(axis=0))
    inner = np.sqrt((z[:, 1:] ** 2).sum(axis=0))
    q = orthonormal_basis(dummies)
    z = z - q @ (q.T @ z)
    yd, xd = z[:, 0], z[:, 1:]
    basis, triangle = np.linalg.qr(
        xd
    )  # not the normal equations: they would square the condition number
    pivots = np.abs(np.diag(triangle))
    weak = np.flatnonzero((pivots <= RANK * inner) | (inner <= ROUNDING * level))
    if weak.size:
        raise Collinear(int(weak[0]))
    inverse = np.linalg.inv(triangle)
    beta = inverse @ (basis.T @ yd)
    residuals = yd - xd @ beta
    influence = (basis * residuals[:, None]) @ inverse.T
    groups = int(cluster.max()) + 1
    sums = np.zeros((groups, x.shape[1]))
    np.add.at(sums, cluster, influence)
    factor = crv1_factor(len(y), groups, x.shape[1], dummies.shape[1])
    return WithinFit(beta, np.asarray(factor * sums.T @ sums), residuals, groups - 1, influence)
