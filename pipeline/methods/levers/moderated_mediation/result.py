"""What a table of moderated mediation holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate
from pipeline.results.rows import Rows
from pipeline.study.model import Model
from pipeline.study.schema import Timing


@dataclass(frozen=True)
class Moved:
    """A path at the lever's mean, and its change per SD of the lever; None where the lever may not
    move it."""

    mean: Estimate
    change: Estimate | None


@dataclass(frozen=True)
class Pair:
    """A lever and a mechanism: its paths, and a x b along the lever.

    low, middle, high: a x b with the lever 1 SD below its mean, at it, 1 SD above it
    index: change of a x b per SD of the lever at its mean; None where it moves neither a nor b
    """

    lever: str
    mechanism: str
    model: Model
    rows: Rows
    a: Moved
    b: Moved
    direct: Moved
    low: Estimate
    middle: Estimate
    high: Estimate
    index: Estimate | None


@dataclass(frozen=True)
class Result(result.Result):
    """One column a pair; wild: draws of the wild tests."""

    columns: list[Pair]
    draws: Draws
    wild: int
    timing: dict[str, Timing]
