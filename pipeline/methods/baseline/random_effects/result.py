"""What a table of random effects holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import SIZE, Estimate
from pipeline.results.rows import Regression, Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Random:
    """A model with random unit effects.

    coefficients: of treatment and controls; means: of their unit means, none without them
    theta: share of a unit's mean that is taken off, between the smallest and the largest unit
    """

    coefficients: dict[str, Estimate]
    means: dict[str, Estimate]
    constant: Estimate
    theta: tuple[float, float]


@dataclass(frozen=True)
class Hausman:
    """The test that the unit means add nothing: F with its degrees of freedom."""

    f: float
    df1: int
    df2: int
    p: float

    @property
    def rejects(self) -> bool:
        """Whether random effects are refused."""
        return self.p < SIZE


@dataclass(frozen=True)
class Result(result.Result):
    """The model with unit effects, with random effects, and with the regressors' unit means."""

    model: Model
    rows: Rows
    within: Regression
    random: Random
    correlated: Random
    hausman: Hausman
