"""What a recovery table holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate
from pipeline.study.model import Model

Quantity = Literal["total", "direct", "a", "b", "indirect"]


@dataclass(frozen=True)
class Recovered:
    """A parameter of the process: an effect on the outcome, or of a mediator or another outcome
    (`variable`), with its true value."""

    quantity: Quantity
    variable: str | None
    estimate: Estimate
    truth: float

    @property
    def errors(self) -> float | None:
        """How many standard errors the estimate is above the truth; None without an error."""
        return (
            (self.estimate.value - self.truth) / self.estimate.error
            if self.estimate.error
            else None
        )

    @property
    def held(self) -> bool:
        """Whether the estimate's interval holds the truth."""
        return self.estimate.interval is not None and self.estimate.interval.holds(self.truth)


@dataclass(frozen=True)
class Result(result.Result):
    """Every parameter that is estimated, in the order of the true values; draws: of the bootstrap
    of a x b."""

    model: Model
    parameters: list[Recovered]
    draws: Draws

    @property
    def held(self) -> int:
        """How many intervals hold the truth."""
        return sum(p.held for p in self.parameters)
