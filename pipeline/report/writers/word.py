"""Word: a three-line table with East Asian fonts, bytes that depend on the content alone."""

import io

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt

from pipeline.report.numbers import typographic
from pipeline.report.table import Cell, Table
from pipeline.study.archive import stable_zip


def _run(paragraph, text: str, size: float, *, italic=False, bold=False, superscript=False) -> None:  # type: ignore[no-untyped-def]
    run = paragraph.add_run(text)
    run.font.size, run.font.italic, run.font.bold = Pt(size), italic, bold
    run.font.superscript = superscript or None
    run.font.name = "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "SimSun")


def _border(cell, edge: str, eighths: int) -> None:  # type: ignore[no-untyped-def]
    properties = cell._element.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    element = OxmlElement(f"w:{edge}")
    for key, value in (
        ("val", "single"),
        ("sz", str(eighths)),
        ("space", "0"),
        ("color", "000000"),
    ):
        element.set(qn(f"w:{key}"), value)
    borders.append(element)


def _text(cell: Cell) -> str:
    return typographic(cell.text)


def write(table: Table) -> bytes:
    """Title above, heavy rules at top and bottom, a thin one under the headings, notes below; landscape when wide."""
    document = Document()
    section = document.sections[0]
    if table.columns > 5:
        section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Cm(2)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, table.caption, 10.5, bold=True)
    size = 9 if table.columns <= 5 else 8
    rows = len(table.headings) + len(table.rows)
    grid = document.add_table(rows, table.columns + 1)
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    usable = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    stub = int(usable * (0.34 if table.columns <= 4 else 0.3 if table.columns <= 6 else 0.22))
    widths = [stub, *[(usable - stub) // table.columns] * table.columns]

    grid.autofit = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Emu(width)

    lines = [
        row.cells for row in grid.rows
    ]  # looked up once: python-docx walks the whole table for every cell
    merged: dict[tuple[int, int], int] = {}  # (row, column) -> columns that the cell covers

    def fill(
        r: int, c: int, text: str, *, span: int = 1, stars: str = "", italic: bool = False
    ) -> None:
        if span > 1:
            lines[r][c].merge(lines[r][c + span - 1])
            merged[r, c] = span
        paragraph = lines[r][c].paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if c == 0 else WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, size, italic=italic)
        if stars:
            _run(paragraph, stars, size, superscript=True)

    for r, headings in enumerate(table.headings):
        fill(r, 0, table.stub if r == len(table.headings) - 1 else "")
        at = 1
        for h in headings:
            fill(r, at, h.text, span=h.span)
            at += h.span
    for r, row in enumerate(table.rows, start=len(table.headings)):
        panel = row.kind == "panel"
        fill(r, 0, row.label, span=table.columns + 1 if panel else 1, italic=panel)
        for c, cell in enumerate(row.cells, start=1):
            fill(r, c, _text(cell), stars=cell.stars)
    for r in range(rows):
        below = r - len(table.headings)
        c = 0
        while c <= table.columns:
            place, span = lines[r][c], merged.get((r, c), 1)
            place.width = Emu(sum(widths[c : c + span]))
            if r == 0:
                _border(place, "top", 12)
            if r == len(table.headings) or (below >= 0 and table.rows[below].rule_above):
                _border(place, "top", 6)
            if r == rows - 1:
                _border(place, "bottom", 12)
            c += span
    notes = document.add_paragraph()
    notes.paragraph_format.space_before = Pt(3)
    _run(notes, " ".join(table.notes), 8)
    properties = document.core_properties
    properties.title, properties.author, properties.language = table.caption, "", table.language
    out = io.BytesIO()
    document.save(out)
    return stable_zip(out.getvalue())
