"""The header of a table: which rows it has, and what each of its columns says in them."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

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
    r"^(续?\s*表|table)\s*[\d一二三四五六七八九十]|.*(?:19|20)\d{2}\s*年.*(各地区|各省|分地区|情况|统计)",
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


def is_title(row: list[Any], seen: Row) -> bool:
    """A text that stands alone, or beside the unit of the table."""
    if (
        not seen.filled
        or len(seen.texts) + len(seen.years) != len(seen.filled)
        or NOTE.match(fold(row[seen.filled[0]]))
    ):
        return False
    if len(seen.filled) == 1:
        return bool(seen.texts) or isinstance(row[seen.filled[0]], str)
    texts = [fold(row[c]) for c in seen.texts]
    return len(seen.filled) <= 3 and any(UNIT.match(t) or _TITLE.match(t) for t in texts)


def gives_columns(row: list[Any], seen: Row, inside: bool) -> bool:
    """A row that gives columns their years or places;
    inside a header also years that repeat under their groups."""
    return (
        is_year_header(row, seen) or is_place_header(row, seen) or (inside and is_years_only(seen))
    )


def header_at(sheet: Sheet, r: int, seen: Row, declared: bool) -> int:
    """How many rows of a header begin here; 0 where none does.

    Data must follow, titles and blank rows aside, within four rows, of any kind where the study
    declares its columns.
    """
    at, size, heads, gave = r, 0, 0, False
    while at < len(sheet.rows) and size < 8:
        look_here = seen if at == r else look(sheet.rows[at])
        row = sheet.rows[at]
        if not look_here.filled or (
            is_title(row, look_here) and not (size and unit_in(row[look_here.filled[0]]))
        ):
            break
        if (
            gave
            and look_here.years
            and look_here.texts
            and role_of(fold(row[look_here.texts[0]])) is None
            and not unit_in(row[look_here.texts[0]])
        ):
            break  # years stand above already: a text beside numbers that look like years labels data
        if gives_columns(row, look_here, bool(size)) or is_names(look_here):
            heads += 1
            gave = gave or is_year_header(row, look_here)
        elif not (
            size
            and (
                is_numbering(row, look_here)
                or (
                    len(look_here.texts) == len(look_here.filled) == 1
                    and unit_in(row[look_here.filled[0]])
                )
            )
        ):
            break
        size += 1
        at += 1
    if not heads:
        return 0
    for row in sheet.rows[at : at + 4]:
        below = look(row)
        if below.filled and not is_title(row, below):
            led = below.places or below.years or below.texts or below.numbers
            return size if led and (below.numbers or below.places or below.years or declared) else 0
    return 0


def stacks(sheet: Sheet, top: int, size: int) -> list[list[tuple[int, str]]]:
    """For each column the (row, text) of its header from the top down,
    merged cells repeated under their range."""
    width = max(len(row) for row in sheet.rows[top : top + size + SAMPLE])
    grid = [
        [fold(row[c]) if c < len(row) else "" for c in range(width)]
        for row in sheet.rows[top : top + size]
    ]
    inside = [m for m in sheet.merged if top <= m[0] and m[2] < top + size]
    for t, left, bottom, right in inside:
        for r in range(t, bottom + 1):
            for c in range(left, min(right + 1, width)):
                if r == t or c != left:
                    grid[r - top][c] = grid[t - top][left] if r == t else grid[r - top][c]
    if not inside:  # text files keep a merged heading in its first column only
        leaf = grid[-1]
        for row in grid[:-1]:
            last, spread = "", False
            for c in range(width):
                if row[c]:
                    last, spread = row[c], c > 0 and any(row[:c])
                elif last and spread and leaf[c]:
                    row[c] = last
    stacks = []
    for c in range(width):
        stack: list[tuple[int, str]] = []
        for r, row in enumerate(grid):
            if row[c] and (not stack or stack[-1][1] != row[c]):
                stack.append((top + r, row[c]))
        stacks.append(stack)
    return stacks


def column_of_header(c: int, stack: list[tuple[int, str]], numbering: set[int]) -> Column:
    """Year, place, unit and names out of a column's header."""
    year: int | None = None
    place: str | None = None
    unit: str | None = None
    names: list[str] = []
    head = (stack[-1][0] if stack else 0, c)
    for r, text in stack:
        if r in numbering:
            continue
        if parse_year(text) is not None:
            year = parse_year(text)
        elif is_unit_place(text):
            place = text
        elif len(stack) > 1 and (alone := unit_in(text)):
            unit = alone
        else:
            names.append(text)
            head = (r, c)
    names.reverse()
    if unit is None and names:
        unit = split_heading(names[0])[1]
    if len(names) > 1:
        names.append("·".join(reversed(names)))
    return Column(c, year, place, tuple(names), unit, head)


def stem_years(values: list[Column]) -> list[Column]:
    """Columns whose own names carry a year as columns of that year:
    `2014年GDP`, `GDP（2014年）` alone, `gdp2010 gdp2011` in pairs."""
    found: dict[int, tuple[str, int]] = {}
    pairs = {}
    for v in values:
        name = split_heading(v.names[0])[0] if v.names else ""
        if match := _NAMED_YEAR.match(name):
            stem = f"{match['before'] or ''}{match['after'] or ''}".strip(" ()（）_")
            if stem:
                found[v.index] = (stem, int(match["year"]))
        elif match := _STEM_YEAR.match(name):
            pairs[v.index] = (match["stem"].rstrip("_ "), int(match["year"]))
    stems = Counter(stem for stem, _ in pairs.values())
    found |= {k: pair for k, pair in pairs.items() if stems[pair[0]] >= 2}
    return [
        Column(
            v.index, found[v.index][1], v.place, (found[v.index][0], *v.names[1:]), v.unit, v.head
        )
        if v.index in found
        else v
        for v in values
    ]
