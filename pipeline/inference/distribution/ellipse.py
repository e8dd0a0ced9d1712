"""The standard deviational ellipse of weighted points, and the path of its centre.

Degrees are projected to kilometres around one parallel: x = R cos(mean latitude) * longitude, y = R
* latitude, R the mean radius of the earth, mean latitude that of all points without weights, so
that the map is the same in every year. Among the provincial capitals of China east-west distances
are a fifth too long at Harbin and a tenth too short at
Haikou: good enough for the direction and the drift of a centre, not for surveying.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.inference.distribution.checks import amounts, one_length
from pipeline.inference.moments import Array

_KM_PER_DEGREE = 6371.0088 * np.pi / 180
_SCALE = np.sqrt(2)


@dataclass(frozen=True)
class Ellipse:
    """Centre in degrees; semi-axes in km; `angle` of the major axis in degrees clockwise from
    north, [0, 180).

    The angle is NaN for a circle. area: km2.
    """

    longitude: float
    latitude: float
    angle: float
    major: float
    minor: float

    @property
    def area(self) -> float:
        return float(np.pi * self.major * self.minor)


@dataclass(frozen=True)
class Path:
    """Ellipses of T years, and the centre's moves: distances (T - 1,) in km, bearings (T - 1,) in
    degrees from north.

    A bearing is clockwise, NaN where the centre did not move (less than 1e-9 km).
    """

    ellipses: tuple[Ellipse, ...]
    distances: Array
    bearings: Array


def ellipse(longitude: ArrayLike, latitude: ArrayLike, weights: ArrayLike | None = None) -> Ellipse:
    """The ellipse of points (n,) in degrees with weights (n,) >= 0 (default 1), n >= 2.

    Its axes are sqrt(2) times the weighted standard deviations (divisor: the sum of the weights)
    along and across the
    direction of greatest spread: Lefever's and Yuill's axes with the factor that ArcGIS and
    CrimeStat apply, so that it holds 63% of a Gaussian cloud (39% without). CrimeStat's factor n /
    (n - 2) is not applied. Papers that print squared weights in the sums use another formula.
    Raises ValueError for points that are missing or weights that are missing, negative or all zero.
    Source: Lefever (1926); Yuill (1971), Geografiska Annaler B 53, 28-39.
    """
    lon, lat = np.asarray(longitude, float), np.asarray(latitude, float)
    w = np.ones_like(lon) if weights is None else np.asarray(weights, float)
    if not one_length(lon, lat, w, least=2):
        raise ValueError("an ellipse needs longitudes, latitudes and weights (n,), n >= 2")
    if not np.isfinite([lon, lat]).all():
        raise ValueError("a point is missing")
    if not amounts(w):
        raise ValueError("weights must be there, not negative and not all zero")
    w = w / w.sum()
    x, y = _project(lon, lat, float(lat.mean()))
    centre = float(w @ lon), float(w @ lat)
    x, y = x - w @ x, y - w @ y
    xx, yy, xy = float(w @ x**2), float(w @ y**2), float(w @ (x * y))
    half = float(np.hypot((xx - yy) / 2, xy))
    middle = (xx + yy) / 2
    east = np.arctan2(2 * xy, xx - yy) / 2  # of the major axis, anticlockwise from east
    angle = float(_turned(90 - np.degrees(east), 180.0)) if half > 1e-12 * middle else np.nan
    return Ellipse(
        *centre,
        angle,
        float(_SCALE * np.sqrt(middle + half)),
        float(_SCALE * np.sqrt(max(middle - half, 0))),
    )


def path(longitude: ArrayLike, latitude: ArrayLike, weights: ArrayLike) -> Path:
    """Ellipses of points (n,) for the weights (n, T) of T years, and how the centre moved from year
    to year.

    Raises ValueError as `ellipse`.
    """
    lon, lat, w = (
        np.asarray(longitude, float),
        np.asarray(latitude, float),
        np.asarray(weights, float),
    )
    if w.ndim != 2:
        raise ValueError("a path needs weights (n, T)")
    ellipses = tuple(ellipse(lon, lat, column) for column in w.T)
    x, y = _project(
        np.array([e.longitude for e in ellipses]),
        np.array([e.latitude for e in ellipses]),
        float(lat.mean()),
    )
    dx, dy = np.diff(x), np.diff(y)
    distances = np.hypot(dx, dy)
    bearings = np.where(distances > 1e-9, _turned(np.degrees(np.arctan2(dx, dy)), 360.0), np.nan)
    return Path(ellipses, distances, bearings)


def outline(shape: Ellipse, parallel: float, points: int = 181) -> tuple[Array, Array]:
    """Longitudes and latitudes (points,) of the edge of an ellipse, closed, in degrees.

    parallel: the parallel of the projection in degrees, the mean latitude of the points behind the
    ellipse.
    """
    around = np.linspace(0, 2 * np.pi, points)
    turn = np.radians(np.nan_to_num(shape.angle))  # a circle has no angle and needs none
    along, across = shape.major * np.cos(around), shape.minor * np.sin(around)
    east = along * np.sin(turn) + across * np.cos(turn)
    north = along * np.cos(turn) - across * np.sin(turn)
    per_degree = _KM_PER_DEGREE * np.cos(np.radians(parallel))
    return shape.longitude + east / per_degree, shape.latitude + north / _KM_PER_DEGREE


def _turned(degrees: ArrayLike, full: float) -> Array:
    """Angles in [0, full); one that only rounding keeps below a full turn is 0."""
    turned = np.asarray(degrees) % full
    return np.where(full - turned < 1e-9, 0.0, turned)


def _project(longitude: Array, latitude: Array, parallel: float) -> tuple[Array, Array]:
    return _KM_PER_DEGREE * np.cos(np.radians(parallel)) * longitude, _KM_PER_DEGREE * latitude
