"""What a table of summary statistics holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Summary:
    """One variable: number of cells, mean, standard deviation (overall, of unit means, around
    them), range, median."""

    n: int
    mean: float | None
    sd: float | None
    between: float | None
    within: float | None
    min: float | None
    median: float | None
    max: float | None


@dataclass(frozen=True)
class Result(result.Result):
    """Variable -> its summary, in the spec's order."""

    variables: dict[str, Summary]
