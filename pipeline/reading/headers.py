"""The header of a table: which rows it has, and what each of its columns says in them."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from pipeline.panel.places import find_place
from pipeline.reading.cells import fold, parse_year, split_heading
from pipeline.reading.rows import (
    NOTE,
    UNIT,
    Row,
    is_names,
    is_numbering,
    is_place_header,
    is_year_header,
    look,
    unit_in,
)
from pipeline.reading.sheet import Sheet

SAMPLE = 60
_STEM_YEAR = re.compile(r"^(?P<stem>.*?[^\d])_?(?P<year>(?:19|20)\d{2})$")


@dataclass(frozen=True)
class Column:
    """A column of values: the year or place its header gives it, its names from the nearest up, its unit."""

    index: int
    year: int | None
    place: str | None
    names: tuple[str, ...]
    unit: str | None
    head: tuple[int, int]


def is_title(row: list[Any], seen: Row) -> bool:
    """A text that stands alone, or beside the unit of the table."""
    if len(seen.texts) != len(seen.filled) or NOTE.match(fold(row[seen.filled[0]])):
        return False
    return len(seen.filled) == 1 or (len(seen.filled) <= 3 and any(UNIT.match(fold(row[c])) for c in seen.filled))


def header_at(sheet: Sheet, r: int, seen: Row, declared: bool) -> int:
    """How many rows of a header begin here; 0 where none does. Data must follow within two rows, of any kind where the study
    declares its columns."""
    at, size, heads = r, 0, 0
    while at < len(sheet.rows) and size < 8:
        look_here = seen if at == r else look(sheet.rows[at])
        row = sheet.rows[at]
        if is_title(row, look_here) and not (size and unit_in(row[look_here.filled[0]])):
            break
        if is_year_header(row, look_here) or is_place_header(row, look_here) or is_names(look_here):
            heads += 1
        elif not (size and (is_numbering(row, look_here) or (
                len(look_here.texts) == len(look_here.filled) == 1 and unit_in(row[look_here.filled[0]])))):  # fmt: skip
            break
        size += 1
        at += 1
    if not heads:
        return 0
    for row in sheet.rows[at : at + 2]:
        below = look(row)
        if below.filled:
            led = below.places or below.years or below.texts or below.numbers
            return size if led and (below.numbers or below.places or below.years or declared) else 0
    return 0


def stacks(sheet: Sheet, top: int, size: int) -> list[list[tuple[int, str]]]:
    """For each column the (row, text) of its header from the top down, merged cells repeated under their range."""
    width = max(len(row) for row in sheet.rows[top : top + size + SAMPLE])
    grid = [[fold(row[c]) if c < len(row) else "" for c in range(width)] for row in sheet.rows[top : top + size]]
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
        elif find_place(text) is not None:
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
    """Columns whose names end in a year (gdp2010, gdp2011) as columns of that year."""
    matches = {v.index: m for v in values if v.names and (m := _STEM_YEAR.match(v.names[0]))}
    stems = Counter(m["stem"] for m in matches.values())
    return [
        Column(v.index, int(m["year"]), v.place, (m["stem"].rstrip("_ "), *v.names[1:]), v.unit, v.head)
        if (m := matches.get(v.index)) and stems[m["stem"]] >= 2 else v
        for v in values
    ]  # fmt: skip
