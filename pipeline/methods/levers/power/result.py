"""What a table of minimum detectable effects holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate, Test
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Detectable:
    """An estimate and the smallest effect that its tests at 5%, all of them, find with the power
    asked; None: they find none.

    size: the share of outcomes without effect that the test rejects, of several the largest
    """

    rows: Rows
    estimate: Estimate
    least: float | None
    tests: list[Test]
    size: float


@dataclass(frozen=True)
class Result(result.Result):
    """The treatment's total effect; mediator -> its a x b; lever -> its interaction, per SD of the
    lever.

    draws: outcomes simulated for each
    """

    model: Model
    total: Detectable
    indirect: dict[str, Detectable]
    interactions: dict[str, Detectable]
    power: float
    draws: Draws
