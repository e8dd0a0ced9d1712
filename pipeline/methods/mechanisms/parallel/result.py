"""What a table of mechanisms in parallel holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.effects import share_of
from pipeline.results.estimate import Draws, Estimate, Interval
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Part:
    """A mediator beside all others: a, b, a x b with its bootstrap error and the interval of the
    ellipse, and beside it the percentile interval.

    correlations: other mediator -> correlation of the two indirect effects over the bootstrap draws
    """

    mediator: str
    a: Estimate
    b: Estimate
    indirect: Estimate
    percentile: Interval
    correlations: dict[str, float]


@dataclass(frozen=True)
class Result(result.Result):
    """The parts, their sum `together`, and the direct effect, which add up to the total.

    joint_p: wild p-value that all b are zero
    carrier: code of the unit that alone carries the treatment's variation
    """

    model: Model
    rows: Rows
    parts: list[Part]
    together: Estimate
    direct: Estimate
    total: Estimate
    joint_p: float
    draws: Draws
    carrier: int | None = None

    def share(self, indirect: Estimate) -> float | None:
        """A part, or all together, as a share of the total; None where the total may be zero."""
        return share_of(indirect.value, self.total)
