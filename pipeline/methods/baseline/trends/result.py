"""What a figure of yearly means holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.study.schema import Region


@dataclass(frozen=True)
class Line:
    """The means of a variable over the units of a region, by year."""

    variable: str
    region: Region
    years: list[int]
    means: list[float | None]


@dataclass(frozen=True)
class Result(result.Result):
    """One line a variable and region."""

    lines: list[Line]
