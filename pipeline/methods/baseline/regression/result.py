"""What a regression table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Estimate
from pipeline.results.points import Point
from pipeline.results.rows import Regression


@dataclass(frozen=True)
class Unfilled:
    """The last column's treatment estimated again without any filling; `again` is None where it
    cannot be.

    filled: the estimate with filled cells; dropped: observations that the panel without filling
    lacks
    """

    again: Estimate | None
    observations: int
    filled: float
    dropped: int


@dataclass(frozen=True)
class Result(result.Result):
    """One regression a column.

    draws: of the tests in brackets, each number once, none for tests that draw nothing; seed: of
    these draws
    """

    columns: list[Regression]
    brackets: str | None
    draws: list[int]
    seed: int
    unfilled: Unfilled | None

    def points(self, terms: list[str]) -> list[Point]:
        """A point a column and term, for figures of coefficients; `treatment` stands for each
        column's own."""
        return [
            Point(str(i), column.model.label, column.model.outcome, estimate)
            for i, column in enumerate(self.columns, start=1)
            for name, estimate in column.coefficients.items()
            if name in terms or ("treatment" in terms and name == column.model.treatment)
        ]
