"""What a table of spurious coefficients holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.estimate import Draws, Interval
from pipeline.study.model import Model

# Which indicators treatment and outcome share: none, those that the specs declare, these and more.
Sharing = Literal["none", "declared", "more"]


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
    """Cases, the first without anything shared; units and years of the null panels."""

    model: Model
    cases: list[Case]
    draws: Draws
    units: int
    years: int
