"""Fixed-b distribution of t statistics with Bartlett's kernel.

The share b of the sample that the kernel spans stays in the limit: t is Z / sqrt(Q(b)) with a
standard normal Z and, independent of it, Q(b) = sum_k v_k chi2_k, where v are the eigenvalues of
the kernel on a Brownian bridge. By Craig's formula for the normal tail,

    P(|t| > c) = 2/pi int_0^(pi/2) prod_k (1 + c^2 v_k / sin^2 u)^(-1/2) du,

a smooth integral in place of a simulation. The bridge is taken on a grid.
Source: Kiefer and Vogelsang (2005); Vogelsang (2012) for panels with unit and time effects; Craig
(1991) for the tail.
"""

from functools import lru_cache

import numpy as np
from scipy import optimize

from pipeline.inference.moments import Array

# Points of the bridge and of the integral: p is right to about four digits.
_GRID = 400
_NODES = 64


def fixed_b_p(t: float, b: float) -> float:
    """Two-sided p-value of a t statistic whose kernel spans the share b of the periods, 0 < b <= 1:
    (lags + 1) / T."""
    angle, weight = np.polynomial.legendre.leggauss(_NODES)
    sine = np.sin((angle + 1) * np.pi / 4) ** 2
    factors = np.log1p(t**2 * _eigenvalues(b)[:, None] / sine)
    return float(weight @ np.exp(-factors.sum(axis=0) / 2) / 2)


def fixed_b_critical(size: float, b: float) -> float:
    """The value that |t| exceeds with probability `size` under the null."""
    return float(optimize.brentq(lambda t: fixed_b_p(t, b) - size, 0.0, 1e3))


@lru_cache(maxsize=64)
def _eigenvalues(b: float) -> Array:
    """Eigenvalues (_GRID,) of Bartlett's weights of span b on a bridge over the unit interval."""
    steps = np.arange(_GRID)
    weights = np.maximum(1 - np.abs(steps[:, None] - steps) / (b * _GRID), 0.0)
    centred = weights - weights.mean(axis=0)
    centred = centred - centred.mean(axis=1, keepdims=True)
    return np.maximum(np.linalg.eigvalsh(centred), 0.0) / _GRID
