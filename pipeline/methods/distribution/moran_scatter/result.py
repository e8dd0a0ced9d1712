"""What a figure of Moran scatter plots holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Place:
    """A unit by its code: standardised value, and the mean of its neighbours' values."""

    unit: int
    value: float
    lag: float


@dataclass(frozen=True)
class Scatter:
    """The units of a year; moran: Moran's I, the slope of lags on values where every unit has a
    neighbour."""

    year: int
    moran: float
    places: list[Place]


@dataclass(frozen=True)
class Result(result.Result):
    """One scatter a year, in the spec's order; left_out: unit -> years without a value."""

    variable: str
    scatters: list[Scatter]
    left_out: dict[int, list[int]]
