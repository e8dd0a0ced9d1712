"""What a table of transitions holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws


@dataclass(frozen=True)
class Moves:
    """Moves that start in a class, and the shares that end in each; None where none starts."""

    count: int
    probabilities: list[float | None]


@dataclass(frozen=True)
class Matrix:
    """Moves from each class, the lowest first, and the ergodic distribution, None where there is
    not exactly one."""

    rows: list[Moves]
    ergodic: list[float | None]

    @property
    def moves(self) -> int:
        return sum(row.count for row in self.rows)


@dataclass(frozen=True)
class Homogeneity:
    """The likelihood ratio test that the matrices given the neighbours are one, by paths handed out
    over the map; p is None where no draw could differ."""

    likelihood_ratio: float
    p: float | None
    draws: Draws


@dataclass(frozen=True)
class Result(result.Result):
    """The matrix of all units, those given the class of the neighbours at the start, and the test
    that these agree.

    cuts, lag_cuts: between classes of the values and of the neighbours' means; sizes: unit-years in
    each class
    unlinked: moves without a neighbour that has a value; hainan: it is among the units, and a
    neighbour by convention
    left_out: unit -> years without a value
    """

    variable: str
    classes: int
    relative: bool
    cuts: list[float]
    lag_cuts: list[float]
    sizes: list[int]
    every: Matrix
    given: list[Matrix]
    test: Homogeneity
    unlinked: int
    hainan: bool
    left_out: dict[int, list[int]]
