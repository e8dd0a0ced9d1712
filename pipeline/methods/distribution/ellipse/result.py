"""What a figure of ellipses holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Edge:
    """The edge of an ellipse, closed: degrees east and north of its points."""

    longitudes: list[float]
    latitudes: list[float]


@dataclass(frozen=True)
class Shape:
    """The ellipse of a year: centre in degrees, angle of the major axis clockwise from north,
    semi-axes in km, km2.

    distance, bearing: of the centre's move from the year before, km and degrees, None in the first
    year
    edge: in the years that the spec names
    """

    year: int
    longitude: float
    latitude: float
    angle: float | None
    major: float
    minor: float
    area: float
    distance: float | None
    bearing: float | None
    edge: Edge | None


@dataclass(frozen=True)
class Result(result.Result):
    """Shapes by year; weights: unit -> its share in the last year; parallel: mean latitude of these
    units.

    left_out: unit -> years without a value
    """

    variable: str
    shapes: list[Shape]
    weights: dict[int, float]
    parallel: float
    left_out: dict[int, list[int]]
