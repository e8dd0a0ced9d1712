"""What a table of intervals that carry the uncertainty of index weights holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Interval
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Quantity:
    """The total effect (`mediator` None) or a mediator's a x b: in its units, and in SD of the
    outcome per SD of the treatment net of effects, with percentile intervals of the latter, the
    weights held fixed, and rebuilt inside every draw."""

    mediator: str | None
    value: float
    standardised: float
    fixed: Interval
    rebuilt: Interval

    @property
    def ratio(self) -> float | None:
        """How wide the interval with rebuilt weights is, in widths of the other; None where that
        has no width."""
        fixed, rebuilt = _width(self.fixed), _width(self.rebuilt)
        return rebuilt / fixed if fixed and rebuilt is not None else None


@dataclass(frozen=True)
class Result(result.Result):
    """The total effect, then every mechanism, all on one sample."""

    model: Model
    rows: Rows
    quantities: list[Quantity]
    draws: Draws


def _width(interval: Interval) -> float | None:
    """How wide an interval is; None where it is open."""
    if interval.low is None or interval.high is None:
        return None
    return interval.high - interval.low
