"""What a table of ranks holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Standing:
    """Score and rank in a year, 1 the highest score, equal scores the mean of their ranks; None
    without a score."""

    score: float | None
    rank: float | None


@dataclass(frozen=True)
class Unit:
    """A unit by its code: its standing in each year; gained: places from the first year to the
    last."""

    unit: int
    standings: list[Standing]
    gained: float | None


@dataclass(frozen=True)
class Result(result.Result):
    """Units by their codes; kendall: tau-b of the scores of the first year and the last, None for a
    single year."""

    index: str
    years: list[int]
    units: list[Unit]
    kendall: float | None
