"""What a scenario table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate
from pipeline.study.closed import Text
from pipeline.study.model import Model
from pipeline.study.schema import Timing


@dataclass(frozen=True)
class Step:
    """After one more year of the path: the share of the move made, the mean gain, the share of the
    gap closed."""

    share: float
    gain: Estimate
    closed: Estimate


@dataclass(frozen=True)
class Scenario:
    """One move, in one year.

    moved, units: how many are behind the target, of how many; target: in the variable's unit
    gain: mean of those moved; through: its parts by mechanism, direct: the rest (levers alone have
    both)
    national: mean gain of all units; gains: unit code -> its gain
    outside: codes of units that leave the support of the sample
    """

    variable: str
    label: Text | None
    year: int
    moved: int
    units: int
    target: float
    gain: Estimate
    through: dict[str, Estimate]
    direct: Estimate | None
    national: Estimate
    path: list[Step]
    gains: dict[int, Estimate]
    outside: list[int]


@dataclass(frozen=True)
class Result(result.Result):
    """One column a move; frontier: the quantile of the outcome that the national gap is measured
    to."""

    model: Model
    columns: list[Scenario]
    frontier: float
    draws: Draws
    timing: dict[str, Timing]
