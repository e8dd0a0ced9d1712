"""Word: a table with rules and East Asian fonts, bytes that depend on the content alone."""

import io
from collections.abc import Iterator, Sequence

from docx import Document
from docx.document import Document as Written
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table as Grid
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from pipeline.panel.characters import one_line
from pipeline.report.journals.schema import Emphasis, Journal
from pipeline.report.numbers import typographic
from pipeline.report.page import Page, Printed
from pipeline.report.writers.characters import softened
from pipeline.report.writers.fit import Part, fit, text_width
from pipeline.study.archive import stable_zip

# Word counts rules in eighths of a point, margins of cells in twentieths.
_EIGHTHS, _TWENTIETHS = 8, 20


def write(page: Page) -> bytes:
    """Caption above, notes below; on a turned page, then in parts, where it is too wide."""
    plan = fit(page, text_width(page), text_width(page, turned=True))
    document = Document()
    _paper(document, page.journal, plan.turned)
    _normal(document, page.journal, plan.size)
    sizes = page.journal.sizes
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    _run(caption, page.caption, page.journal.caption, size=sizes.caption)
    for part in plan.parts:
        _Sheet(document, page.part(part.first, part.last), part).fill()
        below = document.add_paragraph()
        below.paragraph_format.space_before = Pt(3)
    _run(below, page.note, size=sizes.notes)
    properties = document.core_properties
    properties.title, properties.author = one_line(page.caption)[:255], ""
    properties.language = page.language
    out = io.BytesIO()
    document.save(out)
    return stable_zip(out.getvalue())


def _paper(document: Written, journal: Journal, turned: bool) -> None:
    section, paper = document.sections[0], journal.paper
    width, height = (paper.height, paper.width) if turned else (paper.width, paper.height)
    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    section.left_margin = section.right_margin = Cm(paper.margin)
    section.top_margin = section.bottom_margin = Cm(paper.margin)


def _normal(document: Written, journal: Journal, size: float) -> None:
    """The style of all text: the journal's fonts, the size of cells, paragraphs close."""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = journal.fonts.latin[0], Pt(size)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), journal.fonts.east_asian[0])
    normal.paragraph_format.space_after = Pt(0)


def _run(
    paragraph: Paragraph,
    text: str,
    emphasis: Emphasis = "plain",
    *,
    size: float | None = None,
    raised: bool = False,
) -> None:
    """Text in a paragraph, in the document's style but for what is said."""
    run = paragraph.add_run(softened(one_line(text)))
    run.font.size = None if size is None else Pt(size)
    run.font.bold, run.font.italic = emphasis == "bold" or None, emphasis == "italic" or None
    run.font.superscript = raised or None


class _Sheet:
    """One part of a table in a document."""

    def __init__(self, document: Written, page: Page, part: Part) -> None:
        self._page, self._widths = page, part.widths
        self._grid: Grid = document.add_table(
            len(page.headings) + len(page.lines), page.columns + 1
        )
        # Looked up once: python-docx walks the whole table for every cell.
        self._cells = [list(row.cells) for row in self._grid.rows]
        self._spans: dict[tuple[int, int], int] = {}

    def fill(self) -> None:
        """Texts, then widths and rules of the cells that merging left."""
        self._shape()
        for r, (texts, spans) in enumerate(self._headings()):
            self._row(r, texts, spans)
        for r, line in enumerate(self._page.lines, start=len(self._page.headings)):
            if line.panel:
                panel = self._page.journal.panel
                self._put(r, 0, Printed(line.label), self._page.columns + 1, panel)
            else:
                self._row(r, [Printed(line.label), *line.cells], [1] * (self._page.columns + 1))
        for r in range(len(self._cells)):
            self._finish(r)

    def _shape(self) -> None:
        """Fixed widths, the journal's margins in cells, headings repeated on every page."""
        self._grid.alignment, self._grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(self._grid.columns, self._widths, strict=True):
            column.width = Pt(width)
        margins = OxmlElement("w:tblCellMar")
        for edge in ("left", "right"):
            side = OxmlElement(f"w:{edge}")
            side.set(qn("w:w"), str(round(self._page.journal.spacing.column * _TWENTIETHS)))
            side.set(qn("w:type"), "dxa")
            margins.append(side)
        properties = self._grid._tbl.tblPr
        properties.insert(list(properties).index(properties.find(qn("w:tblLook"))), margins)
        for r, row in enumerate(self._grid.rows):
            kept = row._tr.get_or_add_trPr()
            kept.append(OxmlElement("w:cantSplit"))
            if r < len(self._page.headings):
                kept.append(OxmlElement("w:tblHeader"))

    def _headings(self) -> Iterator[tuple[list[Printed], list[int]]]:
        """Texts and spans of each row of headings; the stub stands in the last."""
        for row in self._page.headings:
            stub = self._page.stub if row is self._page.headings[-1] else ""
            texts = [Printed(stub), *(Printed(h.text, words=True) for h in row)]
            yield texts, [1, *(h.span for h in row)]

    def _row(self, r: int, texts: Sequence[Printed], spans: Sequence[int]) -> None:
        at = 0
        for text, span in zip(texts, spans, strict=True):
            self._put(r, at, text, span)
            at += span

    def _put(self, r: int, c: int, cell: Printed, span: int, emphasis: Emphasis = "plain") -> None:
        journal = self._page.journal
        if span > 1:
            self._cells[r][c].merge(self._cells[r][c + span - 1])
        self._spans[r, c] = span
        paragraph = self._cells[r][c].paragraphs[0]
        paragraph.alignment = None if c == 0 else WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, self._text(cell, c), emphasis)
        if cell.stars:
            _run(paragraph, cell.stars, raised=journal.raised)

    def _text(self, cell: Printed, c: int) -> str:
        """The text; a number of several words stays on one line."""
        text = typographic(cell.text, self._page.journal.minus) if c else cell.text
        return text if cell.words or not c else text.replace(" ", "\u00a0")

    def _finish(self, r: int) -> None:
        """Widths and rules of a row."""
        rules, top = self._page.journal.rules, self._rule_above(r)
        for (row, c), span in list(self._spans.items()):
            if row != r:
                continue
            cell = self._cells[r][c]
            cell.width = Pt(sum(self._widths[c : c + span]))
            if top:
                _border(cell, "top", top)
            if r == len(self._cells) - 1:
                _border(cell, "bottom", rules.outer)
            elif span > 1 and r < len(self._page.headings) - 1:
                _border(cell, "bottom", rules.span if cell.text else 0)

    def _rule_above(self, r: int) -> float:
        """The width of the rule above a row, 0 for none."""
        rules, heads = self._page.journal.rules, len(self._page.headings)
        if r == 0:
            return rules.outer
        ruled = r == heads or (r > heads and self._page.lines[r - heads].rule_above)
        return rules.inner if ruled else 0


def _border(cell: _Cell, edge: str, points: float) -> None:
    if not points:
        return
    properties = cell._element.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    element = OxmlElement(f"w:{edge}")
    eighths = str(max(1, round(points * _EIGHTHS)))
    for key, value in (("val", "single"), ("sz", eighths), ("space", "0"), ("color", "000000")):
        element.set(qn(f"w:{key}"), value)
    borders.append(element)
