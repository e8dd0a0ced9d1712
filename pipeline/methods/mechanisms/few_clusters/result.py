"""What a table of methods for few clusters holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.estimate import Estimate, Interval
from pipeline.results.rows import Leverage, Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class LeftOut:
    """The coefficient without one unit (its code)."""

    unit: int
    value: float


@dataclass(frozen=True)
class Column:
    """One model's treatment by every method.

    estimate: CRV1, judged by the study's test; crv3: with the jackknife's error, None where a unit
    cannot be left out
    cr2: with the bias-reduced error and Bell-McCaffrey degrees of freedom; leverage: who carries
    the treatment
    interval: by inversion of WCR11; permutation_p: None where paths cannot be exchanged
    lowest, highest: of the coefficients without one unit
    needed: units without which nothing is left to identify the coefficient
    carriers: those of them without which the treatment has no variation of its own
    """

    model: Model
    rows: Rows
    estimate: Estimate
    crv3: Estimate | None
    interval: Interval
    cr2: Estimate | None
    leverage: Leverage
    wcr11_p: float
    wcr31_p: float
    permutation_p: float | None
    lowest: LeftOut
    highest: LeftOut
    needed: list[int]
    carriers: list[int]


@dataclass(frozen=True)
class Result(result.Result):
    """One model a column; draws: of the wild bootstraps, each number once, permutations: of the
    permuted paths, seed: of both."""

    columns: list[Column]
    weights: Literal["rademacher", "webb"]
    draws: list[int]
    permutations: int
    seed: int
