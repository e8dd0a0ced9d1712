"""Markdown and csv: the same cells as plain text."""

from pipeline.panel.csv_text import csv_text
from pipeline.report.table import Heading, Table


def _spread(headings: tuple[Heading, ...]) -> list[str]:
    return [h.text for h in headings for _ in range(h.span)]


def write_markdown(table: Table) -> bytes:
    """A pipe table with its title above and its notes below."""

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(c.replace("|", "\\|").replace("*", "\\*") for c in cells) + " |"

    first, *others = table.headings
    lines = [
        f"**{table.caption}**",
        "",
        line([table.stub, *_spread(first)]),
        "|:--" + "|:-:" * table.columns + "|",
    ]
    lines += [line(["", *_spread(h)]) for h in others]
    lines += [line([r.label, *map(str, r.cells or [""] * table.columns)]) for r in table.rows]
    notes = " ".join(table.notes).replace("*", "\\*")
    return ("\n".join([*lines, "", notes]) + "\n").encode("utf-8")


def _unbracketed(text: str) -> str:
    """`(0.0123)` as 0.0123: spreadsheet programs read a bracketed number as negative."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def write_csv(table: Table) -> bytes:
    """The printed cells, UTF-8 with BOM so that spreadsheet programs read the Chinese; notes in the last rows.

    Standard errors lose their brackets and get the label `SE` instead.
    """
    rows: list[list[str]] = []
    for i, headings in enumerate(table.headings):
        rows.append(
            [
                table.stub if i == len(table.headings) - 1 else "",
                *map(_unbracketed, _spread(headings)),
            ]
        )
    for row in table.rows:
        errors = not row.label and any(c.text.startswith("(") for c in row.cells)
        label = ("标准误" if table.language == "zh" else "SE") if errors else row.label
        rows.append([label, *(_unbracketed(str(c)) for c in row.cells)])
    rows += [[note] for note in table.notes]
    return csv_text([table.caption], rows, newline="\r\n").encode("utf-8")
