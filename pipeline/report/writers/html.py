"""HTML: a table with rules, as a fragment for the report and as a page of its own."""

from html import escape as html_escape

from markupsafe import Markup

from pipeline.panel.characters import one_line
from pipeline.report.journals.schema import Journal
from pipeline.report.numbers import typographic
from pipeline.report.page import Line, Page, Printed
from pipeline.report.table import Heading

_EMPHASIS = {
    "bold": "font-weight: 600",
    "italic": "font-style: italic",
    "plain": "font-weight: normal",
}


def escape(text: str) -> str:
    """Text with the characters of markup literal."""
    return html_escape(one_line(text))


def value(given: object) -> Markup:
    """What a template fills in, its markup literal; a template's own markup is marked as such."""
    return given if isinstance(given, Markup) else Markup(escape(str(given)))


def stylesheet(*journals: Journal) -> str:
    """The rules for tables of some journals."""
    named = {_name(journal): journal for journal in journals}
    return "".join(_rules(name, journal) for name, journal in sorted(named.items()))


def fragment(page: Page) -> str:
    """The table with its caption and notes as one figure element."""
    *above, last = page.headings
    head = [*(_headings(row, "", "span") for row in above), _headings(last, page.stub, "")]
    body = [_line(line, page) for line in page.lines]
    return "\n".join(
        [
            f'<figure class="table {_name(page.journal)}" id="{escape(page.name)}">'
            f"<figcaption>{escape(page.caption)}</figcaption>",
            "<table><thead>",
            *head,
            "</thead><tbody>",
            *body,
            "</tbody></table>",
            f'<p class="notes">{escape(page.note)}</p></figure>\n',
        ]
    )


def write(page: Page) -> bytes:
    """A page that holds the table alone."""
    lang = {"zh": "zh-CN"}.get(page.language, page.language)
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{escape(page.caption)}</title><style>\n{stylesheet(page.journal)}</style></head>"
        "<body>\n"
        f"{fragment(page)}</body></html>\n"
    ).encode()


def _headings(row: tuple[Heading, ...], stub: str, ruled: str) -> str:
    """ruled: the class of headings over several columns."""
    cells = [f"<th>{escape(stub)}</th>", *(_heading(h, ruled) for h in row)]
    return f"<tr>{''.join(cells)}</tr>"


def _heading(heading: Heading, ruled: str) -> str:
    covers = f' colspan="{heading.span}"' if heading.span > 1 else ""
    mark = f' class="{ruled}"' if heading.span > 1 and heading.text and ruled else ""
    return f"<th{covers}{mark}>{escape(heading.text)}</th>"


def _line(line: Line, page: Page) -> str:
    classes = [name for name, on in (("rule", line.rule_above), ("panel", line.panel)) if on]
    mark = f' class="{" ".join(classes)}"' if classes else ""
    if line.panel:
        return f'<tr{mark}><td colspan="{page.columns + 1}">{escape(line.label)}</td></tr>'
    cells = "".join(f"<td>{_cell(c, page.journal)}</td>" for c in line.cells)
    return f"<tr{mark}><td>{escape(line.label)}</td>{cells}</tr>"


def _cell(cell: Printed, journal: Journal) -> str:
    text = escape(typographic(cell.text, journal.minus))
    if not cell.stars:
        return text
    return text + (f"<sup>{cell.stars}</sup>" if journal.raised else cell.stars)


def _name(journal: Journal) -> str:
    """A class name for a journal: its English label in lower case."""
    letters = (c if c.isascii() and c.isalnum() else "-" for c in journal.label.en.lower())
    return f"journal-{''.join(letters)}"


def _rules(name: str, j: Journal) -> str:
    """The rules for tables of one journal."""
    fonts = ", ".join(f'"{f}"' for f in (*j.fonts.latin, *j.fonts.east_asian))
    size, rule, space = j.sizes, j.rules, j.spacing
    table = f".{name} table"
    return f"""\
.{name} {{ margin: 1.6em 0; overflow-x: auto; }}
.{name} figcaption {{ {_EMPHASIS[j.caption]}; font-size: {_em(size.caption)}; }}
{table} {{ border-collapse: collapse; border-top: {rule.outer}pt solid #000;
  border-bottom: {rule.outer}pt solid #000; margin: 0.4em 0;
  font-family: {fonts}, serif; font-size: {_em(size.cells)}; line-height: 1.35; }}
{table} th {{ font-weight: normal; text-align: center; vertical-align: bottom;
  padding: {space.line}pt {2 * space.column}pt; }}
{table} thead tr:last-child th {{ border-bottom: {rule.inner}pt solid #000; }}
{table} th.span {{ border-bottom: {rule.span}pt solid #000; }}
{table} td {{ text-align: center; vertical-align: top; white-space: nowrap;
  font-variant-numeric: tabular-nums; padding: {space.line / 2}pt {2 * space.column}pt; }}
{table} td:first-child, {table} th:first-child {{ text-align: left; white-space: normal;
  padding-left: 0; }}
{table} tr.rule td {{ border-top: {rule.inner}pt solid #000; }}
{table} tr.panel td {{ {_EMPHASIS[j.panel]}; padding-top: {2 * space.line}pt; }}
.{name} p.notes {{ font-size: {_em(size.notes)}; max-width: 52rem; margin: 0.3em 0; }}
"""


def _em(points: float) -> str:
    """Points as a share of the reader's own size of type, 10.5 points of print being 1."""
    return f"{points / 10.5:.2f}rem"
