"""What an inequality table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.study.schema import Region


@dataclass(frozen=True)
class Part:
    """A part of a measure, and its share of the whole; None where the whole is zero."""

    value: float
    share: float | None


@dataclass(frozen=True)
class Gini:
    """Dagum's Gini: within groups, net between them, and the part that lies in their overlap."""

    total: float
    within: Part
    net_between: Part
    transvariation: Part


@dataclass(frozen=True)
class Theil:
    """Theil's T in nats: between groups and within them."""

    total: float
    between: Part
    within: Part


@dataclass(frozen=True)
class Year:
    """Both measures over the units that have a value in the year."""

    year: int
    units: int
    gini: Gini
    theil: Theil


@dataclass(frozen=True)
class Pairs:
    """Gini coefficients of two groups (k, k) in a year, on the diagonal of one group."""

    year: int
    groups: list[str]
    gini: list[list[float]]

    def between(self, one: str, other: str) -> float | None:
        """The Gini coefficient of two groups; None where one has no unit in the year."""
        if one not in self.groups or other not in self.groups:
            return None
        return self.gini[self.groups.index(one)][self.groups.index(other)]


@dataclass(frozen=True)
class Result(result.Result):
    """Years in order; pairs of groups in the first year and in the last.

    outside: regions that stand in no group; left_out: unit -> years without a value
    """

    variable: str
    years: list[Year]
    pairs: list[Pairs]
    outside: list[Region]
    left_out: dict[int, list[int]]
