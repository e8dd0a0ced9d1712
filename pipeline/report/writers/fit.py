"""How a table fits a width: its size of type, upright or turned, whole or in parts.

Texts are measured by the widths of Times, with some slack for other serif types.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.report.numbers import typographic
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
        780: "−",
        944: "W",
    }.items()
    for c in characters
}
_OTHER = 600
_SLACK = 1.08
# Lines of type are so much higher than the type, and end so much before their width is full.
_LINE, _RAGGED = 1.25, 1.15
# Where a text may break: at spaces and at Chinese characters.
_WORD = re.compile(rf"[ {BREAK}\u2e80-\u9fff\uff00-\uffef]")
# How many lines a text may take before its column gets wider: headings, labels, words in cells.
_HEADING_LINES, _LABEL_LINES, _WORD_LINES = 5, 3, 4
# No text asks for more than this, in sizes of type: it takes more lines instead.
_WIDEST = 16
# Labels up to this, in sizes of type, stay on one line.
_SHORT = 7
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
    """How a table is set: size of type in points, on a turned page or not, in which parts.

    measured: the size of Times that is as wide
    """

    size: float
    measured: float
    turned: bool
    parts: tuple[Part, ...]


def text_width(page: Page, turned: bool = False) -> float:
    """The width between the margins of the journal's page, in points."""
    paper = page.journal.paper
    return ((paper.height if turned else paper.width) - 2 * paper.margin) * POINTS_PER_CM


def fit(
    page: Page,
    upright: float,
    turned: float | None = None,
    stretch: Callable[[float], float] = lambda size: 1.0,
) -> Plan:
    """The plan for widths in points: the largest size that fits upright or turned; else parts.

    stretch: how much wider than Times the type is at a size
    """
    sizes = list(_sizes(page))
    for width in (upright, *([] if turned is None else [turned])):
        for size in sizes:
            measured = size * stretch(size)
            if sum(needed(page, measured)) <= width:
                whole = (_part(page, 0, page.columns, measured, width),)
                return Plan(size, measured, width is not upright, whole)
    width, measured = upright if turned is None else turned, sizes[-1] * stretch(sizes[-1])
    parts = _parts(page, measured, width)
    return Plan(sizes[-1], measured, turned is not None, parts)


def line_height(page: Page, line: Line, part: Part, plan: Plan) -> float:
    """The height of one line in a part, in points."""
    if line.panel:
        return text_height(line.label, sum(part.widths), plan.measured)
    texts = [line.label, *(c.text for c in line.cells[part.first : part.last])]
    return _highest(texts, part.widths, page, plan)


def headings_height(page: Page, part: Part, plan: Plan) -> float:
    """The height of the headings of a part, in points."""
    total = 0.0
    for row in page.part(part.first, part.last).headings:
        at, texts, widths = 1, list[str](), list[float]()
        for h in row:
            texts.append(h.text)
            widths.append(sum(part.widths[at : at + h.span]))
            at += h.span
        total += _highest(texts, widths, page, plan)
    return total


def text_height(text: str, width: float, size: float) -> float:
    """The height of a text that wraps at a width, in points."""
    return max(1, math.ceil(_RAGGED * measure(text, size) / width)) * _LINE * size


def measure(text: str, size: float) -> float:
    """The width of a text on one line, in points."""
    return sum(map(_character, text)) * size * _SLACK / 1000


def needed(page: Page, size: float, lines: int = _WORD_LINES) -> list[float]:
    """The least widths of stub and columns at a size, in points, padding included.

    lines: how many the words of a cell may take
    """
    padding = 2 * page.journal.spacing.column
    labels = [page.stub, *(line.label for line in page.lines if not line.panel)]
    stub = max(_label(label, size) for label in labels)
    columns = [0.0] * page.columns
    for line in page.lines:
        for i, cell in enumerate(line.cells):
            columns[i] = max(columns[i], _cell(cell, size, page.journal.minus, lines))
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
    """Columns that fill the width: equal ones where words fit on one line, else what they need."""
    least, wanted = needed(page, size), needed(page, size, lines=1)
    labels = [page.stub, *(line.label for line in page.lines if not line.panel)]
    longest = max(measure(label, size) for label in labels) + 2 * page.journal.spacing.column
    wanted[0] = max(least[0], min(longest, _STUB * width))
    share = (width - wanted[0]) / page.columns
    if all(w <= share for w in wanted[1:]):
        return Part(first, last, (wanted[0], *[share] * page.columns))
    more = [w - n for w, n in zip(wanted, least, strict=True)]
    given = min(1.0, max(0.0, width - sum(least)) / (sum(more) or 1.0))
    widths = [n + given * m for n, m in zip(least, more, strict=True)]
    return Part(first, last, tuple(w * width / sum(widths) for w in widths))


def _cell(cell: Printed, size: float, minus: str, lines: int) -> float:
    if cell.words:
        return _least(cell.text, size, lines)
    return measure(typographic(cell.text, minus), size) + measure(cell.stars, size)


def _label(label: str, size: float) -> float:
    """The width of a label: a short one stays on one line."""
    return max(_least(label, size, _LABEL_LINES), min(measure(label, size), _SHORT * size))


def _least(text: str, size: float, lines: int) -> float:
    """The width of the longest word, or that of the text on so many lines; long words may break."""
    longest = max(measure(word, size) for word in _WORD.split(softened(text)))
    if any(map(wide, text)):
        longest = max(longest, 2 * size)
    return max(longest, min(_RAGGED * measure(text, size) / lines, _WIDEST * size))


def _highest(texts: Sequence[str], widths: Sequence[float], page: Page, plan: Plan) -> float:
    """The height of the highest of texts side by side."""
    padding = 2 * page.journal.spacing.column
    pairs = zip(texts, widths, strict=True)
    return max(text_height(t, max(w - padding, plan.measured), plan.measured) for t, w in pairs)


def _character(character: str) -> int:
    if wide(character):
        return 1000
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return _WIDTHS.get(character, _OTHER)
