"""Slopes that change with a lever: of every replicate, from moments; marginal effects; moderated
mediation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.mediation import TOLERANCE
from pipeline.inference.moments import Array, Moments, reduce


def slopes(moments: Moments, weights: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Coefficients (k, R) of the last column on all before it for cluster weights (R, G), and which
    replicates hold."""
    coefficients, _, smallest = reduce(moments, weights, moments.columns - 1)
    return coefficients[:, -1, :], smallest > TOLERANCE


def marginal_effects(
    slope: float, change: float, covariance: Array, at: Array
) -> tuple[Array, Array]:
    """Effect slope + change * z of the treatment at lever values z (n,), and its error.

    covariance: (2, 2) of (slope, change). Source: Brambor, Clark and Golder (2006), equations 7 and
    8.
    """
    variance = covariance[0, 0] + 2 * at * covariance[0, 1] + at**2 * covariance[1, 1]
    return slope + change * at, np.sqrt(variance)


@dataclass(frozen=True)
class ModeratedEffects:
    """a, b and direct at the lever's zero and their changes per unit of it, each (R,); zero where
    the lever moves nothing.

    M = (a + a_change L) X + ..., Y = (direct + direct_change L) X + (b + b_change L) M + ...
    """

    a: Array
    a_change: Array
    b: Array
    b_change: Array
    direct: Array
    direct_change: Array

    @property
    def index(self) -> Array:
        """Change of the indirect effect per unit of the lever, at its zero: a_change b + a
        b_change.

        The index of moderated mediation of Hayes (2015), equation 8 and 15, where the lever moves
        one of the two paths; where it moves both, the indirect effect is quadratic in the lever and
        this is its slope at zero.
        """
        return self.a_change * self.b + self.a * self.b_change

    def indirect(self, at: float) -> Array:
        """The indirect effect at a value of the lever."""
        return (self.a + self.a_change * at) * (self.b + self.b_change * at)
