"""The numbers of a file as series: one indicator of one table each, every cell with its place,
year and address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.panel.places import find_place
from pipeline.reading.cells import fold, parse_year, split_heading, unmarked
from pipeline.reading.rows import NOTE, is_number
from pipeline.reading.sheet import Sheet, letters
from pipeline.reading.tables import Column, Hints, Table, find_tables, year_in

Ints = NDArray[np.int64]
# What a table's unit does not fit: growth, shares, ranks, indices stand among amounts under one
# title.
_UNITLESS = re.compile(
    r"增长|增速|比重|占|比例|率|位次|排名|名次|指数|growth|share|rate|rank|index|%", re.IGNORECASE
)


@dataclass(frozen=True)
class Series:
    """The cells of one indicator in one table of a sheet; arrays run over its cells.

    names:  what headings and titles call it, nearest first; the path of a stacked header last
    unit:   as a heading, a title, a row or a column of units says it
    head:   (row, column) of the heading
    titled: False where only the sheet's or file's name stands for the missing name
    place:  index into `places`, the place texts as they stand in the file ("" for an empty cell)
    year:   0 where the file gives none that can be read
    place_column, place_row: where the place texts stand (a label column, or a header row)
    """

    file: str
    sheet: str
    names: tuple[str, ...]
    unit: str | None
    head: tuple[int, int]
    titled: bool
    places: tuple[str, ...]
    place: Ints
    year: Ints
    cells: list[Any]
    row: Ints
    column: Ints
    flags: list[str] | None = None
    place_column: int | None = None
    place_row: int | None = None

    def place_address(self, i: int) -> str:
        """Where the place of the i-th cell stands: in its row, in its column's header,
        or in a title."""
        if self.place_column is not None:
            return f"{letters(self.place_column)}{int(self.row[i]) + 1}"
        return (
            self.heading
            if self.place_row is None
            else f"{letters(int(self.column[i]))}{self.place_row + 1}"
        )

    def address(self, i: int) -> str:
        """Where the i-th cell stands, as a spreadsheet shows it."""
        return f"{letters(int(self.column[i]))}{int(self.row[i]) + 1}"

    @property
    def heading(self) -> str:
        """Where the heading stands."""
        return f"{letters(self.head[1])}{self.head[0] + 1}"


@dataclass(frozen=True)
class Unread:
    """A label or a table that could not be read: `year` (a text that is no year), `heading`,
    `label` (numbers without one), `axis` (a table without provinces or years)."""

    kind: str
    file: str
    sheet: str
    cell: str
    text: str


@dataclass
class Contents:
    """What a file holds."""

    series: list[Series] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def read_series(sheets: list[Sheet], hints: Hints = Hints()) -> Contents:
    """Every series of the sheets. What cannot be placed is told in `unread`, never guessed."""
    out = Contents()
    for sheet in sheets:
        tables = find_tables(sheet, hints)
        if not tables and any(fold(cell) for row in sheet.rows for cell in row):
            out.unread.append(
                Unread(
                    "axis",
                    sheet.file,
                    sheet.name,
                    "",
                    "no table with provinces and years was found",
                )
            )
        for table in tables:
            _complete(table, [sheet.name, sheet.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]])
            lacking = [axis for axis in ("place", "year") if not table.has(axis)]
            if lacking:
                what = {"place": "province", "year": "year"}
                text = " and no ".join(["no " + what[lacking[0]], *(what[a] for a in lacking[1:])])
                out.unread.append(
                    Unread("axis", sheet.file, sheet.name, sheet.address(table.header[0], 0), text)
                )
                continue
            out.tables.append(table)
            out.unread += [
                Unread(
                    "heading",
                    sheet.file,
                    sheet.name,
                    sheet.address(table.header[-1], c),
                    "a column of numbers without a heading",
                )
                for c in table.headless
            ]
            out.series += _series_of(table, out.unread)
    return out


def _complete(table: Table, names: list[str]) -> None:
    """Axes that no title gives, from the names of sheet and file."""
    for name in names:
        if not table.has("place") and find_place(fold(name)):
            table.title_place = name
        if (
            table.title_year is None
            and "year" not in table.labels
            and not all(c.year for c in table.columns)
        ):
            table.title_year = parse_year(name) or year_in(fold(name))


def _series_of(table: Table, unread: list[Unread]) -> Iterator[Series]:
    """One series for each indicator, columns of one indicator (years or places across) joined."""
    sheet, labels = table.sheet, table.labels
    width = max([c.index for c in table.columns] + list(labels.values())) + 1
    rows = [r for r in table.rows if not _is_note(sheet.rows[r], table)]
    grid = {
        r: sheet.rows[r]
        if len(sheet.rows[r]) >= width
        else [*sheet.rows[r], *[None] * (width - len(sheet.rows[r]))]
        for r in rows
    }
    label = {
        role: [fold(unmarked(grid[r][c])) for r in rows]
        for role, c in labels.items()
        if role != "year"
    }
    years = _years(table, rows, grid, unread)
    if "place" in label and not all(label["place"]):
        bare = {
            i
            for i, text in enumerate(label["place"])
            if not text and not _holds(table, grid[rows[i]])
        }
        if bare:
            keep = [i for i in range(len(rows)) if i not in bare]
            rows, label = (
                [rows[i] for i in keep],
                {k: [v[i] for i in keep] for k, v in label.items()},
            )
            years = None if years is None else years[keep]
    row_numbers = np.array(rows, dtype=np.int64)
    blank = [
        i
        for i, text in enumerate(label.get("variable", []))
        if not text and _holds(table, grid[rows[i]])
    ]
    if blank and any(label["variable"]):
        where = sheet.address(rows[blank[0]], labels["variable"])
        unread.append(
            Unread(
                "label",
                sheet.file,
                sheet.name,
                where,
                f"{len(blank)} rows of numbers without their indicator",
            )
        )
    for names, unit, head, columns in _groups(table):
        chosen = [
            c
            for c in columns
            if c.year is not None or years is not None or table.title_year is not None
        ]
        for c in columns:
            if c not in chosen:
                text = (
                    fold(sheet.rows[c.head[0]][c.index])
                    if c.index < len(sheet.rows[c.head[0]])
                    else ""
                )
                unread.append(
                    Unread("year", sheet.file, sheet.name, sheet.address(c.head[0], c.index), text)
                )
        for variable, picked in _by_variable(label.get("variable"), label.get("unit"), len(rows)):
            pieces = [
                _piece(table, c, picked, rows, row_numbers, grid, label, years) for c in chosen
            ]
            if not pieces:
                continue
            places = [t for p in pieces for t in p[0]]
            distinct = {t: i for i, t in enumerate(dict.fromkeys(places))}
            units = {label["unit"][i] for i in picked} if "unit" in label else set()
            own = tuple(n for n in (variable, *names) if n)
            named = own or table.title_names
            first = int(row_numbers[picked[0]]) if variable else 0
            flags = [f for p in pieces for f in p[4]] if "flag" in label else None
            said = unit or next((u for n in named if (u := split_heading(n)[1])), None)
            fits = not any(_UNITLESS.search(n) for n in own)
            yield Series(
                sheet.file,
                sheet.name,
                named or (sheet.name,),
                said
                or (units.pop() if len(units) == 1 else None)
                or (table.title_unit if fits else None),
                (first, labels["variable"]) if variable else head,
                bool(named),
                tuple(distinct),
                np.array([distinct[t] for t in places], dtype=np.int64),
                np.concatenate([p[1] for p in pieces]),
                [cell for p in pieces for cell in p[2]],
                np.concatenate([p[3] for p in pieces]),
                np.repeat([c.index for c in chosen], len(picked)),
                flags,
                labels.get("place"),
                table.header[-1] if any(c.place for c in chosen) else None,
            )


def _groups(
    table: Table,
) -> Iterator[tuple[tuple[str, ...], str | None, tuple[int, int], list[Column]]]:
    """Columns by what they measure: one each, or many where only year or place differ."""
    groups: dict[tuple[tuple[str, ...], str | None, int], list[Column]] = {}
    for column in table.columns:
        several = column.year is not None or column.place is not None
        groups.setdefault((column.names, column.unit, -1 if several else column.index), []).append(
            column
        )
    for (names, unit, _), columns in groups.items():
        head = columns[0].head if names or not table.title_cell else table.title_cell
        yield names, unit, head, columns


def _by_variable(
    names: list[str] | None, units: list[str] | None, n: int
) -> Iterator[tuple[str | None, Ints]]:
    """Rows by the indicator that labels them, those in another unit apart;
    rows without a label are told elsewhere."""
    if names is None:
        if units is None or len(set(filter(None, units))) < 2:
            yield None, np.arange(n)
            return
        names = [""] * n
    groups: dict[tuple[str, str], list[int]] = {}
    for i, name in enumerate(names):
        groups.setdefault((name, units[i] if units else ""), []).append(i)
    for (name, _), picked in groups.items():
        if name or len(set(names)) == 1:
            yield name or None, np.array(picked, dtype=np.int64)


def _piece(
    table: Table,
    column: Column,
    picked: Ints,
    rows: list[int],
    row_numbers: Ints,
    grid: dict[int, list[Any]],
    label: dict[str, list[str]],
    years: Ints | None,
) -> tuple[list[str], Ints, list[Any], Ints, list[str]]:
    """Places, years, cells, rows and flags of one column."""
    c = column.index
    if column.place is not None:
        places = [column.place] * len(picked)
    elif "place" in label:
        places = [label["place"][i] for i in picked]
    else:
        places = [table.title_place or ""] * len(picked)
    year = (
        np.full(len(picked), column.year or table.title_year or 0)
        if column.year or years is None
        else years[picked]
    )
    return (
        places,
        year,
        [grid[rows[i]][c] for i in picked],
        row_numbers[picked],
        [label["flag"][i] for i in picked] if "flag" in label else [],
    )


def _years(
    table: Table, rows: list[int], grid: dict[int, list[Any]], unread: list[Unread]
) -> Ints | None:
    """The year of each row, 0 where its cell names none; None without a column of years."""
    c = table.labels.get("year")
    if c is None:
        return None
    found = []
    for r in rows:
        year = parse_year(grid[r][c])
        if year is None:
            unread.append(
                Unread(
                    "year",
                    table.sheet.file,
                    table.sheet.name,
                    table.sheet.address(r, c),
                    fold(grid[r][c]),
                )
            )
        found.append(year or 0)
    return np.array(found, dtype=np.int64)


def _is_note(row: list[Any], table: Table) -> bool:
    """A footer, or a row without any value and label; a row that holds numbers is no footer."""
    first = next((fold(cell) for cell in row if fold(cell)), "")
    numbers = any(c.index < len(row) and is_number(row[c.index]) for c in table.columns)
    return (
        not first
        or (bool(NOTE.match(first)) and not numbers)
        or not (
            _holds(table, row)
            or any(
                c < len(row) and fold(row[c])
                for r, c in table.labels.items()
                if r in ("place", "year")
            )
        )
    )


def _holds(table: Table, row: list[Any]) -> bool:
    return any(c.index < len(row) and fold(row[c.index]) for c in table.columns)
