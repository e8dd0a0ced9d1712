"""The interval of a product of two coefficients that their ellipse spans.

It holds the products a'b' of all pairs in (a' - a)^2 / v_a + (b' - b)^2 / v_b <= t^2 (with a
covariance, in the ellipse that it turns): the products that a minimum-distance test with one degree
of freedom does not reject. It reaches 0 exactly when one of the two t tests does not reject.
Source: the minimum-distance test of one restriction, Newey and McFadden (1994), section 9.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from pipeline.inference.moments import Array


def product_interval(
    a: ArrayLike,
    b: ArrayLike,
    variance_a: ArrayLike,
    variance_b: ArrayLike,
    *,
    level: float,
    df: float,
    covariance: ArrayLike = 0.0,
) -> tuple[Array, Array]:
    """Lowest and highest product in the ellipse around each pair (a, b); arrays that broadcast.

    Variances and the covariance of the two estimates are positive definite; the ellipse is the one
    of t(df) at `level`. In standard errors the pairs on its edge are alpha + t cos(u) and
    beta + t sin(u + arcsin(rho)); their product has no extreme inside, and its derivative in u is a
    quartic in z = exp(iu). A root away from the unit circle costs nothing: its angle is a point of
    the edge like any other.
    """
    root_a, root_b = np.sqrt(variance_a), np.sqrt(variance_b)
    alpha, beta, rho = np.broadcast_arrays(
        np.divide(a, root_a), np.divide(b, root_b), covariance / (root_a * root_b)
    )
    t = float(stats.t.ppf((1 + level) / 2, df))
    turn = np.arcsin(rho)
    angles = np.angle(_stationary(alpha, beta, turn, t))
    along = alpha[..., None] + t * np.cos(angles)
    across = beta[..., None] + t * np.sin(angles + turn[..., None])
    products = along * across * (root_a * root_b)[..., None]
    return np.asarray(products.min(axis=-1)), np.asarray(products.max(axis=-1))


def _stationary(alpha: Array, beta: Array, turn: Array, t: float) -> Array:
    """Roots (..., 4) of the derivative: 2 c z^4 + d z^3 - conj(d) z - 2 conj(c), where the product
    is a constant + Re(d z) + Re(c z^2)."""
    phase = -1j * np.exp(1j * turn)
    d, c = t * (beta + alpha * phase), t**2 / 2 * phase
    companion = np.zeros((*alpha.shape, 4, 4), complex)
    companion[..., 1:, :3] = np.eye(3)
    companion[..., 0, 3] = np.conj(c) / c
    companion[..., 1, 3] = np.conj(d) / (2 * c)
    companion[..., 3, 3] = -d / (2 * c)
    return np.asarray(np.linalg.eigvals(companion))
