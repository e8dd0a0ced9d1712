"""What a table of alternatives to an index holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Estimate
from pipeline.study.model import Model


@dataclass(frozen=True)
class Alternative:
    """An alternative beside the index.

    variable: its column of the panel; spearman, kendall: correlation of its scores with those of
    the index
    mean_move, largest_move: places by which units' ranks differ; farthest: the unit that moves most
    moves: unit -> places gained; units without a score are left out
    standardised: the model's coefficient with the alternative in the index's place, in SD of the
    outcome per SD of the treatment; None where the index is neither
    """

    variable: str
    spearman: float
    kendall: float
    mean_move: float
    largest_move: float
    farthest: int
    moves: dict[int, float]
    standardised: Estimate | None


@dataclass(frozen=True)
class Result(result.Result):
    """The index itself first, then its variants; model: with the index in its place; year: of the
    ranks."""

    index: str
    model: Model
    year: int
    alternatives: list[Alternative]
