"""The printed table: what every writer prints, and nothing else; only the format is missing."""

from dataclasses import dataclass, replace
from typing import Literal

from pipeline.report.journals.schema import Journal
from pipeline.report.table import Heading

# What a line holds: values, a heading across the table, or what stands below coefficients.
Kind = Literal["values", "panel", "error", "t", "p", "interval"]


@dataclass(frozen=True)
class Printed:
    """A printed cell. value: the number behind the text, where it is one; words: they may wrap."""

    text: str = ""
    stars: str = ""
    value: float | None = None
    words: bool = False

    def __str__(self) -> str:
        return self.text + self.stars


@dataclass(frozen=True)
class Line:
    """A printed line. aside: what it holds, for formats that leave no label blank (csv, xlsx)."""

    label: str
    cells: tuple[Printed, ...] = ()
    kind: Kind = "values"
    rule_above: bool = False
    aside: str = ""

    @property
    def panel(self) -> bool:
        return self.kind == "panel"

    @property
    def below(self) -> bool:
        """Whether it belongs to the line above it."""
        return self.kind not in ("values", "panel")


@dataclass(frozen=True)
class Page:
    """A whole printed table in one language.

    caption: the title with its number; continued: the title of later parts
    note: all notes as one paragraph, with what the journal opens it with
    """

    name: str
    number: str
    title: str
    caption: str
    continued: str
    stub: str
    headings: tuple[tuple[Heading, ...], ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    note: str
    language: str
    journal: Journal

    @property
    def columns(self) -> int:
        return sum(h.span for h in self.headings[0])

    @property
    def stem(self) -> str:
        """The name without its folder."""
        return self.name.rpartition("/")[2]

    def part(self, first: int, last: int) -> "Page":
        """The columns from `first` up to, not including, `last`, counted from 0."""
        lines = tuple(replace(line, cells=line.cells[first:last]) for line in self.lines)
        headings = tuple(_cut(row, first, last) for row in self.headings)
        return replace(self, headings=headings, lines=lines)


def _cut(row: tuple[Heading, ...], first: int, last: int) -> tuple[Heading, ...]:
    """What of a row of headings stands over some columns."""
    out, at = [], 0
    for heading in row:
        covered = min(last, at + heading.span) - max(first, at)
        if covered > 0:
            out.append(Heading(heading.text, covered))
        at += heading.span
    return tuple(out)
