"""Workbooks before Excel 2007 (.xls)."""

from pathlib import Path
from typing import Any

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.reading.limits import check_counts
from pipeline.reading.sheet import Sheet


def read(path: Path) -> list[Sheet]:
    """The sheets with their merged ranges.

    Raises Rejected for an xlsx file with the wrong ending, TooMuch beyond the limits.
    """
    import xlrd

    # By its first bytes: a workbook of before 2007 may hold a whole zip (its theme) inside.
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    if zipped:
        raise Rejected(
            [
                Finding(
                    "file-kind",
                    "error",
                    Where(file=path.name),
                    "an xlsx file with the ending .xls",
                    "a file whose ending fits its content",
                    "rename it to .xlsx, here and in study.toml",
                )
            ]
        )
    try:
        book = xlrd.open_workbook(path, formatting_info=True)  # merged ranges are formatting
    except NotImplementedError:
        book = xlrd.open_workbook(path)

    for sheet in book.sheets():
        check_counts(sheet.nrows, sheet.ncols)

    def value(cell: Any) -> object:
        return (
            xlrd.error_text_from_code.get(cell.value, "#ERROR")
            if cell.ctype == xlrd.XL_CELL_ERROR
            else cell.value
        )

    return [
        Sheet(
            path.name,
            s.name,
            [[value(c) for c in s.row(r)] for r in range(s.nrows)],
            tuple(
                (top, left, bottom - 1, right - 1) for top, bottom, left, right in s.merged_cells
            ),
        )
        for s in book.sheets()
    ]
