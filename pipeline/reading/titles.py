"""What the titles above a table say: its unit, place, year, what it measures."""

import re
from dataclasses import dataclass

from pipeline.panel.places import find_place
from pipeline.reading.cells import parse_year
from pipeline.reading.rows import UNIT, unit_in
from pipeline.reading.table import Table

_TITLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_PLACE_TITLE = re.compile(r"^(?:地区|省份|省|region|province|area)\s*[::]\s*(.+)$", re.IGNORECASE)
# Years that are not the data's: of a yearbook, of prices, of an index base, the ends of a span.
_NO_YEAR = re.compile(
    r"年鉴\s*[(（-]?\s*(?:19|20)\d{2}"
    r"|(?:19|20)\d{2}\s*年?\s*[^\d]{0,8}年鉴"
    r"|(?:19|20)\d{2}\s*年?\s*(?:不变)?价"
    r"|(?:19|20)\d{2}\s*年?\s*[=＝]\s*100"
    r"|(?:19|20)\d{2}\s*年?\s*(?:为)?基期"
    r"|(?:19|20)\d{2}\s*年?\s*[-—–至到~]+\s*(?:19|20)?\d{2}\s*年?"
)
_REMARK = re.compile(r"^[(（\[].*[)）\]]$|^续\s*表?$|^[(（]?续[)）]?\d*$")
_SKIPPED_TITLE = re.compile(r"^(数据库|时间|频率|database|time|period)\s*[::]", re.IGNORECASE)


@dataclass(frozen=True)
class Held:
    """A unit and a year that hold for the tables below too, up to one with a title of its own."""

    unit: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class _Said:
    """What one title gives: `what` is unit, place, year, name or nothing."""

    what: str
    text: str
    cell: tuple[int, int]


def read_titles(table: Table, titles: list[tuple[tuple[int, int], str]], held: Held) -> Held:
    """Give the table what its titles ((cell, text), the nearest first) and those above them say;
    what holds for the next table."""
    said = [_Said(*_says(text), cell) for cell, text in titles]
    names = [s for s in said if s.what == "name"]
    if names:
        held = Held()
        table.title_names, table.title_cell = (names[0].text,), names[0].cell
    table.title_place = next((s.text for s in said if s.what == "place"), None)
    table.title_unit = next((s.text for s in reversed(said) if s.what == "unit"), held.unit)
    table.title_year = _year_of(said, held.year)
    return Held(table.title_unit, table.title_year)


def _says(text: str) -> tuple[str, str]:
    """What a title gives, and the part of its text that says it."""
    if match := UNIT.match(text):
        return "unit", match["unit"]
    if _SKIPPED_TITLE.match(text):
        return "", text
    for place in (*_PLACE_TITLE.findall(text), text):
        if find_place(place):
            return "place", place
    return ("year" if parse_year(text) is not None else "name" if _names(text) else ""), text


def _names(text: str) -> bool:
    """A unit, an unknown place, a remark in brackets, a continuation name nothing measured."""
    return not (_PLACE_TITLE.match(text) or unit_in(text) is not None or _REMARK.match(text))


def _year_of(said: list[_Said], held: int | None) -> int | None:
    """The year of the topmost title that is one; else the one held, or that a name speaks of."""
    year = held
    for s in said:
        if s.what == "year":
            year = parse_year(s.text)
        elif s.what == "name" and year is None:
            year = year_in(s.text)
    return year


def year_in(text: str) -> int | None:
    """The one year that a title or a name speaks of;
    not a yearbook's, a price base's, or those of a span."""
    years = {int(y) for y in _TITLE_YEAR.findall(_NO_YEAR.sub(" ", text))}
    return years.pop() if len(years) == 1 else None
