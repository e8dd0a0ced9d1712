"""Typst: the fragment that the PDF report includes."""

import re

from pipeline.report.numbers import typographic
from pipeline.report.table import Cell, Table


def escape(text: str) -> str:
    """Text with Typst's markup characters made literal; long names may break after an underscore."""
    literal = re.sub(r"([\\#$*_`<>@\[\]~=/\"'+-])", r"\\\1", text)
    return literal.replace("\\_", "\\_\u200b")


def _cell(cell: Cell) -> str:
    text = escape(typographic(cell.text))
    return f"[{text}" + (f"#stars[{escape(cell.stars)}]" if cell.stars else "") + "]"


def fragment(table: Table) -> str:
    """A block with three rules and notes below, whole on a page unless it is longer than one."""
    stub = "1.9fr" if table.columns <= 4 else "1.6fr"
    columns = f"({stub}, {', '.join(['1fr'] * table.columns)})"
    size = "8.6pt" if table.columns <= 5 else "7.4pt"
    lines = []
    for i, headings in enumerate(table.headings):
        last = i == len(table.headings) - 1
        cells = [f"[{escape(table.stub)}]" if last else "[]"]
        cells += [
            f"table.cell(colspan: {h.span})[{escape(h.text)}]"
            if h.span > 1
            else f"[{escape(h.text)}]"
            for h in headings
        ]
        lines.append("  " + ", ".join(cells) + ",")
    head = "  table.header(\n" + "\n".join(lines) + "\n  table.hline(stroke: 0.5pt)),"
    body = []
    for row in table.rows:
        if row.rule_above:
            body.append("  table.hline(stroke: 0.5pt),")
        if row.kind == "panel":
            body.append(
                f"  table.cell(colspan: {table.columns + 1}, align: left)[#emph[{escape(row.label)}]],"
            )
        else:
            body.append("  " + ", ".join([f"[{escape(row.label)}]", *map(_cell, row.cells)]) + ",")
    notes = escape(" ".join(table.notes))
    breakable = "true" if len(table.rows) > 45 else "false"
    return (
        f"#three-line-table(caption: [{escape(table.caption)}], notes: [{notes}], size: {size}, "
        f"breakable: {breakable},\n"
        f"table(columns: {columns}, stroke: none, inset: (x: 2.5pt, y: 3pt),\n"
        f"  align: (x, y) => if x == 0 {{ left + bottom }} else {{ center + bottom }},\n"
        f"  table.hline(stroke: 1.2pt),\n{head}\n"
        + "\n".join(body)
        + "\n  table.hline(stroke: 1.2pt),\n))\n"
    )
