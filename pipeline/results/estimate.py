"""An estimated number with its error, its tests and its interval, and the one rule by which it is
judged."""

from dataclasses import dataclass
from typing import Literal

# The sizes of the tests that words, stars and arrows go by.
SIZE = 0.05
# The power at which an effect counts as detectable.
POWER = 0.8
# Draws of the tests for few clusters: signs of the wild bootstrap, orders of permuted paths.
SIGNS = 99_999
ORDERS = 9_999

# Fewer clusters have no bootstrap interval, nor has a sample more of whose draws are dropped. In
# simulations (reports/methods/few_clusters.md) nominal 95% percentile intervals of a x b cover at
# least, with clusters of equal | unequal scale: 3: .66 | .59, 4: .89 | .85, 5: .90 | .86,
# 6: .89 | .88, 7: .91 | .85, 8: .91 | .87, 12: .92 | .88, 20: .92 | .90. With three controls 7
# clusters lose 44% of their draws and cover .80 | .78, 8 lose 19% and cover .88 | .84, 10 lose 2%
# and cover .93 | .88.
MINIMUM_CLUSTERS = 8
MOST_DROPPED = 0.05
# Why no interval is made of draws: one unit alone carries the treatment, or one of the two above.
Withheld = Literal["carrier", "few-clusters", "dropped-draws"]

# How an interval was made.
Kind = Literal["crv1-t", "ellipse", "percentile", "bca", "studentised", "wild", "likelihood-ratio"]
# The test that decides: the t-test with clustered errors, or one that few clusters do not spoil.
Test = Literal[
    "t", "wcr11", "wcr31", "crv3", "cr2", "paths", "permutation", "adjusted", "restricted"
]


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
    """Random draws behind a result: how many were asked for, used and dropped, and their seed.

    withheld: why no interval, error or reading is made of them
    """

    asked: int
    used: int
    seed: int
    withheld: Withheld | None = None

    @property
    def dropped(self) -> int:
        return self.asked - self.used


def can_reject(estimate: Estimate, clusters: int) -> bool:
    """Whether the test that decides can give a p-value below its size: with few clusters there are
    too few sign vectors."""
    return estimate.test not in ("wcr11", "wcr31") or 2 / sign_vectors(clusters) < SIZE


def sign_vectors(clusters: int) -> int:
    """How many sign vectors a wild test uses: all of them where there are no more than SIGNS."""
    return min(SIGNS, 1 << clusters)
