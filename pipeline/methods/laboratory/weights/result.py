"""What a table of weights holds."""

from dataclasses import dataclass

from pipeline.results import result


@dataclass(frozen=True)
class Weighting:
    """A weighting by its name, as `entropy` or `critic_base_year`, and the weight of each
    indicator."""

    name: str
    weights: dict[str, float]


@dataclass(frozen=True)
class Result(result.Result):
    """The index's own weights first; means over the years where weights change.

    entropies: of the indicators, None where one has values below zero; cells: unit-years with every
    indicator
    """

    index: str
    weightings: list[Weighting]
    entropies: dict[str, float] | None
    cells: int
