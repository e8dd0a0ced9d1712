"""What a figure of marginal effects holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate, Interval
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Point:
    """The treatment's effect at a value of the lever, in its unit, with the bootstrap's
    interval."""

    at: float
    effect: Estimate
    bootstrap: Interval


@dataclass(frozen=True)
class Bar:
    """A bar of the lever's histogram: its left edge and the share of the rows in it."""

    left: float
    share: float


@dataclass(frozen=True)
class Curve:
    """The effect along the range of a lever; the bars are `width` wide."""

    lever: str
    rows: Rows
    points: list[Point]
    bars: list[Bar]
    width: float


@dataclass(frozen=True)
class Result(result.Result):
    """One curve a lever."""

    model: Model
    curves: list[Curve]
    draws: Draws
