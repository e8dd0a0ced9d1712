"""What a heterogeneity table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Interval
from pipeline.results.points import Point
from pipeline.results.rows import Regression
from pipeline.study.closed import Text


@dataclass(frozen=True)
class Difference:
    """A group's coefficient less the first group's, with its bootstrap interval and p-value."""

    value: float
    interval: Interval
    p: float


@dataclass(frozen=True)
class Group:
    """One group: its key and label in the spec, its regression, its difference to the first
    group."""

    key: str
    label: Text
    regression: Regression
    difference: Difference | None


@dataclass(frozen=True)
class FTest:
    """An F test."""

    f: float
    df1: int
    df2: int
    p: float


@dataclass(frozen=True)
class Equality:
    """Tests that the coefficients are equal over groups.

    wald: separate regressions, groups of units only; interaction: one regression with common
    controls and years
    bootstrap_p: of a bootstrap of whole units; permutation_p: of units re-assigned, groups of units
    only
    smallest: units in the smallest group
    """

    wald: FTest | None
    interaction: FTest
    bootstrap_p: float
    permutation_p: float | None
    draws: Draws
    smallest: int

    @property
    def p(self) -> float:
        """The p-value by which equality is judged: of the permutation where units are grouped, else
        of the bootstrap."""
        return self.bootstrap_p if self.permutation_p is None else self.permutation_p


@dataclass(frozen=True)
class Result(result.Result):
    """One regression a group, and the tests that the treatment's coefficients are equal.

    halves: variables at whose median groups are cut
    """

    groups: list[Group]
    equality: Equality
    halves: list[str]

    def points(self, terms: list[str]) -> list[Point]:
        """A point a group and term, for figures of coefficients; `treatment` stands for each
        group's own."""
        return [
            Point(g.key, g.label, g.regression.model.outcome, estimate)
            for g in self.groups
            for name, estimate in g.regression.coefficients.items()
            if name in terms or ("treatment" in terms and name == g.regression.model.treatment)
        ]
