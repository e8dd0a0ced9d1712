"""What a table of contributions and obstacles holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Shares:
    """An indicator's share of the score and of the shortfall, the mean over units in each year;
    None where none has any.

    first: units whose largest obstacle it is in the last year
    """

    contribution: list[float | None]
    obstacle: list[float | None]
    first: int


@dataclass(frozen=True)
class Result(result.Result):
    """Indicator -> its shares, in the years of the spec.

    obstacles: whether the normalisation has a best value, from which scores fall short; without it
    there are none
    leaders: units that stand at the best value of every indicator in the last year, and so have no
    obstacle
    """

    index: str
    years: list[int]
    indicators: dict[str, Shares]
    obstacles: bool
    leaders: list[int]
