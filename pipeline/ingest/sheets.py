"""Open a source file of any supported kind as sheets of cells. Knows encodings and containers, nothing of panels."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.panel.finding import Finding, Rejected, Where


@dataclass(frozen=True)
class Sheet:
    """A rectangle of raw cells as the file holds them; row and column count from 0."""

    file: str
    name: str
    rows: list[list[Any]]

    def address(self, row: int, column: int) -> str:
        """The cell's address as a spreadsheet shows it: (6, 1) is B7."""
        letters = ""
        column += 1
        while column:
            column, rest = divmod(column - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{row + 1}"


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets of a csv, xlsx, xls, dta or parquet file.

    Raises Rejected when the file is absent, empty, of another kind, damaged or in an unknown encoding.
    """
    if not path.is_file():
        there = ", ".join(sorted(p.name for p in path.parent.iterdir())[:8]) if path.parent.is_dir() else "no folder"
        raise _rejected(path, "file-missing", "no such file", "the source file",
                        f"put the file there, or correct `file` in study.toml; the folder holds: {there}")  # fmt: skip
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise _rejected(path, "file-kind", f"a `{path.suffix}` file", f"one of {' '.join(_READERS)}",
                        "save the file in one of these formats")  # fmt: skip
    if path.stat().st_size == 0:
        raise _rejected(path, "file-empty", "0 bytes", "a file with data", "export or download the file again")
    try:
        sheets = reader(path)
    except Rejected:
        raise
    except Exception as error:  # a damaged container raises whatever its parser happens to trip over
        raise _rejected(path, "file-damaged", f"{type(error).__name__}: {error}", f"a readable {path.suffix} file",
                        "open it in its own program and save it again, or download it again") from None  # fmt: skip
    if not any(cell is not None and str(cell).strip() for s in sheets for row in s.rows for cell in row):
        raise _rejected(path, "file-empty", "no filled cell", "a file with data", "export or download the file again")
    return sheets


def _rejected(path: Path, code: str, found: str, expected: str, remedy: str) -> Rejected:
    return Rejected([Finding(code, "error", Where(file=path.name), found, expected, remedy)])


def decode(path: Path) -> str:
    """The text of a csv file: UTF-8 with or without BOM, UTF-16 with BOM, else GB18030 (a superset of GBK)."""
    content = path.read_bytes()
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            place = content[: error.start].count(b"\n") + 1
    raise _rejected(path, "file-encoding", f"bytes near line {place} that are neither UTF-8 nor GB18030",
                    "a csv file in UTF-8 or GB18030", "open it in its own program and save it as CSV UTF-8")  # fmt: skip


def _csv(path: Path) -> list[Sheet]:
    text = decode(path)
    delimiter = max(",\t;", key=lambda mark: (text.count(mark), mark == ","))
    rows: list[list[Any]] = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    return [Sheet(path.name, path.stem, rows)]


def _xlsx(path: Path) -> list[Sheet]:
    import openpyxl

    if not zipfile.is_zipfile(path):
        raise _rejected(path, "file-damaged", "not a whole xlsx file (it may be cut off, or a csv or xls renamed)",
                        "a readable .xlsx file", "open it in Excel and save it as .xlsx, or download it again")  # fmt: skip
    book = openpyxl.load_workbook(path, data_only=True)
    return [Sheet(path.name, s.title, [list(row) for row in s.iter_rows(values_only=True)]) for s in book.worksheets]


def _xls(path: Path) -> list[Sheet]:
    import xlrd

    if zipfile.is_zipfile(path):
        raise _rejected(path, "file-kind", "an xlsx file with the ending .xls", "a file whose ending fits its content",
                        "rename it to .xlsx, here and in study.toml")  # fmt: skip
    book = xlrd.open_workbook(path)

    def value(cell: Any) -> Any:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR") if cell.ctype == xlrd.XL_CELL_ERROR else cell.value

    return [Sheet(path.name, s.name, [[value(c) for c in s.row(r)] for r in range(s.nrows)]) for s in book.sheets()]


def _dta(path: Path) -> list[Sheet]:
    import pyreadstat

    frame, meta = pyreadstat.read_dta(str(path), apply_value_formats=True)
    labels = [label or "" for label in meta.column_labels]
    body = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return [Sheet(path.name, path.stem, [labels, list(frame.columns), *body])]


def _parquet(path: Path) -> list[Sheet]:
    import pandas as pd

    frame = pd.read_parquet(path)
    body = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return [Sheet(path.name, path.stem, [[str(c) for c in frame.columns], *body])]


_READERS: dict[str, Callable[[Path], list[Sheet]]] = {
    ".csv": _csv, ".xlsx": _xlsx, ".xls": _xls, ".dta": _dta, ".parquet": _parquet,
}  # fmt: skip
