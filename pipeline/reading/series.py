"""The numbers of a file as series: one indicator of one table each, every cell with its place,
year and address."""

import re
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.panel.places import find_place
from pipeline.reading.body import Body, Ints, Unread, read_body, unread
from pipeline.reading.cells import fold, parse_year, split_heading
from pipeline.reading.headers import Column
from pipeline.reading.labels import Hints
from pipeline.reading.sheet import Sheet, letters
from pipeline.reading.table import Table
from pipeline.reading.tables import find_tables
from pipeline.reading.titles import year_in

_AXES = {"place": "province", "year": "year"}
# What a table's unit does not fit: growth, shares, ranks, indices among amounts under one title.
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
    cells: list[object]
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
            text = "no table with provinces and years was found"
            out.unread.append(Unread("axis", sheet.file, sheet.name, "", text))
        for table in tables:
            _complete(table, [sheet.name, sheet.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]])
            _take(out, table)
    return out


def _take(out: Contents, table: Table) -> None:
    """Add the series of a table, or say which axis it lacks."""
    lacking = [what for axis, what in _AXES.items() if not table.has(axis)]
    if lacking:
        text = " and ".join(f"no {what}" for what in lacking)
        out.unread.append(unread("axis", table, table.header[0], 0, text))
        return
    out.tables.append(table)
    out.unread += [
        unread("heading", table, table.header[-1], c, "a column of numbers without a heading")
        for c in table.headless
    ]
    body, problems = read_body(table)
    out.unread += problems
    for group in _groups(table):
        dated = [c for c in group.columns if _is_dated(c, table, body)]
        out.unread += [_undated(c, table) for c in group.columns if c not in dated]
        if dated:
            for indicator, picked in body.indicators():
                out.series.append(
                    _series(table, body, replace(group, columns=dated), indicator, picked)
                )


def _complete(table: Table, names: list[str]) -> None:
    """Axes that no title gives, from the names of sheet and file."""
    for name in names:
        if not table.has("place") and find_place(fold(name)):
            table.title_place = name
        if table.title_year is None and "year" not in table.labels:
            table.title_year = parse_year(name) or year_in(fold(name))


def _is_dated(column: Column, table: Table, body: Body) -> bool:
    """Whether header, rows or title give the column's cells their year."""
    return any(x is not None for x in (column.year, body.years, table.title_year))


def _undated(column: Column, table: Table) -> Unread:
    row = table.sheet.rows[column.head[0]]
    text = fold(row[column.index]) if column.index < len(row) else ""
    return unread("year", table, column.head[0], column.index, text)


@dataclass(frozen=True)
class _Group:
    """Columns that measure one thing: one column, or many where only year or place differ."""

    names: tuple[str, ...]
    unit: str | None
    head: tuple[int, int]
    columns: list[Column]


def _groups(table: Table) -> list[_Group]:
    groups: dict[tuple[tuple[str, ...], str | None, int], list[Column]] = {}
    for column in table.columns:
        several = column.year is not None or column.place is not None
        key = (column.names, column.unit, -1 if several else column.index)
        groups.setdefault(key, []).append(column)
    return [
        _Group(
            names, unit, columns[0].head if names else table.title_cell or columns[0].head, columns
        )
        for (names, unit, _), columns in groups.items()
    ]


def _series(table: Table, body: Body, group: _Group, indicator: str | None, picked: Ints) -> Series:
    """One series: the columns of a group, in the rows of one indicator."""
    own = tuple(n for n in (indicator, *group.names) if n)
    named = own or table.title_names
    places = [text for c in group.columns for text in _places(table, body, c, picked)]
    distinct = {text: i for i, text in enumerate(dict.fromkeys(places))}
    rows = body.rows[picked]
    columns = [c.index for c in group.columns]
    flags = body.labels.get("flag")
    return Series(
        file=table.sheet.file,
        sheet=table.sheet.name,
        names=named or (table.sheet.name,),
        unit=_unit(table, body, group, own, picked),
        head=(int(rows[0]), table.labels["variable"]) if indicator else group.head,
        titled=bool(named),
        places=tuple(distinct),
        place=np.array([distinct[text] for text in places], dtype=np.int64),
        year=np.concatenate([_years(table, body, c, picked) for c in group.columns]),
        cells=[body.cells[i][c] for c in columns for i in picked],
        row=np.tile(rows, len(columns)),
        column=np.repeat(columns, len(picked)),
        flags=[flags[i] for _ in columns for i in picked] if flags is not None else None,
        place_column=table.labels.get("place"),
        place_row=table.header[-1] if any(c.place for c in group.columns) else None,
    )


def _unit(
    table: Table, body: Body, group: _Group, own: tuple[str, ...], picked: Ints
) -> str | None:
    """The unit of a series as the nearest of heading, names, column of units and title gives it."""
    stated = group.unit or next(
        (u for n in own or table.title_names if (u := split_heading(n)[1])), None
    )
    texts = body.labels.get("unit")
    units = {texts[i] for i in picked} if texts is not None else set()
    fits = not any(_UNITLESS.search(n) for n in own)
    return (
        stated or (units.pop() if len(units) == 1 else None) or (table.title_unit if fits else None)
    )


def _places(table: Table, body: Body, column: Column, picked: Ints) -> list[str]:
    """The place text of each cell of a column: of its header, its row or the title."""
    labels = body.labels.get("place")
    if column.place is not None:
        return [column.place] * len(picked)
    if labels is not None:
        return [labels[i] for i in picked]
    return [table.title_place or ""] * len(picked)


def _years(table: Table, body: Body, column: Column, picked: Ints) -> Ints:
    """The year of each cell of a column: of its header, its row or the title."""
    if column.year or body.years is None:
        return np.full(len(picked), column.year or table.title_year or 0, dtype=np.int64)
    return body.years[picked]
