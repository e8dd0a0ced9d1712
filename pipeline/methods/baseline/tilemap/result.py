"""What a tile map holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Result(result.Result):
    """Unit code -> value of a variable in a year; cuts between quarters of the units where classes
    are asked for."""

    variable: str
    year: int
    values: dict[int, float]
    cuts: list[float]
