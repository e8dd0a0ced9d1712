"""What a table of the coefficient against common trends holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.estimate import Estimate, can_reject
from pipeline.results.rows import Rows
from pipeline.study.model import Model

# The methods, in the order of the table.
Key = Literal[
    "two_way", "group_means", "group_jackknife", "unit_trends", "correlated", "interactive"
]
# Why a method says nothing of this panel.
Reason = Literal["short", "few_units", "few_groups", "unsettled", "unidentified", "no_factors"]


@dataclass(frozen=True)
class Companion:
    """The treatment by one method, or why there is nothing; units: those that it uses."""

    key: Key
    estimate: Estimate | None
    units: int
    reason: Reason | None = None


@dataclass(frozen=True)
class Diagnostics:
    """p-values: no dependence between units beside `factors` common factors (CD*), no serial
    correlation of the within residuals, one slope for all units; None where a test cannot be
    made."""

    factors: int | None

    dependence_p: float | None
    serial_p: float | None
    slopes_p: float | None


@dataclass(frozen=True)
class Result(result.Result):
    """The headline's model first, then its companions.

    factors: of the interactive effects, None where these cannot be estimated; groups: regions that
    identify the coefficient; carrier: code of the unit that alone carries the treatment's variation
    """

    model: Model
    rows: Rows
    companions: list[Companion]
    factors: int | None
    groups: int
    diagnostics: Diagnostics
    carrier: int | None

    @property
    def own(self) -> Estimate:
        """The coefficient beside unit and year effects."""
        found = self.companions[0].estimate
        assert found is not None, "a model that cannot be estimated has no result"
        return found

    @property
    def used(self) -> list[Companion]:
        """Companions with an estimate, the model itself left out."""
        return [c for c in self.companions[1:] if c.estimate]

    @property
    def objections(self) -> list[Key]:
        """Methods whose estimate has another sign, or does not differ from zero at 10%; the model
        itself where it does not at 5%."""
        own = [] if self.own.differs else [self.companions[0].key]
        return own + [c.key for c in self.used if c.estimate and _objects(c.estimate, self.own)]

    @property
    def verdict(self) -> Literal["robust", "not_robust", "undecided"]:
        """Whether the coefficient differs from zero and no method objects; undecided where too few
        can be used to object, no test can reject, or one unit alone carries the treatment."""
        if not can_reject(self.own, self.rows.units) or self.carrier is not None:
            return "undecided"
        if self.objections:
            return "not_robust"
        return "robust" if len(self.used) >= ENOUGH else "undecided"


# Fewer companions decide nothing.
ENOUGH = 3
# Beyond this p-value a companion does not support the headline.
WEAK = 0.10


def _objects(estimate: Estimate, own: Estimate) -> bool:
    p = estimate.decides
    return estimate.value * own.value <= 0 or p is None or p > WEAK
