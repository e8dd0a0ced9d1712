"""An estimated number with its error, its tests and its interval, and the one rule by which it is
judged."""

from dataclasses import dataclass
from typing import Literal

# The sizes of the tests that words, stars and arrows go by.
SIZE = 0.05
# The power at which an effect counts as detectable.
POWER = 0.8

# How an interval was made.
Kind = Literal["crv1-t", "percentile", "bca", "studentised", "wild", "likelihood-ratio"]
# The test that decides: the t-test with clustered errors, or one that few clusters do not spoil.
Test = Literal["t", "wcr11", "wcr31", "crv3", "permutation", "adjusted", "restricted"]


@dataclass(frozen=True)
class Interval:
    """An interval; an end that is None is open."""

    low: float | None
    high: float | None
    kind: Kind | None = None

    def holds(self, value: float) -> bool:
        """Whether the interval holds a value."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Estimate:
    """One estimated quantity; what does not apply is None.

    p: of the t-test with clustered errors; few: by the test named, which few clusters do not spoil
    """

    value: float
    error: float | None = None
    statistic: float | None = None
    p: float | None = None
    interval: Interval | None = None
    few: float | None = None
    test: Test = "t"

    @property
    def decides(self) -> float | None:
        """The p-value by which the estimate is judged everywhere: of `few` where it was computed,
        else of the t-test."""
        return self.p if self.few is None else self.few

    @property
    def differs(self) -> bool:
        """Whether the estimate differs from zero by the test that decides."""
        return self.decides is not None and self.decides < SIZE

    @property
    def low(self) -> float | None:
        return None if self.interval is None else self.interval.low

    @property
    def high(self) -> float | None:
        return None if self.interval is None else self.interval.high


@dataclass(frozen=True)
class Draws:
    """Random draws behind a result: how many were asked for, used and dropped, and their seed."""

    asked: int
    used: int
    seed: int

    @property
    def dropped(self) -> int:
        return self.asked - self.used
