"""The header of a table: which rows it has, and what each of its columns says in them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.reading.cells import fold, parse_year, split_heading
from pipeline.reading.roles import role_of
from pipeline.reading.rows import (
    NOTE,
    UNIT,
    Row,
    is_names,
    is_numbering,
    is_place_header,
    is_unit_place,
    is_year_header,
    is_years_only,
    look,
    unit_in,
)
from pipeline.reading.sheet import Sheet

SAMPLE = 60
_TITLE = re.compile(
    r"^(续?\s*表|table)\s*[\d一二三四五六七八九十]"
    r"|.*(?:19|20)\d{2}\s*年.*(各地区|各省|分地区|情况|统计)",
    re.IGNORECASE,
)
_NAMED_YEAR = re.compile(
    r"^(?P<before>.*?)[(（]?(?P<year>(?:19|20)\d{2})年(?!价|不变|=|基期)[)）]?(?P<after>.*)$"
)
_STEM_YEAR = re.compile(r"^(?P<stem>.*?[^\d])_?(?P<year>(?:19|20)\d{2})$")


@dataclass(frozen=True)
class Column:
    """A column of values: the year or place its header gives it, its names from the nearest up,
    its unit."""

    index: int
    year: int | None
    place: str | None
    names: tuple[str, ...]
    unit: str | None
    head: tuple[int, int]


@dataclass
class _Header:
    """What of a header was seen so far: its rows, those that give columns or names, whether years
    stand in it."""

    size: int = 0
    heads: int = 0
    dated: bool = False

    def takes(self, row: Row) -> bool:
        """Whether the header goes on with a row, which is then part of it."""
        if self._ends_above(row):
            return False
        if gives_columns(row, inside=self.size > 0) or is_names(row):
            self.heads += 1
            self.dated = self.dated or is_year_header(row)
        elif not self.size or not (is_numbering(row) or _is_unit(row)):
            return False
        self.size += 1
        return True

    def _ends_above(self, row: Row) -> bool:
        if not row.filled or (is_title(row) and not (self.size and row.unit)):
            return True
        # Years stand above already: a text beside numbers that look like years labels data.
        return self.dated and bool(row.years) and _is_labelled(row)


def _is_labelled(row: Row) -> bool:
    """A row whose first text is a label: no heading of a role, no unit."""
    return (
        bool(row.texts)
        and role_of(row.text(row.texts[0])) is None
        and not unit_in(row.cells[row.texts[0]])
    )


def _is_unit(row: Row) -> bool:
    """A row that holds a unit and nothing else."""
    return len(row.texts) == len(row.filled) == 1 and row.unit is not None


def is_title(row: Row) -> bool:
    """A text that stands alone, or beside the unit of the table."""
    filled = row.filled
    if not filled or len(row.texts) + len(row.years) != len(filled) or NOTE.match(row.first):
        return False
    if len(filled) == 1:
        return bool(row.texts) or isinstance(row.cells[filled[0]], str)
    texts = [row.text(c) for c in row.texts]
    return len(filled) <= 3 and any(UNIT.match(t) or _TITLE.match(t) for t in texts)


def gives_columns(row: Row, inside: bool) -> bool:
    """A row that gives columns their years or places;
    inside a header also years that repeat under their groups."""
    return is_year_header(row) or is_place_header(row) or (inside and is_years_only(row))


def header_at(sheet: Sheet, r: int, seen: Row, declared: bool) -> int:
    """How many rows of a header begin here; 0 where none does.

    Data must follow, titles and blank rows aside, within four rows, of any kind where the study
    declares its columns.
    """
    header = _Header()
    for row in chain([seen], map(look, sheet.rows[r + 1 : r + 8])):
        if not header.takes(row):
            break
    below = r + header.size
    if not header.heads or not _data_follow(sheet.rows[below : below + 4], declared):
        return 0
    return header.size


def _data_follow(rows: Sequence[list[object]], declared: bool) -> bool:
    for row in map(look, rows):
        if row.filled and not is_title(row):
            return bool(row.numbers or row.places or row.years or (declared and row.texts))
    return False


def stacks(sheet: Sheet, top: int, size: int) -> list[list[tuple[int, str]]]:
    """For each column the (row, text) of its header from the top down,
    merged cells repeated under their range."""
    width = max(len(row) for row in sheet.rows[top : top + size + SAMPLE])
    grid = [
        [fold(row[c]) if c < len(row) else "" for c in range(width)]
        for row in sheet.rows[top : top + size]
    ]
    merged = [m for m in sheet.merged if top <= m[0] and m[2] < top + size]
    for row, left, _, right in merged:
        for c in range(left, min(right + 1, width)):
            grid[row - top][c] = grid[row - top][left]
    if not merged:  # text files keep a merged heading in its first column only
        for upper in grid[:-1]:
            _spread(upper, grid[-1])
    return [_stack(column, top) for column in zip(*grid, strict=True)]


def _spread(row: list[str], leaf: list[str]) -> None:
    """Repeat the headings of an upper row over the filled columns of the lowest; the first one
    labels the rows and stays alone."""
    first = next((c for c, text in enumerate(row) if text), len(row))
    heading = ""
    for c in range(first + 1, len(row)):
        heading = row[c] or heading
        if leaf[c]:
            row[c] = heading


def _stack(column: Sequence[str], top: int) -> list[tuple[int, str]]:
    """The (row, text) of one column's header, repeated texts once."""
    stack: list[tuple[int, str]] = []
    for r, text in enumerate(column, top):
        if text and (not stack or stack[-1][1] != text):
            stack.append((r, text))
    return stack


def column_of_header(c: int, stack: list[tuple[int, str]], numbering: set[int]) -> Column:
    """Year, place, unit and names out of a column's header; of several years, places or units the
    lowest."""
    said: dict[str, str] = {}
    named: list[tuple[int, str]] = []
    for r, text in stack:
        if r in numbering:
            continue
        what = _says(text, alone=len(stack) == 1)
        if what == "name":
            named.append((r, text))
        said[what] = text
    names = [text for _, text in reversed(named)]
    unit = unit_in(said.get("unit", "")) or (split_heading(names[0])[1] if names else None)
    if len(names) > 1:
        names.append("·".join(reversed(names)))
    row = (named or stack or [(0, "")])[-1][0]
    year = parse_year(said.get("year", ""))
    return Column(c, year, said.get("place"), tuple(names), unit, (row, c))


def _says(text: str, alone: bool) -> str:
    """What a text of a header gives its column: year, place, unit (never the only text), name."""
    if parse_year(text) is not None:
        return "year"
    if is_unit_place(text):
        return "place"
    return "unit" if not alone and unit_in(text) else "name"


@dataclass(frozen=True)
class _Dated:
    """A name split into what is measured and its year; `paired`: two must share the stem."""

    stem: str
    year: int
    paired: bool


def stem_years(values: list[Column]) -> list[Column]:
    """Columns whose own names carry a year as columns of that year:
    `2014年GDP`, `GDP（2014年）` alone, `gdp2010 gdp2011` in pairs."""
    found = [_dated(v) for v in values]
    pairs = Counter(d.stem for d in found if d and d.paired)
    return [
        replace(v, year=d.year, names=(d.stem, *v.names[1:]))
        if d and (not d.paired or pairs[d.stem] >= 2)
        else v
        for v, d in zip(values, found, strict=True)
    ]


def _dated(column: Column) -> _Dated | None:
    name = split_heading(column.names[0])[0] if column.names else ""
    if match := _NAMED_YEAR.match(name):
        stem = f"{match['before'] or ''}{match['after'] or ''}".strip(" ()（）_")
        return _Dated(stem, int(match["year"]), paired=False) if stem else None
    if match := _STEM_YEAR.match(name):
        return _Dated(match["stem"].rstrip("_ "), int(match["year"]), paired=True)
    return None
