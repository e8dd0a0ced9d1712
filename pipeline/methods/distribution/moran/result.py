"""What a table of spatial autocorrelation holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Estimate


@dataclass(frozen=True)
class Year:
    """Both statistics with the error and z of random order, and the p of permutations.

    expectation: of Moran's I without spatial order; alone: units of whose neighbours none has a
    value
    """

    year: int
    units: int
    expectation: float
    moran: Estimate
    geary: Estimate
    alone: list[int]


@dataclass(frozen=True)
class Result(result.Result):
    """draws: permutations, by seed; hainan: it is among the units, and a neighbour by convention;
    left_out: unit -> years without a value
    """

    variable: str
    years: list[Year]
    draws: int
    seed: int
    hainan: bool
    left_out: dict[int, list[int]]
