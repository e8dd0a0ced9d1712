"""The rows of a table below its header: what labels them, what they hold, what cannot be read."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.reading.cells import fold, parse_year, unmarked
from pipeline.reading.rows import NOTE, is_number
from pipeline.reading.table import Table

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Unread:
    """A label or a table that could not be read.

    kind: `year` (a text that is no year), `heading` (a column of numbers without one), `label`
    (numbers without their indicator), `axis` (a table without provinces or years)
    """

    kind: str
    file: str
    sheet: str
    cell: str
    text: str


def unread(kind: str, table: Table, row: int, column: int, text: str) -> Unread:
    """What could not be read at a cell of a table."""
    sheet = table.sheet
    return Unread(kind, sheet.file, sheet.name, sheet.address(row, column), text)


@dataclass(frozen=True)
class Body:
    """The rows of a table that hold data; `labels` and `years` run over them.

    rows:   their numbers in the sheet; cells: what they hold, as wide as the table
    labels: role -> text of the label column in each row
    years:  the year of each row, 0 where its cell names none; None without a column of years
    """

    rows: Ints
    cells: list[list[object]]
    labels: dict[str, list[str]]
    years: Ints | None

    def indicators(self) -> Iterator[tuple[str | None, Ints]]:
        """Rows by the indicator that labels them, those in another unit apart;
        rows without a label are told elsewhere."""
        names, units = self.labels.get("variable"), self.labels.get("unit")
        if names is None and len(set(filter(None, units or []))) < 2:
            yield None, np.arange(len(self.rows))
            return
        blank = [""] * len(self.rows)
        groups: dict[tuple[str, str], list[int]] = {}
        for i, key in enumerate(zip(names or blank, units or blank, strict=True)):
            groups.setdefault(key, []).append(i)
        unnamed = len({name for name, _ in groups}) == 1
        for (name, _), picked in groups.items():
            if name or unnamed:
                yield name or None, np.array(picked, dtype=np.int64)


def read_body(table: Table) -> tuple[Body, list[Unread]]:
    """The rows of a table without its footers and repeated labels, and what could not be read."""
    width = max(table.taken()) + 1
    rows = [r for r in table.rows if not _is_note(table.sheet.rows[r], table)]
    cells = [_padded(table.sheet.rows[r], width) for r in rows]
    labels = {
        role: [fold(unmarked(row[c])) for row in cells]
        for role, c in table.labels.items()
        if role != "year"
    }
    years, undated = _years(table, rows, cells)
    body = _with_places(table, Body(np.array(rows, dtype=np.int64), cells, labels, years))
    return body, [*undated, *_unlabelled(table, body)]


def _padded(row: list[object], width: int) -> list[object]:
    return [*row, *[None] * (width - len(row))]


def _years(
    table: Table, rows: list[int], cells: list[list[object]]
) -> tuple[Ints | None, list[Unread]]:
    c = table.labels.get("year")
    if c is None:
        return None, []
    years = [parse_year(row[c]) for row in cells]
    told = [
        unread("year", table, r, c, fold(row[c]))
        for r, row, year in zip(rows, cells, years, strict=True)
        if year is None
    ]
    return np.array([year or 0 for year in years], dtype=np.int64), told


def _with_places(table: Table, body: Body) -> Body:
    """The body without rows that have neither a place nor a value, where places label the rows."""
    places = body.labels.get("place")
    if places is None or all(places):
        return body
    keep = [i for i, text in enumerate(places) if text or table.holds(body.cells[i])]
    return Body(
        body.rows[keep],
        [body.cells[i] for i in keep],
        {role: [texts[i] for i in keep] for role, texts in body.labels.items()},
        None if body.years is None else body.years[keep],
    )


def _unlabelled(table: Table, body: Body) -> Iterator[Unread]:
    """Rows of numbers without their indicator, in a table where others have one."""
    names = body.labels.get("variable", [])
    blank = [i for i, text in enumerate(names) if not text and table.holds(body.cells[i])]
    if blank and any(names):
        text = f"{len(blank)} rows of numbers without their indicator"
        yield unread("label", table, int(body.rows[blank[0]]), table.labels["variable"], text)


def _is_note(row: list[object], table: Table) -> bool:
    """A footer, or a row without any value and label; a row that holds numbers is no footer."""
    first = next((fold(cell) for cell in row if fold(cell)), "")
    numbers = any(c.index < len(row) and is_number(row[c.index]) for c in table.columns)
    if not first or (NOTE.match(first) and not numbers):
        return True
    keys = [c for role, c in table.labels.items() if role in ("place", "year")]
    return not table.holds(row) and not any(c < len(row) and fold(row[c]) for c in keys)
