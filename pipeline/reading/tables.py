"""Where the tables of a sheet are, recognised by content: their headers, label columns and rows.

A panel's cell has a place, a year and an indicator. In a file each of the three stands in the
header above the cell, in a label column beside it, in a title above the table, or in the name of
the sheet. This covers exports with years across, yearbook sheets with stacked headers, blocks per
province, provinces across, long tables, and their mixtures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from pipeline.panel.places import find_place
from pipeline.reading.cells import fold, parse_year, unmarked
from pipeline.reading.headers import (
    SAMPLE,
    Column,
    column_of_header,
    gives_columns,
    header_at,
    is_title,
    stacks,
    stem_years,
)
from pipeline.reading.labels import Candidate, Hints, holds_values, label_columns, share, years_down
from pipeline.reading.roles import role_of
from pipeline.reading.rows import (
    NOTE,
    UNIT,
    is_number,
    is_numbering,
    is_place_header,
    look,
    unit_in,
)
from pipeline.reading.sheet import Sheet

_TITLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_PLACE_TITLE = re.compile(r"^(?:地区|省份|省|region|province|area)\s*[::]\s*(.+)$", re.IGNORECASE)
# Years that are not the data's: of a yearbook, of prices, of an index base, the ends of a span.
_NO_YEAR = re.compile(
    r"年鉴\s*[(（-]?\s*(?:19|20)\d{2}|(?:19|20)\d{2}\s*年?\s*[^\d]{0,8}年鉴|(?:19|20)\d{2}\s*年?\s*(?:不变)?价|(?:19|20)\d{2}\s*年?\s*[=＝]\s*100"
    r"|(?:19|20)\d{2}\s*年?\s*(?:为)?基期|(?:19|20)\d{2}\s*年?\s*[-—–至到~]+\s*(?:19|20)?\d{2}\s*年?"
)
_REMARK = re.compile(r"^[(（\[].*[)）\]]$|^续\s*表?$|^[(（]?续[)）]?\d*$")
_SKIPPED_TITLE = re.compile(r"^(数据库|时间|频率|database|time|period)\s*[::]", re.IGNORECASE)


@dataclass
class Table:
    """One table of a sheet.

    `labels`: role -> column; `title_*`: what its titles give for the whole table; `headless`:
    columns of numbers without a heading, which are told and not taken.
    """

    sheet: Sheet
    header: list[int]
    labels: dict[str, int] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    title_names: tuple[str, ...] = ()
    title_place: str | None = None
    title_year: int | None = None
    title_unit: str | None = None
    title_cell: tuple[int, int] | None = None
    headless: list[int] = field(default_factory=list)

    def taken(self) -> set[int]:
        """The columns that the table reads."""
        return {*self.labels.values(), *(c.index for c in self.columns)}

    def has(self, axis: str) -> bool:
        """Whether the table itself says the axis `place`, `year` or `variable`, by header,
        label column or title."""
        if axis in self.labels:
            return True
        if axis == "variable":
            return bool(self.title_names) or any(c.names for c in self.columns)
        return getattr(self, f"title_{axis}") is not None or any(
            getattr(c, axis) is not None for c in self.columns
        )


def find_tables(sheet: Sheet, hints: Hints = Hints()) -> list[Table]:
    """The tables of a sheet in the order in which they stand in it."""
    tables: list[Table] = []
    current: Table | None = None
    titles: list[tuple[int, int]] = []
    unit: str | None = None
    year: int | None = None
    known: dict[Any, bool] = {}
    r = 0
    while r < len(sheet.rows):
        row = sheet.rows[r]
        if current is not None and _goes_on(current, row, known):
            current.rows.append(r)
            titles = []
            r += 1
            continue
        seen = look(row)
        if not seen.filled:
            r += 1
            continue
        if sheet.header:
            size = sheet.header if r == 0 else 0
        else:
            size = (
                header_at(sheet, r, seen, hints != Hints())
                if _may_head(current, row) or titles
                else 0
            )
        if size:
            current = _open(sheet, r, size, hints)
            unit, year = _read_titles(current, titles, unit, year)
            tables += [t for t in _split(current) if t.columns]
            known, titles = {}, []
            r += size
            continue
        if is_title(row, seen):
            titles += [(r, c) for c in seen.filled]
        elif current is not None and (seen.numbers or not NOTE.match(fold(row[seen.filled[0]]))):
            current.rows.append(r)
            titles = []
        r += 1
    for table in tables:
        _fill_merged(table)
        table.headless = _headless(
            table, [c for other in tables if other.rows is table.rows for c in other.taken()]
        )
    return [t for t in tables if t.rows]


def _headless(table: Table, taken: list[int]) -> list[int]:
    """Columns of numbers in the table's rows that no heading names."""
    rows = [table.sheet.rows[r] for r in table.rows[:SAMPLE]]
    out = []
    for c in range(max((len(row) for row in rows), default=0)):
        if c not in taken and not any(
            c < len(table.sheet.rows[r]) and fold(table.sheet.rows[r][c]) for r in table.header
        ):
            cells = [row[c] for row in rows if c < len(row) and fold(row[c])]
            if len(cells) >= 0.5 * len(rows) and share(cells, is_number) >= 0.5:
                out.append(c)
    return out


def _goes_on(table: Table, row: list[Any], known: dict[Any, bool]) -> bool:
    """A quick look: the label columns hold a place, and a year where they held one,
    as in the rows before."""
    p, y = table.labels.get("place"), table.labels.get("year")
    if p is None or p >= len(row) or (y is not None and y >= len(row)):
        return False
    key = (row[p], None if y is None else row[y])
    if key not in known:
        text = fold(unmarked(row[p])) if isinstance(row[p], str) else fold(row[p])
        known[key] = (
            bool(text)
            and find_place(text) is not None
            and (y is None or parse_year(row[y]) is not None)
        )
    return known[key]


def _may_head(table: Table | None, row: list[Any]) -> bool:
    """Whether a row below a table may be the header of another:
    above its labels stands nothing, or a heading, no label."""
    if table is None or not table.labels:
        return True
    columns = [c for role, c in table.labels.items() if role in ("place", "variable", "year")]
    corners = [fold(row[c]) for c in columns[:1] if c < len(row)]
    headings = {
        fold(table.sheet.rows[r][c])
        for r in table.header
        for c in columns
        if c < len(table.sheet.rows[r])
    }
    return all(not t or t in headings or role_of(t) or unit_in(t) for t in corners)


def _open(sheet: Sheet, top: int, size: int, hints: Hints) -> Table:
    """The table whose header has `size` rows from `top`:
    roles of its columns, from names first, then from content."""
    sample = [
        row for row in sheet.rows[top + size : top + size + SAMPLE] if any(fold(c) for c in row)
    ]
    table = Table(sheet, list(range(top, top + size)))
    looks = {r: look(sheet.rows[r]) for r in table.header}
    numbering = {r for r, seen in looks.items() if is_numbering(sheet.rows[r], seen)}
    across = any(gives_columns(sheet.rows[r], seen, r > top) for r, seen in looks.items())
    places_across = any(is_place_header(sheet.rows[r], seen) for r, seen in looks.items())
    candidates = [
        Candidate(
            c,
            stack,
            [text for r, text in stack if r not in numbering],
            [row[c] for row in sample if c < len(row) and fold(row[c])],
        )
        for c, stack in enumerate(stacks(sheet, top, size))
    ]
    table.labels = label_columns(candidates, hints, across, numbering)
    values = [
        column_of_header(c.index, c.stack, numbering)
        for c in candidates
        if c.index not in table.labels.values()
        and (
            holds_values(c, across, numbering)
            or (places_across and c.levels and c.share(is_number) >= 0.5)
        )
    ]
    if "year" not in table.labels and not any(v.year for v in values):
        year = years_down(values, candidates)
        if year is not None:
            table.labels["year"] = year
            values = [v for v in values if v.index != year]
    if "variable" in table.labels and "value" not in table.labels and not across:
        numeric = [v for v in values if candidates[v.index].share(is_number) >= 0.5]
        if len(numeric) == 1:
            table.labels["value"] = numeric[0].index
    if "value" in table.labels and "variable" in table.labels:
        c = table.labels["value"]
        values = [Column(c, None, None, (), None, (top, c))]
    elif "value" in table.labels:
        c = table.labels.pop("value")
        values = sorted(
            [*values, column_of_header(c, candidates[c].stack, numbering)], key=lambda v: v.index
        )
    if sum(v.place is not None for v in values) >= 2 and "place" not in table.labels:
        # Where provinces stand across, what else stands among them is a place too: told, if it is
        # unknown.
        values = [
            v if v.place or not v.names else replace(v, place=v.names[0], names=()) for v in values
        ]
    table.columns = (
        values if "year" in table.labels or any(v.year for v in values) else stem_years(values)
    )
    return table


def year_in(text: str) -> int | None:
    """The one year that a title or a name speaks of;
    not a yearbook's, a price base's, or those of a span."""
    text = _NO_YEAR.sub(" ", text)
    years = {int(y) for y in _TITLE_YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def _read_titles(
    table: Table, titles: list[tuple[int, int]], unit: str | None, year: int | None
) -> tuple[str | None, int | None]:
    """What the titles above say, the nearest first.

    A unit or a year holds for the tables below too, up to one with a title of its own.
    """
    texts = [(r, c, fold(table.sheet.rows[r][c])) for r, c in reversed(titles)]
    named = [(r, c, t) for r, c, t in texts if _names_something(t)]
    if named:
        unit = year = None
    for r, c, text in texts:
        if match := UNIT.match(text):
            unit = match["unit"]
        elif _SKIPPED_TITLE.match(text):
            continue
        elif (match := _PLACE_TITLE.match(text)) and find_place(match[1]):
            table.title_place = table.title_place or match[1]
        elif find_place(text):
            table.title_place = table.title_place or text
        elif parse_year(text) is not None:
            year = parse_year(text)
        elif _names_something(text):
            year = year if year is not None else year_in(text)
            if not table.title_names:
                table.title_names, table.title_cell = (text,), (r, c)
    table.title_unit, table.title_year = unit, year
    return unit, year


def _names_something(text: str) -> bool:
    """A title that names what is measured: no unit, span, place or year alone,
    no remark in brackets, no continuation."""
    bare = (
        UNIT.match(text)
        or _SKIPPED_TITLE.match(text)
        or parse_year(text) is not None
        or find_place(text)
        or _PLACE_TITLE.match(text)
    )
    return not bare and unit_in(text) is None and not _REMARK.match(text)


def _split(table: Table) -> Iterator[Table]:
    """Tables that stand side by side, each with a place column of its own, one by one;
    they share their rows."""
    starts = sorted(
        c for role, c in table.labels.items() if role == "place" or role.startswith("place ")
    )
    extra = [role for role in table.labels if role.startswith("place ")]
    between = all(
        any(a < v.index < b for v in table.columns) for a, b in pairwise([*starts, 10**9])
    )
    if len(starts) < 2 or not between:
        for role in extra:
            del table.labels[role]
        yield table
        return
    shared = {r: c for r, c in table.labels.items() if not r.startswith("place") and c < starts[0]}
    for a, b in zip(starts, [*starts[1:], 10**9], strict=True):
        labels = (
            shared
            | {r: c for r, c in table.labels.items() if not r.startswith("place") and a < c < b}
            | {"place": a}
        )
        part = Table(
            table.sheet,
            table.header,
            labels,
            [v for v in table.columns if a < v.index < b],
            table.rows,
            table.title_names,
            table.title_place,
            table.title_year,
            table.title_unit,
            table.title_cell,
        )
        yield part


def _fill_merged(table: Table) -> None:
    """Repeat a merged label in the rows of its range: the file itself says that they are one."""
    rows = table.sheet.rows
    for top, left, bottom, right in table.sheet.merged:
        if left == right and left in table.labels.values() and bottom > top:
            for r in range(top + 1, bottom + 1):
                if r < len(rows) and left < len(rows[r]) and not fold(rows[r][left]):
                    rows[r][left] = rows[top][left]
