"""Workbooks since Excel 2007: values by calamine; errors, formulas and sizes from the sheets' XML.

Calamine returns spreadsheet errors as empty cells and sizes its grid by the outermost cell, so both
are looked up first.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.reading.limits import CELLS, COLUMNS, RATIO, UNPACKED_BYTES, TooMuch
from pipeline.reading.sheet import Sheet, column_of

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Every pattern ends before the next `<`, so that no text makes it run over the sheet again.
_CELL = re.compile(rb"<c\s([^<>]*+)>")
_PLACE = re.compile(rb'\br="([A-Z]{1,9})(\d{1,9})"')
_FORMULA = re.compile(rb"<f\b")
_ERROR = re.compile(rb"(?:<f\b[^<>]*+>[^<]*+(?:</f>)?)?<v>([^<]*+)</v>")
_FAR = re.compile(rb'"(?:[A-Z]{3,9}\d+|[A-Z]{1,2}\d{5,})"')


def read(path: Path) -> list[Sheet]:
    """The visible and hidden sheets with their merged ranges;
    formulas give the value last saved with them.

    Raises Rejected for a file that is no workbook, TooMuch beyond the limits.
    """
    from python_calamine import CalamineWorkbook

    if not zipfile.is_zipfile(path):
        raise Rejected(
            [
                Finding(
                    "file-damaged",
                    "error",
                    Where(file=path.name),
                    "not a whole xlsx file (it may be cut off, or a csv or xls renamed)",
                    "a readable .xlsx file",
                    "open it in Excel and save it as .xlsx, or download it again",
                )
            ]
        )
    with zipfile.ZipFile(path) as book:
        check_unpacked(book)
        scans = {name: _scan(book.read(part)) for name, part in _parts(book).items()}
    sheets = []
    workbook = CalamineWorkbook.from_path(str(path))
    for name in workbook.sheet_names:
        try:
            sheet = workbook.get_sheet_by_name(name)
        except Exception:  # a chart sheet has no cells
            continue
        errors, formulas = scans.get(name, ({}, {}))
        rows = sheet.to_python(skip_empty_area=False)
        _write_errors(rows, errors)
        merged = tuple((a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or [])
        sheets.append(Sheet(path.name, name, rows, merged, formulas))
    return sheets


def _write_errors(rows: list[list[object]], errors: dict[tuple[int, int], str]) -> None:
    for (r, c), text in errors.items():
        if r < len(rows) and c < len(rows[r]):
            rows[r][c] = text


def check_unpacked(book: zipfile.ZipFile) -> None:
    """Raises TooMuch when an archive would unpack to more than the limits,
    or is packed as only bombs are."""
    members = book.infolist()
    size, packed = sum(i.file_size for i in members), sum(i.compress_size for i in members)
    if size > UNPACKED_BYTES or (size > 1_000_000 and size > RATIO * max(packed, 1)):
        raise TooMuch(f"{packed:,} bytes that unpack to {size:,}")


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> its part in the archive."""
    names = set(book.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets = {
        str(r.get("Id")): str(r.get("Target"))
        for r in ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    }
    found = {}
    for node in ElementTree.fromstring(book.read("xl/workbook.xml")).iter():
        if node.tag.endswith("}sheet"):
            target = targets.get(str(node.get(_REL)), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in names:
                found[str(node.get("name"))] = part
    return found


def _scan(xml: bytes) -> tuple[dict[tuple[int, int], str], dict[int, int]]:
    """Error cells of a sheet, and how many formulas each column holds;
    TooMuch when its outermost cell is too far out."""
    errors: dict[tuple[int, int], str] = {}
    formulas: dict[int, int] = {}
    if not (b't="e"' in xml or b"<f" in xml or _FAR.search(xml)):
        return errors, formulas
    height = width = 0
    for row, column, attributes, end in _cells(xml):
        height, width = max(height, row + 1), max(width, column + 1)
        if b't="e"' in attributes and (text := _ERROR.match(xml, end)):
            errors[row, column] = text[1].decode("utf-8", "replace")
        if _FORMULA.match(xml, end):
            formulas[column] = formulas.get(column, 0) + 1
    if width > COLUMNS or width * height > CELLS:
        raise TooMuch(f"a sheet that reaches to column {width:,} and row {height:,}")
    return errors, formulas


def _cells(xml: bytes) -> Iterator[tuple[int, int, bytes, int]]:
    """Row, column, attributes of every cell of a sheet, and where its content begins."""
    for cell in _CELL.finditer(xml):
        if place := _PLACE.search(cell[1]):
            yield int(place[2]) - 1, column_of(place[1].decode()), cell[1], cell.end()
