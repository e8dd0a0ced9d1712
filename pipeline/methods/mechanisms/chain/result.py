"""What a table of chains of mechanisms holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Chain:
    """One chain: its two mediators, and the paths through each alone and through both, with
    bootstrap errors and intervals; with the direct effect they add up to the total."""

    first: str
    second: str
    through_first: Estimate
    through_second: Estimate
    through_both: Estimate
    direct: Estimate
    total: Estimate


@dataclass(frozen=True)
class Result(result.Result):
    """Every chain, all on one sample."""

    model: Model
    rows: Rows
    chains: list[Chain]
    draws: Draws
