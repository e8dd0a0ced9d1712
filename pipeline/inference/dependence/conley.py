"""Errors that depend on each other in space, and over time inside a unit."""

from typing import Literal

import numpy as np

from pipeline.inference.dependence.paths import bartlett, lagged, paths_of
from pipeline.inference.moments import Array, Ints

Kernel = Literal["uniform", "bartlett"]
# Mean radius of the earth in kilometres.
_RADIUS = 6371.0


def great_circle(latitude: Array, longitude: Array) -> Array:
    """Distances (U, U) in kilometres between places given in degrees (U,), by the haversine."""
    phi, theta = np.radians(latitude), np.radians(longitude)
    across = np.cos(phi)[:, None] * np.cos(phi) * _half_chord(theta)
    return np.asarray(2 * _RADIUS * np.arcsin(np.sqrt(np.minimum(_half_chord(phi) + across, 1.0))))


def _half_chord(angles: Array) -> Array:
    """sin^2 of half the differences, (U, U)."""
    return np.asarray(np.sin((angles[:, None] - angles) / 2) ** 2)


def conley(
    influence: Array,
    entity: Ints,
    time: Ints,
    distances: Array,
    *,
    cutoff: float,
    kernel: Kernel = "bartlett",
    lags: int = 0,
) -> Array:
    """Covariance (k, k): units of one period depend on each other by their distance, periods of one
    unit up to `lags` apart by Bartlett weights 1 - j / (lags + 1).

    influence: (n, k), each row's part in the estimates; entity: positions in distances (U, U), km;
    time: periods as integers, so that a gap is a gap; cutoff in km. The uniform kernel weighs units
    at most `cutoff` apart by 1, Bartlett's by 1 - distance / cutoff. No small-sample factor.
    The sum need not be positive definite: a negative variance is returned as it is.
    Source: Conley (1999); Hsiang (2010) for the lags within a unit.
    """
    paths = paths_of(influence, entity, time, len(distances))
    weights = _weights(distances, cutoff, kernel)
    covariance = np.einsum("tik,ij,tjl->kl", paths, weights, paths, optimize=True)
    for lag, weight in enumerate(bartlett(lags), start=1):
        covariance = covariance + weight * lagged(paths, lag)
    return np.asarray(covariance)


def _weights(distances: Array, cutoff: float, kernel: Kernel) -> Array:
    """Weights (U, U) of pairs of units; a unit weighs itself by 1."""
    if kernel == "uniform":
        return np.asarray(distances <= cutoff, float)
    return np.asarray(np.maximum(1 - distances / cutoff, 0.0))
