"""Where the tables of a sheet are, recognised by content: their headers, label columns and rows.

A panel's cell has a place, a year and an indicator. In a file each of the three stands in the
header above the cell, in a label column beside it, in a title above the table, or in the name of
the sheet. This covers exports with years across, yearbook sheets with stacked headers, blocks per
province, provinces across, long tables, and their mixtures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.panel.places import find_place
from pipeline.reading.cells import fold, parse_year, unmarked
from pipeline.reading.headers import SAMPLE, header_at, is_title
from pipeline.reading.labels import Hints, share
from pipeline.reading.roles import role_of
from pipeline.reading.rows import NOTE, Row, is_number, look, unit_in
from pipeline.reading.sheet import Sheet
from pipeline.reading.table import Table, open_table
from pipeline.reading.titles import Held, read_titles


def find_tables(sheet: Sheet, hints: Hints = Hints()) -> list[Table]:
    """The tables of a sheet in the order in which they stand in it."""
    walk = _Walk(sheet, hints)
    r = 0
    while r < len(sheet.rows):
        r += walk.step(r)
    for table in walk.tables:
        _fill_merged(table)
        beside = [other for other in walk.tables if other.rows is table.rows]
        table.headless = _headless(table, {c for other in beside for c in other.taken()})
    return [t for t in walk.tables if t.rows]


@dataclass
class _Walk:
    """A walk down a sheet: the tables so far, the one whose rows it is in, titles since then.

    known: whether label cells that were seen before go on with the current table
    """

    sheet: Sheet
    hints: Hints
    tables: list[Table] = field(default_factory=list)
    current: Table | None = None
    titles: list[tuple[int, int]] = field(default_factory=list)
    held: Held = field(default_factory=Held)
    known: dict[tuple[object, object], bool] = field(default_factory=dict)

    def step(self, r: int) -> int:
        """Take the row `r`, or the header that begins there; how many rows that were."""
        cells = self.sheet.rows[r]
        if self.current is not None and self._goes_on(self.current, cells):
            self._add(self.current, r)
            return 1
        row = look(cells)
        size = self._header_size(r, row) if row.filled else 0
        if size:
            self._begin(r, size)
            return size
        if is_title(row):
            self.titles += [(r, c) for c in row.filled]
        elif self.current is not None and row.filled and (row.numbers or not NOTE.match(row.first)):
            self._add(self.current, r)
        return 1

    def _add(self, table: Table, r: int) -> None:
        table.rows.append(r)
        self.titles = []

    def _header_size(self, r: int, row: Row) -> int:
        if self.sheet.header:
            return self.sheet.header if r == 0 else 0
        if self.titles or _may_head(self.current, row.cells):
            return header_at(self.sheet, r, row, self.hints != Hints())
        return 0

    def _begin(self, r: int, size: int) -> None:
        table = open_table(self.sheet, r, size, self.hints)
        titles = [(cell, fold(self.sheet.rows[cell[0]][cell[1]])) for cell in self.titles]
        self.held = read_titles(table, titles[::-1], self.held)
        self.tables += [t for t in _split(table) if t.columns]
        self.current, self.known, self.titles = table, {}, []

    def _goes_on(self, table: Table, row: list[object]) -> bool:
        """A quick look: the label columns hold a place, and a year where they held one,
        as in the rows before."""
        p, y = table.labels.get("place"), table.labels.get("year")
        if p is None or p >= len(row) or (y is not None and y >= len(row)):
            return False
        key = (row[p], None if y is None else row[y])
        if key not in self.known:
            text = fold(unmarked(row[p]))
            dated = y is None or parse_year(row[y]) is not None
            self.known[key] = dated and bool(text) and find_place(text) is not None
        return self.known[key]


def _headless(table: Table, taken: set[int]) -> list[int]:
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


def _may_head(table: Table | None, row: list[object]) -> bool:
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


def _split(table: Table) -> Iterator[Table]:
    """Tables that stand side by side, each with a place column of its own, one by one;
    they share their rows."""
    starts = sorted(c for role, c in table.labels.items() if role.startswith("place"))
    spans = list(pairwise([*starts, 10**9]))
    if len(starts) < 2 or not all(any(a < v.index < b for v in table.columns) for a, b in spans):
        for role in [role for role in table.labels if role.startswith("place ")]:
            del table.labels[role]
        yield table
        return
    shared = {role: c for role, c in table.labels.items() if c < starts[0]}
    for a, b in spans:
        own = {role: c for role, c in table.labels.items() if a < c < b}
        columns = [v for v in table.columns if a < v.index < b]
        yield replace(table, labels=shared | own | {"place": a}, columns=columns)


def _fill_merged(table: Table) -> None:
    """Repeat a merged label in the rows of its range: the file itself says that they are one."""
    rows = table.sheet.rows
    for top, left, bottom, right in table.sheet.merged:
        if left == right and left in table.labels.values():
            for r in range(top + 1, bottom + 1):
                if r < len(rows) and left < len(rows[r]) and not fold(rows[r][left]):
                    rows[r][left] = rows[top][left]
