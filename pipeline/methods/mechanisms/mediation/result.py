"""What a mediation table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.effects import Effects
from pipeline.results.estimate import Draws, Estimate, Interval
from pipeline.results.points import Point
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class SecondStep:
    """The outcome on mechanism and treatment, and what follows from both steps.

    intervals: of a x b, in the spec's order; one that cannot be made (one unit alone identifies the
    mechanism) is open
    detectable: the smallest a x b of which the tests that decide find both with the power declared;
    None where they find none
    """

    effects: Effects
    intervals: list[Interval]
    sobel_p: float
    detectable: float | None

    @property
    def clustered_p(self) -> float | None:
        """The larger p-value of a and b by t-tests with clustered errors."""
        ps = (self.effects.a.p, self.effects.b.p)
        return None if None in ps else max(p for p in ps if p is not None)


@dataclass(frozen=True)
class Mechanism:
    """A mediator: a, and what the second step adds; None in the two-step design."""

    mediator: str
    a: Estimate
    second: SecondStep | None


@dataclass(frozen=True)
class Result(result.Result):
    """Every mechanism on its own, all on one sample.

    draws: of the bootstrap of a x b, None in the two-step design
    simulated: outcomes of each step behind the detectable a x b
    carrier: code of the unit that alone carries the treatment's variation
    """

    model: Model
    rows: Rows
    mechanisms: list[Mechanism]
    draws: Draws | None
    simulated: int
    carrier: int | None = None

    @property
    def total(self) -> Estimate | None:
        """The total effect, which all mechanisms share; None in the two-step design."""
        second = self.mechanisms[0].second
        return None if second is None else second.effects.total

    def points(self, terms: list[str]) -> list[Point]:
        """A point a mechanism and term (a, b, direct, indirect, total), for figures of
        coefficients."""
        return [
            Point(m.mediator, None, m.mediator, estimate)
            for m in self.mechanisms
            for name, estimate in _terms(m).items()
            if name in terms
        ]


def _terms(mechanism: Mechanism) -> dict[str, Estimate]:
    if mechanism.second is None:
        return {"a": mechanism.a}
    e = mechanism.second.effects
    return {"a": e.a, "b": e.b, "direct": e.direct, "indirect": e.indirect, "total": e.total}
