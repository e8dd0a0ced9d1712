"""What a sensitivity table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Interval
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Strength:
    """How strong a confounder of an estimate would have to be, by classical t-values.

    robustness: the partial R2 with regressor and outcome that brings the estimate to zero;
    robustness_at: that takes its significance
    as_benchmark, thrice_benchmark: the estimate beside a confounder so strong; None where none can
    be
    strongest: the control like which a confounder would take the most; as_strongest: what it leaves
    """

    estimate: float
    partial_r2: float
    robustness: float
    robustness_at: float
    as_benchmark: float | None
    thrice_benchmark: float | None
    strongest: str
    as_strongest: float | None


@dataclass(frozen=True)
class Mechanism:
    """A mediator: the correlation of the two errors at which a x b vanishes with its percentile
    interval, and how strong a confounder of b would have to be."""

    mediator: str
    rho_zero: float
    rho_interval: Interval
    strength: Strength


@dataclass(frozen=True)
class Result(result.Result):
    """Every mechanism, then the treatment's total effect.

    oster_delta: selection on unobservables relative to observables that brings the total to zero;
    None where none does
    carrier: code of the unit that alone carries the treatment's variation
    """

    model: Model
    rows: Rows
    mechanisms: list[Mechanism]
    treatment: Strength
    oster_delta: float | None
    draws: Draws
    carrier: int | None = None
