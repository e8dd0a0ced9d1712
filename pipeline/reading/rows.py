"""What one row of a sheet looks like: a header of years or places, names, data, a title, a note."""

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

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
    r"^(数据来源|资料来源|来源\s*[:：]|注\s*[:：.\d]|注释|备注\s*[:：]|说明\s*[:：]|本表"
    r"|source\s*:|notes?\s*:)",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"^[(（\[]?\s*(?:计量)?(?:单位|unit)\s*[::]\s*(?P<unit>[^)）\]]+?)\s*[)）\]]?$", re.IGNORECASE
)
_BARE_UNIT = re.compile(r"^[(（\[]?\s*(?P<unit>[^()（）\[\]]+?)\s*[)）\]]?$")


Kind = Literal["year", "number", "text", "missing"]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and its columns by what they hold.

    A year is no number here, a missing mark is in `filled` alone.
    """

    cells: list[object]
    filled: list[int]
    texts: list[int]
    numbers: list[int]
    years: list[int]
    places: list[int]

    def text(self, column: int) -> str:
        """The folded text of a cell."""
        return fold(self.cells[column])

    @property
    def first(self) -> str:
        """The folded text of the first filled cell."""
        return self.text(self.filled[0])

    @property
    def unit(self) -> str | None:
        """The unit that the first filled cell holds alone, or None."""
        return unit_in(self.cells[self.filled[0]])


def look(cells: list[object]) -> Row:
    """Classify the cells of one row."""
    columns: dict[Kind, list[int]] = {"year": [], "number": [], "text": [], "missing": []}
    filled = [c for c, cell in enumerate(cells) if not _is_empty(cell)]
    for c in filled:
        columns[_kind(cells[c])].append(c)
    places = [c for c in columns["text"] if is_unit_place(fold(cells[c]))]
    return Row(cells, filled, columns["text"], columns["number"], columns["year"], places)


def _is_empty(cell: object) -> bool:
    if isinstance(cell, str):
        return not fold(cell)
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _kind(cell: object) -> Kind:
    if parse_year(cell) is not None:
        return "year"
    if not isinstance(cell, str) or is_number(cell):
        return "number"
    return "missing" if fold(cell).lower() in MISSING else "text"


def is_unit_place(text: str) -> bool:
    """A province, prefecture or county, or the nation by its name;
    a total (合计) may as well be an indicator's."""
    place = find_place(text)
    return place is not None and (
        place.kind in ("province", "prefecture", "county") or text.startswith(("全国", "China"))
    )


def is_number(cell: object) -> bool:
    """Whether a cell holds a number, with its unit or without."""
    if isinstance(cell, int | float):
        return not isinstance(cell, bool) and cell == cell
    try:
        return parse_number(cell) is not None
    except CellError:
        return parse_quantity(cell) is not None


def unit_in(cell: object) -> str | None:
    """The unit that a cell holds alone (`(亿元)`, `单位：万人`), or None."""
    text = fold(cell)
    if match := UNIT.match(text):
        return match["unit"]
    match = _BARE_UNIT.match(text)
    return match["unit"] if match and find_unit(match["unit"]) is not None else None


def is_year_header(row: Row) -> bool:
    """Two or more years in order that fill most of the row, or one year beside a text;
    never a row of numbers."""
    if row.places:
        return False
    if len(row.years) == 1:
        return _is_year_beside_texts(row)
    if len(row.years) < 2 or 2 * len(row.years) <= len(row.filled) or _is_dated_data(row):
        return False
    years = [parse_year(row.cells[c]) for c in row.years]
    steps = {(b or 0) - (a or 0) for a, b in pairwise(years)}
    return all(0 < s <= 30 for s in steps) or all(-30 <= s < 0 for s in steps)


def _is_year_beside_texts(row: Row) -> bool:
    """One year that ends a row of texts: a single heading, or headings that all name a role."""
    if not row.texts or len(row.texts) != len(row.filled) - 1 or row.texts[-1] > row.years[0]:
        return False
    return len(row.texts) == 1 or all(role_of(row.text(c)) for c in row.texts)


def _is_dated_data(row: Row) -> bool:
    """A row that a year leads: data whose other numbers happen to look like years."""
    led = row.filled[0] == row.years[0] and len(row.filled) > len(row.years)
    return led and (bool(row.numbers) or row.filled[0] == 0)


def is_years_only(row: Row) -> bool:
    """Nothing but years, in whatever order:
    the lower row of a stacked header (2014 2015 2014 2015)."""
    return len(row.years) >= 2 and len(row.years) == len(row.filled)


def is_place_header(row: Row) -> bool:
    """Two or more different places that fill half of the row, without numbers;
    or province codes in place of names."""
    codes = [row.text(c) for c in row.numbers]
    if len(codes) >= 2 and len(row.filled) <= len(codes) + 1 and len(set(codes)) == len(codes):
        return all(code.endswith("0000") and find_place(code) is not None for code in codes)
    return (
        len(row.places) >= 2
        and 2 * len(row.places) >= len(row.filled)
        and not row.numbers
        and len(row.years) <= 1
        and len({row.text(c) for c in row.places}) == len(row.places)
    )


def is_names(row: Row) -> bool:
    """Texts without numbers, not led by a place: part of a header."""
    return (
        len(row.texts) >= 2
        and not row.numbers
        and (not row.places or row.places[0] != row.filled[0])
        and len(row.years) <= len(row.texts)
    )


def is_numbering(row: Row) -> bool:
    """Column numbers under a yearbook's header: 甲 1 2 3."""
    values = [row.cells[c] for c in row.numbers]
    if len(values) < 2 or len(row.filled) > len(values) + 1 or row.years or row.places:
        return False
    try:
        return [parse_number(v) for v in values] == list(range(1, len(values) + 1))
    except CellError:
        return False
