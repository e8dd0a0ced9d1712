"""One table of a sheet: its header, what its columns are, what its titles say."""

from dataclasses import dataclass, field, replace

from pipeline.reading.cells import fold
from pipeline.reading.headers import (
    SAMPLE,
    Column,
    column_of_header,
    gives_columns,
    stacks,
    stem_years,
)
from pipeline.reading.labels import Candidate, Hints, holds_values, label_columns, years_down
from pipeline.reading.rows import is_number, is_numbering, is_place_header, look
from pipeline.reading.sheet import Sheet


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

    def holds(self, row: list[object]) -> bool:
        """Whether a row of the sheet has anything in the columns of values."""
        return any(c.index < len(row) and fold(row[c.index]) for c in self.columns)

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


def open_table(sheet: Sheet, top: int, size: int, hints: Hints) -> Table:
    """The table whose header has `size` rows from `top`: roles of its columns,
    from names first, then from content."""
    rows = {r: look(sheet.rows[r]) for r in range(top, top + size)}
    across = any(gives_columns(row, inside=r > top) for r, row in rows.items())
    places_across = any(is_place_header(row) for row in rows.values())
    candidates = _candidates(sheet, top, size, {r for r, row in rows.items() if is_numbering(row)})
    table = Table(sheet, list(rows), label_columns(candidates, hints, across))
    table.columns = [
        c.header
        for c in candidates
        if c.index not in table.labels.values()
        and (holds_values(c, across) or (places_across and _is_numeric(c) and c.levels))
    ]
    _label_years(table, candidates)
    if "variable" in table.labels and not across:
        _label_value(table, candidates)
    _one_value_column(table, candidates)
    if "place" not in table.labels:
        _name_places(table)
    if "year" not in table.labels and not any(v.year for v in table.columns):
        table.columns = stem_years(table.columns)
    return table


def _candidates(sheet: Sheet, top: int, size: int, numbering: set[int]) -> list[Candidate]:
    """Every column of the sheet as the table's header and first rows show it.

    numbering: rows of the header that only number the columns
    """
    below = sheet.rows[top + size : top + size + SAMPLE]
    sample = [row for row in below if any(fold(c) for c in row)]
    return [
        Candidate(
            c,
            column_of_header(c, stack, numbering),
            [text for r, text in stack if r not in numbering],
            [row[c] for row in sample if c < len(row) and fold(row[c])],
        )
        for c, stack in enumerate(stacks(sheet, top, size))
    ]


def _is_numeric(candidate: Candidate) -> bool:
    return candidate.share(is_number) >= 0.5


def _label_years(table: Table, candidates: list[Candidate]) -> None:
    """A column that runs over years without saying so labels the rows, where nothing else does."""
    if "year" in table.labels or any(v.year for v in table.columns):
        return
    year = years_down(table.columns, candidates)
    if year is not None:
        table.labels["year"] = year
        table.columns = [v for v in table.columns if v.index != year]


def _label_value(table: Table, candidates: list[Candidate]) -> None:
    """In a long table the one column of numbers holds the values, whatever it is called."""
    numeric = [v.index for v in table.columns if _is_numeric(candidates[v.index])]
    if len(numeric) == 1:
        table.labels.setdefault("value", numeric[0])


def _one_value_column(table: Table, candidates: list[Candidate]) -> None:
    """A column called value: all that a table with a column of indicators has; else one of many."""
    c = table.labels.get("value")
    if c is None:
        return
    if "variable" in table.labels:
        table.columns = [Column(c, None, None, (), None, (table.header[0], c))]
    else:
        del table.labels["value"]
        columns = [*table.columns, candidates[c].header]
        table.columns = sorted(columns, key=lambda v: v.index)


def _name_places(table: Table) -> None:
    """Where provinces stand across, what else stands among them is a place too:
    told, if it is unknown."""
    if sum(v.place is not None for v in table.columns) >= 2:
        table.columns = [
            v if v.place or not v.names else replace(v, place=v.names[0], names=())
            for v in table.columns
        ]
