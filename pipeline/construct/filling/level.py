"""A local level with drift, fitted without an optimiser.

    y_t = a + b t + w_t + e_t,   w a random walk, e noise

The walk's share s of the variance of a year's innovations takes the values of a grid; for each of
them a, b and the scale have their closed form, so that the fit is the same on every processor: an
optimiser would stop at numbers that depend on the last bits. Source: Durbin and Koopman, Time
Series Analysis by State Space Methods, 2012, ch. 2; the likelihood is their diffuse one, with a and
b integrated out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_SHARES = np.linspace(0.0, 1.0, 501)
# With fewer years than this noise and walk cannot be told apart: all is walk.
_SHORTEST = 8


@dataclass(frozen=True)
class LevelModel:
    """The model of a series y (T,) with gaps.

    shares: (S,) of the walk; likelihood: (S,) log-likelihood of each share, up to a constant
    squares: (S,) sums of squared innovations in units of the variance that the shares divide
    """

    y: Array
    shares: Array
    likelihood: Array
    squares: Array

    @property
    def likeliest(self) -> int:
        """Number of the likeliest share; of shares that only rounding tells apart, the first."""
        return int(np.argmax(self.likelihood >= self.likelihood.max() - 1e-9))

    @property
    def df(self) -> int:
        """Observed years less the two of the line."""
        return int(np.isfinite(self.y).sum()) - 2

    def gaps(self, k: int) -> tuple[Array, Array]:
        """What the gaps (m,) are expected to hold under share number k, and a root (m, m) of the
        covariance of their errors per unit of variance: best linear unbiased prediction."""
        seen = np.isfinite(self.y)
        covariance = _covariance(self.shares[k : k + 1], np.arange(1, len(self.y) + 1))[0]
        line = _line(np.arange(1, len(self.y) + 1))
        inner, cross = covariance[np.ix_(seen, seen)], covariance[np.ix_(~seen, seen)]
        weighted = np.linalg.solve(inner, np.column_stack([line[seen], self.y[seen]]))
        gram = line[seen].T @ weighted
        coefficients = np.linalg.solve(gram[:, :2], gram[:, 2])
        off = line[~seen] - cross @ weighted[:, :2]
        expected = cross @ weighted[:, 2] + off @ coefficients
        errors = covariance[np.ix_(~seen, ~seen)] - cross @ np.linalg.solve(inner, cross.T)
        return expected, np.linalg.cholesky(errors + off @ np.linalg.solve(gram[:, :2], off.T))


def level_model(y: Array) -> LevelModel:
    """Fit the model to a series (T,) with NaN gaps and at least five observed years."""
    years = np.flatnonzero(np.isfinite(y)) + 1
    shares = _SHARES if len(years) >= _SHORTEST else _SHARES[-1:]
    root = np.linalg.cholesky(_covariance(shares, years))
    columns = np.column_stack([_line(years), y[years - 1]])
    triangle = np.linalg.qr(np.linalg.solve(root, columns[None]), mode="r")
    pivots = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
    # A series on a straight line leaves nothing but rounding, which must not choose the share.
    residual = np.maximum(pivots[:, 2], 1e-10 * np.abs(columns[:, 2]).max() + 1e-300)
    volume = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    likelihood = -volume - np.log(pivots[:, :2]).sum(axis=1) - (len(years) - 2) * np.log(residual)
    return LevelModel(y, shares, likelihood, residual**2)


def _covariance(shares: Array, years: NDArray[np.signedinteger]) -> Array:
    """Covariances (S, n, n) of walk and noise in these years (n,) for each share (S,)."""
    walk = np.minimum(years[:, None], years[None, :]).astype(float)
    return np.asarray(
        shares[:, None, None] * walk + (1 - shares)[:, None, None] * np.eye(len(walk))
    )


def _line(years: NDArray[np.signedinteger]) -> Array:
    return np.column_stack([np.ones(len(years)), years.astype(float)])
