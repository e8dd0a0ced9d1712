"""What a table of minimum detectable effects holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Detectable:
    """An estimate and the smallest effect that a 5% test finds with the power asked; None: it finds
    none."""

    rows: Rows
    estimate: Estimate
    least: float | None


@dataclass(frozen=True)
class Result(result.Result):
    """The treatment's total effect; mediator -> its a x b; lever -> its interaction, per SD of the
    lever."""

    model: Model
    total: Detectable
    indirect: dict[str, Detectable]
    interactions: dict[str, Detectable]
    power: float
    draws: Draws
