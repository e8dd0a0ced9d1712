"""What a sensitivity table holds."""

from dataclasses import dataclass, field

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
    beyond: multiple of the benchmark -> its implied partial R2 with the outcome, where above one
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
    beyond: dict[str, float] = field(default_factory=dict)


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
    implied_r2: the R2 that the spec implies for Oster's delta where it is above one, so that the
    delta is that of an R2 of one
    carrier: code of the unit that alone carries the treatment's variation
    """

    model: Model
    rows: Rows
    mechanisms: list[Mechanism]
    treatment: Strength
    oster_delta: float | None
    draws: Draws
    carrier: int | None = None
    implied_r2: float | None = None
