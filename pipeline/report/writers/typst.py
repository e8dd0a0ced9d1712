"""Typst: the fragment that the PDF report includes; it brings its own style."""

from pipeline.panel.characters import one_line
from pipeline.report.journals.schema import Emphasis
from pipeline.report.numbers import typographic
from pipeline.report.page import Line, Page, Printed
from pipeline.report.table import Heading
from pipeline.report.writers.characters import softened
from pipeline.report.writers.fit import (
    POINTS_PER_CM,
    Part,
    Plan,
    fit,
    headings_height,
    line_height,
    text_height,
    text_width,
)

# A table longer than the page may break between its lines; any other stays whole. Only tables that
# may be long are measured: it takes as long as to set them.
_WHOLE = "block(width: 100%, breakable: false, above: 1.5em, below: 1.5em, content)"
_MEASURED = """\
layout(region => {
  let long = measure(block(width: region.width, content)).height > region.height
  block(width: 100%, breakable: long, above: 1.5em, below: 1.5em, content)
})"""
# The text of an A4 page. Estimates of heights are never too low: 1.1 to 2 times what is set.
_PAGE = 25.3 * POINTS_PER_CM
_EMPHASIS: dict[Emphasis, str] = {"bold": "strong", "italic": "emph", "plain": ""}


def escape(text: str) -> str:
    """Text as Typst shows it literally, wherever markup may stand; long words may break."""
    if not text:
        return ""
    quoted = softened(one_line(text)).replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{quoted}";'


def fragment(page: Page, width: float | None = None) -> str:
    """The table with caption and notes, on a turned page of its own where it is too wide.

    width: of the text around it in points, by default that of the journal's page
    """
    upright = text_width(page)
    plan = fit(page, upright if width is None else min(width, upright), text_width(page, True))
    sizes = page.journal.sizes
    caption = _emphasised(page.caption, page.journal.caption)
    content = [
        f"align(center, text(size: {sizes.caption}pt)[{caption}])",
        "v(-0.3em)",
        *(_table(page.part(part.first, part.last), part, plan) for part in plan.parts),
        "v(-0.5em)",
        f"text(size: {sizes.notes}pt)[{escape(page.note)}]",
    ]
    lines = [
        "#{",
        f"let content = {{ set par(justify: false, leading: 0.5em); set text(font: {_fonts(page)})",
        *content,
        "}",
        _turned(page) if plan.turned else _WHOLE if _short(page, plan) else _MEASURED,
        "}",
    ]
    return "\n".join(lines) + "\n"


def _short(page: Page, plan: Plan) -> bool:
    """Whether the table is surely no longer than a page."""
    padding = 2 * page.journal.spacing.line
    height = text_height(page.note, sum(plan.parts[0].widths), page.journal.sizes.notes)
    for part in plan.parts:
        height += headings_height(page, part, plan) + padding * len(page.headings)
        height += sum(line_height(page, line, part, plan) + padding for line in page.lines)
    return height < _PAGE


def _turned(page: Page) -> str:
    paper = page.journal.paper
    size = f"width: {paper.height}cm, height: {paper.width}cm, margin: {paper.margin}cm"
    return f"page({size}, content)"


def _fonts(page: Page) -> str:
    fonts = page.journal.fonts
    return "(" + ", ".join(f'"{f}"' for f in (*fonts.latin, *fonts.east_asian)) + ")"


def _emphasised(text: str, emphasis: Emphasis) -> str:
    function = _EMPHASIS[emphasis]
    return f"#{function}[{escape(text)}]" if function else escape(text)


def _table(page: Page, part: Part, plan: Plan) -> str:
    """One part of the table: its rules, its headings, which repeat on every page, its lines."""
    j = page.journal
    *above, last = page.headings
    widths = ", ".join(f"{w:.1f}pt" for w in part.widths)
    outer = f"  table.hline(stroke: {j.rules.outer}pt),"
    rows = [_headings(row, "", above_last=True, page=page) for row in above]
    rows.append(_headings(last, page.stub, above_last=False, page=page))
    return "\n".join(
        [
            f"text(size: {plan.size}pt, table(columns: ({widths}),",
            f"  stroke: none, inset: (x: {j.spacing.column}pt, y: {j.spacing.line}pt),",
            "  align: (x, y) => if x == 0 { left + bottom } else { center + bottom },",
            outer,
            "  table.header(",
            *rows,
            f"  table.hline(stroke: {j.rules.inner}pt)),",
            *(_line(line, page) for line in page.lines),
            outer,
            "))",
        ]
    )


def _headings(row: tuple[Heading, ...], stub: str, *, above_last: bool, page: Page) -> str:
    cells, rules, at = [f"[{escape(stub)}]"], [], 1
    for h in row:
        span = f"table.cell(colspan: {h.span})" if h.span > 1 else ""
        cells.append(f"{span}[{escape(h.text)}]")
        if h.span > 1 and h.text and above_last:
            stroke = f"stroke: {page.journal.rules.span}pt"
            rules.append(f"table.hline(start: {at}, end: {at + h.span}, {stroke})")
        at += h.span
    return "  " + ", ".join([*cells, *rules]) + ","


def _line(line: Line, page: Page) -> str:
    rule = f"  table.hline(stroke: {page.journal.rules.inner}pt),\n" if line.rule_above else ""
    if line.panel:
        label = _emphasised(line.label, page.journal.panel)
        return f"{rule}  table.cell(colspan: {page.columns + 1}, align: left)[{label}],"
    cells = [f"[{escape(line.label)}]", *(_cell(c, page) for c in line.cells)]
    return f"{rule}  {', '.join(cells)},"


def _cell(cell: Printed, page: Page) -> str:
    """The cell; a number stays on one line."""
    text = escape(typographic(cell.text, page.journal.minus))
    if cell.stars:
        stars = escape(cell.stars)
        text += f"#super(typographic: false)[{stars}]" if page.journal.raised else stars
    return f"[#box[{text}]]" if text and not cell.words else f"[{text}]"
