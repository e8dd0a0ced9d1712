"""What the table of the theory's elements holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.effects import Effects
from pipeline.results.estimate import Draws, Estimate
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Element:
    """An element, the mechanism that stands for it, and its effects."""

    key: str
    mechanism: str
    effects: Effects


@dataclass(frozen=True)
class Part:
    """The outcome or one of its dimensions, with the treatment's total effect on it."""

    variable: str
    total: Estimate


@dataclass(frozen=True)
class Result(result.Result):
    """The elements, then the outcome with its dimensions."""

    model: Model
    rows: Rows
    elements: list[Element]
    outcome: Part
    dimensions: list[Part]
    draws: Draws
