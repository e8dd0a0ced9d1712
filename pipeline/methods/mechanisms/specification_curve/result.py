"""What a specification curve holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate

Effects = Literal["two-way", "province"]


@dataclass(frozen=True)
class Specification:
    """One model's choices, and its treatment's coefficient in SD of the outcome per SD of the
    treatment (CRV1)."""

    outcome: str
    treatment: str
    sample: str
    effects: Effects
    controls: list[str]
    estimate: Estimate


@dataclass(frozen=True)
class JointTest:
    """p-values under H0 that no model has an effect: of the median |t|, and of the number of models
    that differ from zero; models: those that the test draws."""

    models: int
    p_median: float
    p_significant: float


@dataclass(frozen=True)
class Result(result.Result):
    """All models, sorted by estimate, with their median and the joint test."""

    specifications: list[Specification]
    median: float
    joint: JointTest
    draws: Draws

    @property
    def differing(self) -> int:
        """How many models differ from zero."""
        return sum(s.estimate.differs for s in self.specifications)
