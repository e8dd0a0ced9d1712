"""What a quantile table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Quantile:
    """The treatment's coefficient at a quantile of the outcome."""

    tau: float
    treatment: Estimate


@dataclass(frozen=True)
class Result(result.Result):
    """The treatment in the location and the scale equation, and at each quantile.

    not_positive: share of the rows whose fitted scale is not positive
    """

    model: Model
    rows: Rows
    location: Estimate
    scale: Estimate
    quantiles: list[Quantile]
    not_positive: float
    draws: Draws
