"""What one row of a sheet looks like: a header of years or places, names, data, a title, a note."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.panel.places import find_place
from pipeline.panel.units import find_unit
from pipeline.reading.cells import (
    MISSING,
    CellError,
    fold,
    parse_number,
    parse_quantity,
    parse_year,
)
from pipeline.reading.roles import role_of

NOTE = re.compile(
    r"^(数据来源|资料来源|来源\s*[:：]|注\s*[:：.\d]|注释|备注\s*[:：]|说明\s*[:：]|本表|source\s*:|notes?\s*:)",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"^[(（\[]?\s*(?:计量)?(?:单位|unit)\s*[::]\s*(?P<unit>[^)）\]]+?)\s*[)）\]]?$", re.IGNORECASE
)
_BARE_UNIT = re.compile(r"^[(（\[]?\s*(?P<unit>[^()（）\[\]]+?)\s*[)）\]]?$")


@dataclass(frozen=True, slots=True)
class Row:
    """Columns of a row by what their cells hold.

    A year is no number here, a missing mark neither.
    """

    filled: list[int]
    texts: list[int]
    numbers: list[int]
    years: list[int]
    places: list[int]


def look(row: list[Any]) -> Row:
    """Classify the cells of one row."""
    seen = Row([], [], [], [], [])
    for c, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        if isinstance(cell, str):
            text = fold(cell)
            if not text:
                continue
            seen.filled.append(c)
            if parse_year(cell) is not None:
                seen.years.append(c)
            elif is_number(cell):
                seen.numbers.append(c)
            elif text.lower() not in MISSING:
                seen.texts.append(c)
                if is_unit_place(text):
                    seen.places.append(c)
            continue
        if isinstance(cell, float) and cell != cell:
            continue
        seen.filled.append(c)
        (seen.years if parse_year(cell) is not None else seen.numbers).append(c)
    return seen


def is_unit_place(text: str) -> bool:
    """A province, prefecture or county, or the nation by its name;
    a total (合计) may as well be an indicator's."""
    place = find_place(text)
    return place is not None and (
        place.kind in ("province", "prefecture", "county") or text.startswith(("全国", "China"))
    )


def is_number(cell: Any) -> bool:
    """Whether a cell holds a number, with its unit or without."""
    if isinstance(cell, int | float):
        return not isinstance(cell, bool) and cell == cell
    try:
        return parse_number(cell) is not None
    except CellError:
        return parse_quantity(cell) is not None


def unit_in(cell: Any) -> str | None:
    """The unit that a cell holds alone (`(亿元)`, `单位：万人`), or None."""
    text = fold(cell)
    if match := UNIT.match(text):
        return match["unit"]
    match = _BARE_UNIT.match(text)
    return match["unit"] if match and find_unit(match["unit"]) is not None else None


def is_year_header(row: list[Any], seen: Row) -> bool:
    """Two or more years in order that fill most of the row, or one year beside a text;
    never a row of numbers."""
    if seen.places:
        return False
    values = [parse_year(row[c]) for c in seen.years]
    if len(values) == 1:
        left = len(seen.texts) == len(seen.filled) - 1 and all(
            c < seen.years[0] for c in seen.texts
        )
        return (
            left
            and bool(seen.texts)
            and (len(seen.texts) == 1 or all(role_of(fold(row[c])) for c in seen.texts))
        )
    if len(values) < 2 or 2 * len(values) <= len(seen.filled):
        return False
    if (
        seen.filled[0] == seen.years[0]
        and len(seen.filled) > len(values)
        and (seen.numbers or seen.filled[0] == 0)
    ):
        return False
    steps = {(b or 0) - (a or 0) for a, b in pairwise(values)}
    return all(0 < s <= 30 for s in steps) or all(-30 <= s < 0 for s in steps)


def is_years_only(seen: Row) -> bool:
    """Nothing but years, in whatever order: the lower row of a stacked header (2014 2015 2014
    2015)."""
    return len(seen.years) >= 2 and len(seen.years) == len(seen.filled)


def is_place_header(row: list[Any], seen: Row) -> bool:
    """Two or more different places that fill half of the row, without numbers;
    or province codes in place of names."""
    codes = [fold(row[c]) for c in seen.numbers]
    if len(codes) >= 2 and len(seen.filled) <= len(codes) + 1 and len(set(codes)) == len(codes):
        return all(code.endswith("0000") and find_place(code) is not None for code in codes)
    return (
        len(seen.places) >= 2
        and 2 * len(seen.places) >= len(seen.filled)
        and not seen.numbers
        and len(seen.years) <= 1
        and len({fold(row[c]) for c in seen.places}) == len(seen.places)
    )


def is_names(seen: Row) -> bool:
    """Texts without numbers, not led by a place: part of a header."""
    return (
        len(seen.texts) >= 2
        and not seen.numbers
        and (not seen.places or seen.places[0] != seen.filled[0])
        and len(seen.years) <= len(seen.texts)
    )


def is_numbering(row: list[Any], seen: Row) -> bool:
    """Column numbers under a yearbook's header: 甲 1 2 3."""
    values = [row[c] for c in seen.numbers]
    if len(values) < 2 or len(seen.filled) > len(values) + 1 or seen.years or seen.places:
        return False
    try:
        return [parse_number(v) for v in values] == list(range(1, len(values) + 1))
    except CellError:
        return False
