"""Excel: numbers are numbers, brackets, stars and decimals their format; no text is a formula."""

import io
import re

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.panel.characters import one_line
from pipeline.panel.csv_text import safe_cell
from pipeline.report.journals.schema import Emphasis, Journal
from pipeline.report.page import Line, Page, Printed
from pipeline.report.table import Heading
from pipeline.report.writers.fit import needed
from pipeline.study.archive import stable_zip

# The number in a printed cell.
_NUMBER = re.compile(r"-?(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<power>e[+-]\d+)?(?P<percent>%?)")
# What a spreadsheet reads as the code of a character in a text.
_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# Points to the units in which spreadsheets count the widths of columns.
_POINTS_PER_UNIT = 5.6
_SHEET = re.compile(r"[\[\]:*?/\\']")


def write(page: Page) -> bytes:
    """One sheet: the caption, the table between its rules, a note a line."""
    book = Workbook()
    sheet = book.active
    _Sheet(sheet, page).fill()
    book.properties.title, book.properties.creator = one_line(page.caption), ""
    out = io.BytesIO()
    book.save(out)
    return stable_zip(out.getvalue())


def number_format(cell: Printed) -> str:
    """The format that shows the cell's value as it is printed: `0.0000"***"`, `"("0.0000")"`."""
    if "<" in cell.text or (found := _NUMBER.search(cell.text)) is None:
        return _literal(str(cell))
    digits = found["digits"]
    decimals = digits.partition(".")[2]
    code = ("#,##0" if "," in digits else "0") + (f".{'0' * len(decimals)}" if decimals else "")
    code += ("E+00" if found["power"] else "") + found["percent"]
    before, after = cell.text[: found.start()], cell.text[found.end() :] + cell.stars
    positive = f"{_literal(before)}{code}{_literal(after)}"
    return f"{positive};{_literal(before)}-{code}{_literal(after)}" if before else positive


def _literal(text: str) -> str:
    return f'"{text}"' if text else ""


class _Sheet:
    """The sheet of one page, written from top to bottom."""

    def __init__(self, sheet: Worksheet, page: Page) -> None:
        self._sheet, self._page, self._row = sheet, page, 1

    def fill(self) -> None:
        """Everything there is to write."""
        page, sizes = self._page, self._page.journal.sizes
        self._sheet.title = _SHEET.sub("_", one_line(page.stem))[:31] or "1"
        self._words(1, page.caption, sizes.caption, page.journal.caption)
        self._row += 1
        first = self._row
        for headings in page.headings:
            self._headings(headings, page.stub if headings is page.headings[-1] else "")
        body = self._row
        for line in page.lines:
            self._line(line)
        self._rule(first, "top", page.journal.rules.outer)
        self._rule(body, "top", page.journal.rules.inner)
        self._rule(self._row - 1, "bottom", page.journal.rules.outer)
        for note in page.notes:
            self._words(1, note, sizes.notes)
            self._row += 1
        self._print(body)

    def _headings(self, headings: tuple[Heading, ...], stub: str) -> None:
        self._words(1, stub)
        column = 2
        for h in headings:
            cell = self._words(column, h.text)
            cell.alignment = Alignment("center", "bottom", wrap_text=True)
            if h.span > 1:
                last = column + h.span - 1
                self._sheet.merge_cells(
                    start_row=self._row, end_row=self._row, start_column=column, end_column=last
                )
            column += h.span
        self._row += 1

    def _line(self, line: Line) -> None:
        journal = self._page.journal
        emphasis = journal.panel if line.panel else "plain"
        self._words(1, line.label or line.aside, emphasis=emphasis)
        for column, cell in enumerate(line.cells, start=2):
            self._cell(column, cell)
        if line.rule_above:
            self._rule(self._row, "top", journal.rules.inner)
        self._row += 1

    def _cell(self, column: int, printed: Printed) -> None:
        if printed.value is None:
            cell = self._words(column, str(printed))
        else:
            cell = self._sheet.cell(self._row, column, printed.value)
            cell.number_format = number_format(printed)
            cell.font = _font(self._page.journal, self._page.language)
        cell.alignment = Alignment("center", "top")

    def _words(
        self, column: int, text: str, size: float | None = None, emphasis: Emphasis = "plain"
    ) -> Cell:
        """A cell of text: never a formula, whatever it begins with."""
        cell = self._sheet.cell(self._row, column)
        if text:
            cell.value = _CODE.sub("_x005F_", one_line(text))
            cell.data_type = "s"
        cell.quotePrefix = safe_cell(text) != text
        cell.font = _font(self._page.journal, self._page.language, size, emphasis)
        return cell

    def _rule(self, row: int, edge: str, points: float) -> None:
        side = Side("thin" if points < 1 else "medium")
        for column in range(1, self._page.columns + 2):
            cell = self._sheet.cell(row, column)
            kept = {name: getattr(cell.border, name) for name in ("top", "bottom")}
            cell.border = Border(**{**kept, edge: side})

    def _print(self, body: int) -> None:
        """Widths of columns, and a printed page as wide as the table."""
        for i, width in enumerate(needed(self._page, self._page.journal.sizes.cells), start=1):
            self._sheet.column_dimensions[get_column_letter(i)].width = width / _POINTS_PER_UNIT
        self._sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self._sheet.page_setup.fitToHeight = 0
        self._sheet.print_title_rows = f"2:{body - 1}"


def _font(
    journal: Journal, language: str, size: float | None = None, emphasis: Emphasis = "plain"
) -> Font:
    """The journal's font for the language: a cell has one for all its characters."""
    fonts = journal.fonts.east_asian if language == "zh" else journal.fonts.latin
    return Font(
        name=fonts[0],
        size=journal.sizes.cells if size is None else size,
        bold=emphasis == "bold",
        italic=emphasis == "italic",
    )
