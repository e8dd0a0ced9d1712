"""What a figure of densities holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Density:
    """The density of one year at the points of the grid."""

    year: int
    values: list[float]


@dataclass(frozen=True)
class Result(result.Result):
    """Densities of a variable over units, by year, on one grid."""

    variable: str
    grid: list[float]
    densities: list[Density]
