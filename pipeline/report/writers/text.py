"""Markdown and csv: the same cells as plain text."""

import re

from pipeline.panel.characters import one_line
from pipeline.panel.csv_text import csv_text
from pipeline.report.page import Line, Page
from pipeline.report.table import Heading

# Characters of Markdown that mean something wherever they stand, underscores but within a word.
_MARKS = re.compile(r"([\\`*|~$]|(?<![^\W_])_|_(?![^\W_]))")
# Those that mean something beside what follows only: tags, entities, links, footnotes, and the
# addresses that some readers make links of by themselves.
_OPENINGS = re.compile(
    r"<(?=[A-Za-z/!?])|&(?=#?\w+;)|\](?=[(\[:])|\[(?=\^)|:(?=//)|(?<=www)\.|@(?=\w)", re.IGNORECASE
)
# What would begin a list, a heading, a quotation or a rule at the start of a paragraph.
_START = re.compile(r"^([#+\->=]|\d+(?=[.)]))")


def escape(text: str) -> str:
    """Text that Markdown shows as it stands, within a line."""
    marked = _MARKS.sub(r"\\\1", one_line(text))
    return _OPENINGS.sub(r"\\\g<0>", marked)


def paragraph(text: str) -> str:
    """Text that Markdown shows as it stands, as a paragraph of its own."""
    escaped = escape(one_line(text).strip())
    return _START.sub(lambda m: f"{m[0]}\\" if m[0].isdigit() else f"\\{m[0]}", escaped)


def write_markdown(page: Page) -> bytes:
    """A pipe table with its caption above and its notes below."""
    first, *others = page.headings
    lines = [f"**{escape(one_line(page.caption).strip())}**", ""]
    lines += [_row([page.stub, *_spread(first)]), "|:--" + "|:-:" * page.columns + "|"]
    lines += [_row(["", *_spread(h)]) for h in others]
    lines += [_row([line.label, *_cells(line, page)]) for line in page.lines]
    return ("\n".join([*lines, "", paragraph(page.note)]) + "\n").encode("utf-8")


def write_csv(page: Page) -> bytes:
    """The printed cells, notes in the last rows; UTF-8 with BOM, so that programs read the Chinese.

    Numbers lose their brackets, which spreadsheet programs read as a minus; lines without a label
    say what they hold.
    """
    *above, last = page.headings
    rows = [["", *map(_unbracketed, _spread(h))] for h in above]
    rows.append([page.stub, *map(_unbracketed, _spread(last))])
    rows += [
        [line.label or line.aside, *map(_unbracketed, _cells(line, page))] for line in page.lines
    ]
    rows += [[note] for note in page.notes]
    texts = [[one_line(cell) for cell in row] for row in rows]
    return csv_text([one_line(page.caption)], texts, newline="\r\n").encode("utf-8")


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(map(escape, cells)) + " |"


def _spread(headings: tuple[Heading, ...]) -> list[str]:
    return [h.text for h in headings for _ in range(h.span)]


def _cells(line: Line, page: Page) -> list[str]:
    return [""] * page.columns if line.panel else [str(c) for c in line.cells]


def _unbracketed(text: str) -> str:
    """`(0.0123)` as 0.0123."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text
