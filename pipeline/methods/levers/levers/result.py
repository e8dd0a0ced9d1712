"""What the table of all levers holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate
from pipeline.results.rows import Rows
from pipeline.study.model import Model
from pipeline.study.schema import Timing

# Why the panel cannot test a lever: declared so, cells missing, no variation, explained by the
# others.
Reason = Literal["declared", "missing", "constant", "collinear"]
Verdict = Literal["strengthens", "weakens", "raises", "lowers", "none", "untestable"]


def verdict(interaction: Estimate, effect: Estimate) -> Verdict:
    """What a lever does to the effect of the treatment.

    `none` where the interaction does not differ from zero. `strengthens` or `weakens` where the
    effect at the lever's mean itself differs from zero, else `raises` or `lowers`: without an
    effect there is nothing to strengthen.
    """
    if not interaction.differs:
        return "none"
    if not effect.differs:
        return "raises" if interaction.value > 0 else "lowers"
    return "strengthens" if interaction.value * effect.value > 0 else "weakens"


@dataclass(frozen=True)
class Tested:
    """The test of one lever, per SD of it.

    interaction: treatment x lever, its interval by inversion of the wild test, judged by the
    p-value adjusted over all levers; single_p: its own wild p-value
    detectable: what the adjusted test finds with the power asked; None where it finds nothing
    at_mean: the treatment at the lever's mean
    absorbed: whether the effects hold the lever's own effect
    truth: the true interaction of a synthetic study
    arrow: change of the treatment's effect on the mechanism whose arrow the lever moves
    """

    rows: Rows
    interaction: Estimate
    single_p: float
    detectable: float | None
    at_mean: Estimate
    absorbed: bool
    truth: float | None
    arrow: Estimate | None


@dataclass(frozen=True)
class Untestable:
    """Why a lever was not tested, and how many of its cells are missing."""

    reason: Reason
    missing: int = 0
    cells: int = 0


@dataclass(frozen=True)
class Row:
    """A declared lever, either tested or not; moves: a mechanism, or `direct`."""

    lever: str
    moves: str
    tested: Tested | None
    untestable: Untestable | None

    @property
    def verdict(self) -> Verdict:
        if self.tested is None:
            return "untestable"
        return verdict(self.tested.interaction, self.tested.at_mean)

    @property
    def change(self) -> Estimate | None:
        """What the lever changes on the arrow that it moves; None where it was not tested."""
        if self.tested is None:
            return None
        return self.tested.interaction if self.moves == "direct" else self.tested.arrow


@dataclass(frozen=True)
class Result(result.Result):
    """One row a lever, in the order of levers.toml.

    single_level: what a single p-value must fall below to be adjusted below 5%; None without tests
    power: of `detectable`; simulated: outcomes behind each
    most_missing: a lever with a larger share of missing cells is not tested
    """

    model: Model
    levers: list[Row]
    single_level: float | None
    power: float
    simulated: int
    most_missing: float
    draws: Draws
    timing: dict[str, Timing]

    @property
    def tests(self) -> list[Tested]:
        return [row.tested for row in self.levers if row.tested]
