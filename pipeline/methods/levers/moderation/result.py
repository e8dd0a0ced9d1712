"""What a moderation table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate, Interval
from pipeline.results.rows import Rows
from pipeline.study.model import Model
from pipeline.study.schema import Timing


@dataclass(frozen=True)
class Moderation:
    """Treatment x lever in a model of its own, per SD of the lever, which is centred.

    bootstrap: percentile interval of the interaction; joint: the interaction beside all others
    at_mean: the treatment at the lever's mean
    own: the lever itself, None where the effects absorb it
    low, middle, high: the treatment at the 10, 50 and 90% quantile of the lever
    positive, negative: shares of the rows with an effect above, below zero by the clustered errors
    mean, sd: of the lever, in its unit
    """

    lever: str
    model: Model
    rows: Rows
    interaction: Estimate
    bootstrap: Interval
    joint: Estimate | None
    at_mean: Estimate
    own: Estimate | None
    low: Estimate
    middle: Estimate
    high: Estimate
    positive: float
    negative: float
    mean: float
    sd: float


@dataclass(frozen=True)
class Result(result.Result):
    """One column a lever.

    joint_rows: observations of the model with all levers at once; wild: draws of the wild test
    """

    columns: list[Moderation]
    joint_rows: int | None
    draws: Draws
    wild: int
    timing: dict[str, Timing]
