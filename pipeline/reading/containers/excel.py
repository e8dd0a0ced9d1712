"""Workbooks since Excel 2007: values by calamine; errors, formulas and sizes from the sheets' XML.

Calamine returns spreadsheet errors as empty cells and sizes its grid by the outermost cell, so both
are looked up first.
"""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.reading.limits import CELLS, COLUMNS, RATIO, UNPACKED_BYTES, TooMuch
from pipeline.reading.sheet import Sheet, column_of

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERROR = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL
)
_FORMULA = re.compile(rb'<c\b[^>]*\br="([A-Z]+)\d+"[^>]*><f\b')
_FAR = re.compile(rb'<c\b[^>]*?\br="(?:[A-Z]{3,}\d+|[A-Z]+\d{5,})"')
_PLACE = re.compile(rb'<c\b[^>]*?\br="([A-Z]+)(\d+)"')


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
    if _FAR.search(xml):
        places = [(column_of(m[1].decode()) + 1, int(m[2])) for m in _PLACE.finditer(xml)]
        width, height = max(c for c, _ in places), max(r for _, r in places)
        if width > COLUMNS or width * height > CELLS:
            raise TooMuch(f"a sheet that reaches to column {width:,} and row {height:,}")
    errors = (
        {
            (int(m[2]) - 1, column_of(m[1].decode())): m[3].decode("utf-8", "replace")
            for m in _ERROR.finditer(xml)
        }
        if b't="e"' in xml
        else {}
    )
    formulas: dict[int, int] = {}
    if b"<f" in xml:
        for match in _FORMULA.finditer(xml):
            column = column_of(match[1].decode())
            formulas[column] = formulas.get(column, 0) + 1
    return errors, formulas
