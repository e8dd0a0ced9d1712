"""What moving a lever or a mechanism would change, by mechanism and province, with every
coefficient's uncertainty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from pipeline.inference.mediation import TOLERANCE
from pipeline.inference.moments import Array, Moments, eliminate, reduce


@dataclass(frozen=True)
class Slopes:
    """What a lever does per unit, in R replicates: with every mechanism in one outcome equation.

    M_k = change_k X L + level_k L + ..., Y = sum_k b_k M_k + change_0 X L + level_0 L + ...; rows
    0..K-1 of `change` and `level` (K + 1, R) are b_k times those of mechanism k, the last row is
    the direct part, so that the rows add up to the lever's whole effect on Y. kept: (R,) replicates
    that hold.
    """

    change: Array
    level: Array
    kept: NDArray[np.bool_]

    def gains(self, treatment: Array, move: Array) -> Array:
        """Change of the outcome (R, K + 1, provinces) when L moves by `move` (provinces,) at
        `treatment` (provinces,)."""
        return (self.change.T[:, :, None] * treatment + self.level.T[:, :, None]) * move


def lever_slopes(moments: Moments, weights: Array, controls: int, mechanisms: int) -> Slopes:
    """Slopes of the lever for cluster weights (R, G); columns are [controls, lever, X, X L,
    mechanisms, outcome]."""
    first = controls + 3
    coefficients, rest, smallest = reduce(moments, weights, first)
    b, _, joint = eliminate(_unit(moments, rest, first), mechanisms)
    b = b[:, 0] * _scale(moments, first)[-1] / _scale(moments, first)[:-1, None]
    kept = (smallest > TOLERANCE) & (joint > TOLERANCE)

    def parts(row: int) -> Array:
        through = b * coefficients[row, :-1]
        return np.concatenate([through, coefficients[row, -1:] - through.sum(axis=0)])

    return Slopes(parts(first - 1), parts(controls), kept)


def mechanism_slopes(
    moments: Moments, weights: Array, controls: int, mechanisms: int
) -> tuple[Array, NDArray[np.bool_]]:
    """b (K, R) of all mechanisms in one outcome equation and the replicates that hold; [controls,
    X, mechanisms, outcome]."""
    first = controls + 1
    _, rest, smallest = reduce(moments, weights, first)
    b, _, joint = eliminate(_unit(moments, rest, first), mechanisms)
    b = b[:, 0] * _scale(moments, first)[-1] / _scale(moments, first)[:-1, None]
    return b, (smallest > TOLERANCE) & (joint > TOLERANCE)


def _scale(moments: Moments, first: int) -> Array:
    """Size of each later column net of the first ones, in the full sample."""
    return np.asarray(np.abs(np.diag(moments.factor))[first:])


def _unit(moments: Moments, rest: Array, first: int) -> Array:
    """Residual products with every column at its full-sample size, so that a pivot reads as the
    share left."""
    own = _scale(moments, first)
    return np.asarray(rest / np.outer(own, own)[:, :, None])


def shortfall_closed(outcome: Array, gains: Array, target: float) -> Array:
    """Share of sum max(0, target - y) that gains (R, provinces) close, given outcomes y
    (provinces,); shape (R,).

    Gains beyond the target close no more; losses open it.
    """
    before = np.maximum(0.0, target - outcome).sum()
    after = np.maximum(0.0, target - outcome - gains).sum(axis=-1)
    return np.asarray(1.0 - after / before)


def outside_support(points: Array, queries: Array) -> NDArray[np.bool_]:
    """Which queries (m, 2) lie outside the convex hull of the sample's points (n, 2).

    Both columns are brought to the points' range, so that what counts as off a face is relative.
    """
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    if not span.all():
        return np.ones(len(queries), bool)
    points, queries = (points - low) / span, (queries - low) / span
    try:
        hull = ConvexHull(points)
    except QhullError:  # the points lie on a line: nothing off it is in their support
        return np.ones(len(queries), bool)
    faces = hull.equations
    return np.asarray((queries @ faces[:, :-1].T + faces[:, -1] > 1e-9).any(axis=1))
