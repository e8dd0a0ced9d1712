"""What a table of many tests holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Estimate
from pipeline.results.rows import Rows
from pipeline.study.model import Model


@dataclass(frozen=True)
class Test:
    """The treatment's effect in one model, its own p-value by WCR11, and those adjusted for all
    tests of the table."""

    model: Model
    rows: Rows
    estimate: Estimate
    wcr11_p: float
    romano_wolf_p: float
    westfall_young_p: float
    benjamini_hochberg_p: float


@dataclass(frozen=True)
class Result(result.Result):
    """One outcome a test, all on one common sample; draws: wild weights that the tests share, and
    their seed.

    carrier: code of the unit that alone carries the treatment's variation
    """

    tests: list[Test]
    draws: int
    seed: int
    carrier: int | None = None
