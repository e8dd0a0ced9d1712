"""What a table of classes of coordination holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Year:
    """The mean degree over units in a year."""

    year: int
    mean_degree: float


@dataclass(frozen=True)
class Class:
    """A class by its code, from `low` up to `high`, and the number of units in it in each year."""

    code: str
    low: float
    high: float
    units: list[int]


@dataclass(frozen=True)
class Result(result.Result):
    """Classes, the lowest first; a bound belongs to the upper of two."""

    variable: str
    years: list[Year]
    classes: list[Class]
