"""What a regression table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Estimate, Test
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

    second: p-values of the treatments by the test in brackets, None where it cannot be made
    """

    columns: list[Regression]
    brackets: Test | None
    second: list[float | None]
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
