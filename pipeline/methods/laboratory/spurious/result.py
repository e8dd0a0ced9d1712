"""What a table of spurious coefficients holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.estimate import SIZE, Draws, Interval, Test
from pipeline.study.model import Model

# Which indicators treatment and outcome share: none, those that the specs declare, these and more.
Sharing = Literal["none", "declared", "more"]


# Of tests that reject alike, the first one is chosen.
_PREFERRED: tuple[Test, ...] = ("paths", "wcr31", "wcr11", "crv3", "cr2", "t")


@dataclass(frozen=True)
class Case:
    """Null panels in which treatment and outcome share `shared` indicators, beside the declared
    ones where `more`.

    mean, sd, range: of the coefficients, the range with 95% of them; rejects: share of 5% tests
    that reject
    """

    sharing: Sharing
    shared: int
    mean: float
    sd: float
    range: Interval
    rejects: float


@dataclass(frozen=True)
class Result(result.Result):
    """Cases, the first without anything shared; units and years of the null panels.

    sizes: share of the first case's panels that 5% tests reject, by test beside the one with
    clustered errors; each: draws of those that draw, in each panel
    """

    model: Model
    cases: list[Case]
    draws: Draws
    units: int
    years: int
    sizes: dict[Test, float]
    each: int

    @property
    def chosen(self) -> Test | None:
        """The test that rejects most among those that keep their size: no more than 5% and twice
        the simulation's own error; None where none does."""
        bound = SIZE + 2 * (SIZE * (1 - SIZE) / self.draws.used) ** 0.5
        every = {"t": self.cases[0].rejects, **self.sizes}
        keep = [(size, test) for test, size in every.items() if size <= bound]
        most = max(keep, default=(0.0, None))[0]
        return next((test for test in _PREFERRED if (most, test) in keep), None)
