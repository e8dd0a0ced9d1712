"""The layouts that source files come in, each a function that reads sheets into a `Reading`.

Adding one: write `layout(reading, sheets)`, add it to `LAYOUTS`, and its name to `Source.layout` in the schema.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.ingest.cells import fold, parse_year
from pipeline.ingest.reading import Reading
from pipeline.ingest.sheets import Sheet
from pipeline.panel.finding import Where
from pipeline.panel.provinces import find_province, is_national
from pipeline.study.schema import Variable

_FOOTER = re.compile(r"^(数据来源|资料来源|来源|注|备注|说明|source|note)", re.IGNORECASE)
_UNIT_ROW = re.compile(r"^(单位|unit)\s*[::]\s*(.+)$", re.IGNORECASE)


def read_matrix(reading: Reading, sheets: list[Sheet]) -> None:
    """Blocks of provinces x years (or years x provinces), one indicator each, titled above or by the sheet's name."""
    for sheet in sheets:
        header: list[tuple[int, Any]] = []
        across_years = True
        variable: Variable | None = None
        unit: str | None = None
        for r, row in enumerate(sheet.rows):
            first = fold(row[0]) if row else ""
            columns, years_here = _matrix_header(row)
            if columns:
                if header:  # a second header without a title of its own: whose numbers these are is not known
                    variable = None
                header, across_years = columns, years_here
                if variable is None:
                    variable = reading.heading(sheet.name, sheet, "name", unit) or reading.only_variable()
                continue
            titles = [(c, cell) for c, cell in enumerate(row) if isinstance(cell, str) and fold(cell)]
            if first and len(titles) == 1 and all(not fold(cell) for cell in row[1:]) and not find_province(first):
                if match := _UNIT_ROW.match(first):
                    unit = match[2]
                elif not _FOOTER.match(first) and parse_year(first) is None:
                    named = reading.heading(row[0], sheet, sheet.address(r, 0), unit)
                    if named is not None:
                        variable, header = named, []
                    elif re.match(r"^(指标|indicator)", first, re.IGNORECASE):
                        variable, header = None, []
                continue
            if not header or variable is None or not first or _FOOTER.match(first):
                continue
            _matrix_row(reading, sheet, r, row, header, across_years, variable)


def _matrix_header(row: list[Any]) -> tuple[list[tuple[int, Any]], bool]:
    """Columns of a header row (column, year or name) and whether it holds years; empty if it is not a header."""
    if not row or find_province(fold(row[0])) or is_national(fold(row[0])):
        return [], True  # a row of numbers, some of which may look like years
    filled = [(c, cell) for c, cell in enumerate(row[1:], start=1) if fold(cell)]
    years = [c for c, cell in filled if parse_year(cell) is not None]
    if len(years) >= 2 and 2 * len(years) > len(filled) and parse_year(row[0]) is None:
        return [(c, cell) for c, cell in filled if any(ch.isdigit() for ch in fold(cell))], True
    names = [(c, cell) for c, cell in enumerate(row[1:], start=1) if isinstance(cell, str) and find_province(cell)]
    if len(names) >= 2:
        return [(c, cell) for c, cell in enumerate(row[1:], start=1) if fold(cell)], False
    return [], True


def _matrix_row(reading: Reading, sheet: Sheet, r: int, row: list[Any], header: list[tuple[int, Any]],
                across_years: bool, variable: Variable) -> None:  # fmt: skip
    key_address = sheet.address(r, 0)
    key: Any = reading.province(row[0], sheet, key_address) if across_years else (
        reading.year(row[0], sheet, key_address))  # fmt: skip
    if key is None:
        return
    for c, name in header:
        if c >= len(row):
            continue
        address = sheet.address(r, c)
        if across_years:
            province, year = key, reading.year(name, sheet, address)
        else:
            province, year = reading.province(name, sheet, address), key
        if province is not None and year is not None:
            reading.number(variable, province, year, row[c], sheet, address)


def _locate(reading: Reading, sheets: list[Sheet], needed: list[str]) -> Iterator[tuple[Sheet, int, dict[str, int]]]:
    """Sheets that hold the named columns, with the header's row and the position of each column."""
    seen: list[str] = []
    hits = 0
    for sheet in sheets:
        for r, row in enumerate(sheet.rows[:12]):
            positions = {fold(cell).lower(): c for c, cell in enumerate(row) if fold(cell)}
            seen += [p for p in positions if r < 3]
            if all(fold(name).lower() in positions for name in needed):
                hits += 1
                yield sheet, r, {name: positions[fold(name).lower()] for name in needed}
                break
    if not hits:
        columns = " and ".join(f"`{name}`" for name in needed)
        reading.add("columns-missing", Where(file=reading.source.file), f"headings: {', '.join(seen[:12]) or 'none'}",
                    f"one row with the columns {columns}",
                    f"name the columns in study.toml (source `{reading.source.name}`: province, year, ...)")  # fmt: skip


def read_wide(reading: Reading, sheets: list[Sheet]) -> None:
    """A row per province and year, a column per variable; headings may carry units in brackets."""
    source = reading.source
    for sheet, top, at in _locate(reading, sheets, [source.province, source.year]):
        columns: dict[int, Variable] = {}
        for r in (top, top - 1):  # Stata files carry labels above the names
            for c, cell in enumerate(sheet.rows[r] if r >= 0 else []):
                if c not in columns and c not in at.values():
                    variable = reading.heading(cell, sheet, sheet.address(r, c))
                    if variable is not None:
                        columns[c] = variable
        for r, row in enumerate(sheet.rows[top + 1 :], start=top + 1):
            if not any(fold(cell) for cell in row) or _FOOTER.match(fold(row[0])):
                continue
            row = row + [None] * (max([*columns, *at.values()]) + 1 - len(row))
            province = reading.province(row[at[source.province]], sheet, sheet.address(r, at[source.province]))
            year = reading.year(row[at[source.year]], sheet, sheet.address(r, at[source.year]))
            if province is None or year is None:
                continue
            for c, variable in columns.items():
                reading.number(variable, province, year, row[c], sheet, sheet.address(r, c))


def read_long(reading: Reading, sheets: list[Sheet]) -> None:
    """A row per cell: province, year, variable, value and perhaps a flag of the source."""
    source = reading.source
    names = [source.province, source.year, source.variable, source.value, *([source.flag] if source.flag else [])]
    dropped: dict[tuple[str, str], int] = {}
    for sheet, top, at in _locate(reading, sheets, names):
        for r, row in enumerate(sheet.rows[top + 1 :], start=top + 1):
            if len(row) <= max(at.values()):
                continue
            variable = reading.heading(row[at[source.variable]], sheet, sheet.address(r, at[source.variable]))
            if variable is None:
                continue
            province = reading.province(row[at[source.province]], sheet, sheet.address(r, at[source.province]))
            year = reading.year(row[at[source.year]], sheet, sheet.address(r, at[source.year]))
            if province is None or year is None:
                continue
            flag = fold(row[at[source.flag]]) if source.flag else ""
            if flag in source.exclude_flags:
                dropped[variable.variable, flag] = dropped.get((variable.variable, flag), 0) + 1
                continue
            column = at[source.value]
            reading.number(variable, province, year, row[column], sheet, sheet.address(r, column), flag)
    for (name, flag), count in dropped.items():
        reading.add("flag-excluded", Where(file=source.file, variable=name), f"{count} cell{'s' if count > 1 else ''} flagged `{flag}`",
                    "cells fit for use", "nothing to do: exclude_flags in study.toml leaves them out", "warning")  # fmt: skip


LAYOUTS: dict[str, Callable[[Reading, list[Sheet]], None]] = {
    "matrix": read_matrix,
    "wide": read_wide,
    "long": read_long,
}
