"""How a table fits a width: its size of type, upright or turned, whole or in parts.

Texts are measured by the widths of Times, with some slack for other serif types.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.report.page import Line, Page, Printed
from pipeline.report.table import Heading
from pipeline.report.writers.characters import BREAK, softened, wide

POINTS_PER_CM = 72 / 2.54

# Thousandths of the size (Times Roman, Adobe font metrics); `_OTHER` for what is not listed.
_WIDTHS = {
    c: w
    for w, characters in {
        250: " .,",
        278: "ijlt/\\:;",
        333: "frIJ()[]-!'`",
        408: '"',
        444: "acez?",
        500: "bdghknopquvxys0123456789$_#*",
        556: "PS",
        611: "FELTZ",
        667: "BCR",
        722: "ADGHKNOQUVXYw",
        778: "m&",
        833: "%",
        889: "M",
        921: "@",
        944: "W",
    }.items()
    for c in characters
}
_OTHER = 600
_SLACK = 1.08
_LINE = 1.25
# How many lines a text may take before its column gets wider: headings, labels, words in cells.
_HEADING_LINES, _LABEL_LINES, _WORD_LINES = 5, 3, 4
# No text asks for more than this, in sizes of type: it takes more lines instead.
_WIDEST = 16
# A stub that leaves room takes at most this share.
_STUB = 0.34


@dataclass(frozen=True)
class Part:
    """Columns from `first` up to, not including, `last`; widths of stub and columns in points."""

    first: int
    last: int
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """How a table is set: size of type in points, on a turned page or not, in which parts."""

    size: float
    turned: bool
    parts: tuple[Part, ...]


def text_width(page: Page, turned: bool = False) -> float:
    """The width between the margins of the journal's page, in points."""
    paper = page.journal.paper
    return ((paper.height if turned else paper.width) - 2 * paper.margin) * POINTS_PER_CM


def fit(page: Page, upright: float, turned: float | None = None) -> Plan:
    """The plan for widths in points: the largest size that fits upright or turned; else parts."""
    sizes = list(_sizes(page))
    for width in (upright, *([] if turned is None else [turned])):
        for size in sizes:
            if sum(needed(page, size)) <= width:
                whole = (_part(page, 0, page.columns, size, width),)
                return Plan(size, width is not upright, whole)
    width = upright if turned is None else turned
    return Plan(sizes[-1], turned is not None, _parts(page, sizes[-1], width))


def line_height(page: Page, line: Line, plan: Plan) -> float:
    """The height of one line in all parts of the plan, in points."""
    return sum(_lines(page, line, part, plan.size) for part in plan.parts) * _LINE * plan.size


def measure(text: str, size: float) -> float:
    """The width of a text on one line, in points."""
    return sum(map(_character, text)) * size * _SLACK / 1000


def needed(page: Page, size: float) -> list[float]:
    """The least widths of stub and columns at a size, in points, padding included."""
    padding = 2 * page.journal.spacing.column
    labels = [page.stub, *(line.label for line in page.lines if not line.panel)]
    stub = max(_least(label, size, _LABEL_LINES) for label in labels)
    columns = [0.0] * page.columns
    for line in page.lines:
        for i, cell in enumerate(line.cells):
            columns[i] = max(columns[i], _cell(cell, size))
    for headings in reversed(page.headings):
        _widen(columns, headings, size, padding)
    return [w + padding for w in (stub, *columns)]


def _widen(columns: list[float], headings: Sequence[Heading], size: float, padding: float) -> None:
    """Give columns what their heading needs beyond what they have, in equal shares."""
    at = 0
    for h in headings:
        has = sum(columns[at : at + h.span]) + padding * (h.span - 1)
        more = max(0.0, _least(h.text, size, _HEADING_LINES) - has) / h.span
        for i in range(at, at + h.span):
            columns[i] += more
        at += h.span


def _sizes(page: Page) -> Iterator[float]:
    """From the journal's size of cells down to its smallest, by points."""
    size, smallest = page.journal.sizes.cells, page.journal.sizes.smallest
    while size > smallest:
        yield size
        size -= 1
    yield min(smallest, page.journal.sizes.cells)


def _parts(page: Page, size: float, width: float) -> tuple[Part, ...]:
    """The columns in as few parts of nearly equal number as fit; one column fits in any case."""
    for count in range(2, page.columns + 1):
        cuts = [round(i * page.columns / count) for i in range(count + 1)]
        pairs = list(pairwise(cuts))
        if count == page.columns or all(
            sum(needed(page.part(a, b), size)) <= width for a, b in pairs
        ):
            return tuple(_part(page.part(a, b), a, b, size, width) for a, b in pairs)
    return (_part(page, 0, page.columns, size, width),)


def _part(page: Page, first: int, last: int, size: float, width: float) -> Part:
    """Columns that fill the width: equal ones where all texts fit, else by what texts need."""
    least = needed(page, size)
    labels = [page.stub, *(line.label for line in page.lines if not line.panel)]
    longest = max(measure(label, size) for label in labels) + 2 * page.journal.spacing.column
    stub = max(least[0], min(longest, _STUB * width))
    share = (width - stub) / page.columns
    if all(w <= share for w in least[1:]):
        return Part(first, last, (stub, *[share] * page.columns))
    factor = width / sum(least)
    return Part(first, last, tuple(w * factor for w in least))


def _cell(cell: Printed, size: float) -> float:
    if cell.words:
        return _least(cell.text, size, _WORD_LINES)
    return measure(cell.text, size) + measure(cell.stars, 0.8 * size)


def _least(text: str, size: float, lines: int) -> float:
    """The width of the longest word, or that of the text on so many lines; long words may break."""
    words = [measure(word, size) for word in re.split(rf"[ {BREAK}]", softened(text))]
    longest = max(max(words), max(map(_character, text), default=0) * size / 1000)
    if any(map(wide, text)):
        longest = min(longest, 4 * size)
    return max(longest, min(1.15 * measure(text, size) / lines, _WIDEST * size))


def _lines(page: Page, line: Line, part: Part, size: float) -> int:
    """How many lines of type a line of the table takes in one part."""
    padding = 2 * page.journal.spacing.column
    if line.panel:
        return math.ceil(measure(line.label, size) / sum(part.widths) or 1)
    texts = [line.label, *(c.text for c in line.cells[part.first : part.last])]
    wrapped = (
        1.15 * measure(t, size) / (w - padding) for t, w in zip(texts, part.widths, strict=True)
    )
    return max(1, math.ceil(max(wrapped)))


def _character(character: str) -> int:
    if wide(character):
        return 1000
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return _WIDTHS.get(character, _OTHER)
