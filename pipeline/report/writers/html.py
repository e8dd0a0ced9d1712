"""HTML: a three-line table, as a fragment for the report and as a page of its own."""

from html import escape

from pipeline.report.numbers import typographic
from pipeline.report.table import Cell, Table

STYLE = """
table.three-line { border-collapse: collapse; border-top: 2px solid #000; border-bottom: 2px solid #000; margin: 0.4em 0;
  font: 0.86rem/1.35 "Times New Roman", "Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif; }
.three-line th { font-weight: normal; text-align: center; padding: 2px 8px; vertical-align: bottom; }
.three-line thead tr:last-child th { border-bottom: 1px solid #000; }
.three-line th.span { border-bottom: 1px solid #999; }
.three-line td { text-align: center; padding: 1px 8px; white-space: nowrap; vertical-align: top; font-variant-numeric: tabular-nums; }
.three-line td:first-child, .three-line th:first-child { text-align: left; padding-left: 2px; white-space: normal; }
.three-line tr.rule td { border-top: 1px solid #000; }
.three-line tr.panel td { font-style: italic; padding-top: 4px; }
figure.table { margin: 1.6em 0; overflow-x: auto; }
figure.table figcaption { font-weight: 600; }
figure.table p.notes { font-size: 0.78rem; max-width: 52rem; margin: 0.3em 0; color: #333; }
"""


def _cell(cell: Cell) -> str:
    text = escape(typographic(cell.text))
    return text + (f"<sup>{cell.stars}</sup>" if cell.stars else "")


def fragment(table: Table) -> str:
    """The table with its caption and notes as one figure element."""
    head = []
    for i, headings in enumerate(table.headings):
        last = i == len(table.headings) - 1
        cells = [f"<th>{escape(table.stub) if last else ''}</th>"]
        for h in headings:
            span = (
                f' colspan="{h.span}" class="span"'
                if h.span > 1 and not last
                else (f' colspan="{h.span}"' if h.span > 1 else "")
            )
            cells.append(f"<th{span}>{escape(h.text)}</th>")
        head.append(f"<tr>{''.join(cells)}</tr>")
    body = []
    for row in table.rows:
        classes = " ".join(
            c for c, on in (("rule", row.rule_above), ("panel", row.kind == "panel")) if on
        )
        mark = f' class="{classes}"' if classes else ""
        if row.kind == "panel":
            body.append(
                f'<tr{mark}><td colspan="{table.columns + 1}">{escape(row.label)}</td></tr>'
            )
        else:
            cells = "".join(f"<td>{_cell(c)}</td>" for c in row.cells)  # type: ignore[assignment]
            body.append(f"<tr{mark}><td>{escape(row.label)}</td>{cells}</tr>")
    notes = escape(" ".join(table.notes))
    return (
        f'<figure class="table" id="{escape(table.name)}"><figcaption>{escape(table.caption)}</figcaption>\n'
        f'<table class="three-line"><thead>\n{chr(10).join(head)}\n</thead><tbody>\n{chr(10).join(body)}\n'
        f'</tbody></table>\n<p class="notes">{notes}</p></figure>\n'
    )


def write(table: Table) -> bytes:
    """A page that holds the table alone."""
    lang = "zh-CN" if table.language == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{escape(table.caption)}</title>'
        f"<style>{STYLE}</style></head><body>\n{fragment(table)}</body></html>\n"
    ).encode()
