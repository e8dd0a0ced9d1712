"""What the figure of indirect effects along the correlation of the two errors holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Interval
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class AtRho:
    """a x b if the errors were correlated by rho, with its percentile interval."""

    rho: float
    indirect: float
    interval: Interval


@dataclass(frozen=True)
class Curve:
    """A mediator's a x b along rho; zero: the rho at which it vanishes."""

    mediator: str
    points: list[AtRho]
    zero: float


@dataclass(frozen=True)
class Result(result.Result):
    """One curve a mediator, all on one sample."""

    model: Model
    rows: Rows
    curves: list[Curve]
    draws: Draws
