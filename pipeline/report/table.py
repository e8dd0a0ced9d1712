"""The table model: what a method gives to be printed, before any style or format.

Cells are typed by what they hold; how many digits, which stars, and what stands below a coefficient
is the style's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeVar, get_args

from pipeline.results.estimate import Estimate
from pipeline.study.style import Below

Part = TypeVar("Part")
# Decimals: those that the style gives to a kind of number, or the number's own (years, ranks).
Digits = Literal["coefficients", "statistics", "t"] | int


@dataclass(frozen=True)
class Words:
    """A cell of words."""

    text: str


@dataclass(frozen=True)
class Coefficient:
    """An estimate with its stars; what the style wants below it stands in a line of its own.

    alone: nothing stands below it
    """

    estimate: Estimate
    digits: Digits = "coefficients"
    alone: bool = False


@dataclass(frozen=True)
class Number:
    """A number; where fixed decimals would print zero for what is none, two significant digits."""

    value: float | None
    digits: Digits = "statistics"
    brackets: bool = False


@dataclass(frozen=True)
class Summary:
    """A descriptive number: three decimals, one from 1,000 on."""

    value: float | None


@dataclass(frozen=True)
class Count:
    """A whole number with thousands commas."""

    value: float | None


@dataclass(frozen=True)
class PValue:
    """A p-value, never 0.000; in square brackets where it stands below a coefficient."""

    value: float | None
    brackets: bool = False


@dataclass(frozen=True)
class Percent:
    """A share in per cent with one decimal; `sign`: with the sign %."""

    value: float | None
    sign: bool = True


@dataclass(frozen=True)
class Range:
    """An interval in square brackets; `open`: ends that are None are infinite, else the cell is
    blank without both.
    """

    low: float | None
    high: float | None
    digits: Digits = "statistics"
    open: bool = False
    percent: bool = False


Cell = Words | Coefficient | Number | Summary | Count | PValue | Percent | Range
BLANK = Words("")


@dataclass(frozen=True)
class Heading:
    """A heading above `span` columns."""

    text: str
    span: int = 1


@dataclass(frozen=True)
class Row:
    """A row: `key` names it for styles (a variable, `observations`); a rule goes above rows that
    open a block.
    """

    key: str
    label: str
    cells: tuple[Cell, ...]
    rule_above: bool = False


@dataclass(frozen=True)
class Panel:
    """A heading inside the table, across all columns."""

    label: str
    rule_above: bool = False


class Standing(Enum):
    """Notes that the style words, at their place among the method's own: what stars mean, what
    stands below.
    """

    STARS = "stars"
    BELOW = "below"


@dataclass(frozen=True)
class About:
    """A note that stands only where one of its rows, by key, is printed.

    below: what must stand below coefficients for it, by default anything
    """

    rows: tuple[str, ...]
    text: str
    below: tuple[Below, ...] = get_args(Below)


Note = str | Standing | About


@dataclass(frozen=True)
class Table:
    """A whole table in one language. headings: rows of headings over the columns, each covering all
    of them.
    """

    stub: str
    headings: tuple[tuple[Heading, ...], ...]
    rows: tuple[Row | Panel, ...]
    notes: tuple[Note, ...] = ()

    @property
    def columns(self) -> int:
        return sum(h.span for h in self.headings[0])


def cells_of(parts: Sequence[Part | None], cell: Callable[[Part], Cell]) -> tuple[Cell, ...]:
    """A cell for each part, blank where there is none."""
    return tuple(BLANK if part is None else cell(part) for part in parts)


def numbered(columns: int) -> tuple[Heading, ...]:
    """Headings (1), (2), ..."""
    return tuple(Heading(f"({i})") for i in range(1, columns + 1))


def merged(texts: list[str]) -> tuple[Heading, ...]:
    """Headings in which equal neighbours share one heading."""
    out: list[Heading] = []
    for text in texts:
        if out and out[-1].text == text and text:
            out[-1] = Heading(text, out[-1].span + 1)
        else:
            out.append(Heading(text))
    return tuple(out)
