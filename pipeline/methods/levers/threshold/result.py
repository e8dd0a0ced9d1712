"""What a threshold table holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate, Interval
from pipeline.results.rows import Rows
from pipeline.study.model import Model
from pipeline.study.schema import Timing

# What is drawn: residual paths with replacement, residuals with random signs, or the lever's paths
# over the units.
Scheme = Literal["paths", "signs", "permuted"]


@dataclass(frozen=True)
class Test:
    """F of one threshold more, its p-value, its critical value at 5%; None where the draws are
    withheld."""

    f: float
    p: float | None
    critical: float | None


@dataclass(frozen=True)
class Threshold:
    """A threshold with its confidence set and the likelihood ratio along its candidates.

    set: outer ends of the set, which consists of `pieces` runs of candidates
    edge: an end of the set is where the search ended, not where the ratio crossed its critical
    value
    """

    value: float
    set: Interval
    pieces: int
    edge: bool
    candidates: list[float]
    ratios: list[float]


@dataclass(frozen=True)
class Regime:
    """The treatment's slope in a regime, the rows in it, and the units with rows in it."""

    slope: Estimate
    observations: int
    units: int


@dataclass(frozen=True)
class Thresholds:
    """The model of one lever with as many thresholds as the tests support, one at the least.

    tests: of the first threshold, of a second given the first, ...; regimes: ascending in the
    lever, their slopes without a test of their own where no threshold is found
    """

    lever: str
    model: Model
    rows: Rows
    tests: list[Test]
    thresholds: list[Threshold]
    regimes: list[Regime]


@dataclass(frozen=True)
class Result(result.Result):
    """One column a lever; critical: of the likelihood ratio, at the study's level."""

    columns: list[Thresholds]
    critical: float
    schemes: list[Scheme]
    draws: Draws
    timing: dict[str, Timing]
