"""What one cell says: a number, a year, a heading with its unit."""

import math
import re
from functools import lru_cache

from pipeline.panel.spelling import folded
from pipeline.panel.units import find_unit

_NOTHING = "- -- — —— – … …… ... .. . * / na n/a nan null none 无 不详 缺 缺失 未统计 暂缺 (空)"
MISSING = frozenset({"", *_NOTHING.split()})
# Footnote marks after a number or a name: no digits, though Unicode folds ① and ² to 1 and 2.
_MARKS = "".join(map(chr, range(0x2460, 0x2488))) + "¹²³⁰⁴⁵⁶⁷⁸⁹*†‡"
_NUMBER = re.compile(
    r"[+-]?(?=\.?\d)(\d{1,3}(,\d{3})+|\d{1,3}( \d{3})+|\d+)?(\.\d+)?([eE][+-]?\d+)?"
)
_YEAR = re.compile(
    r"((?:19|20)\d{2})(\.0+)?\s*年?(度|末|底)?"
    r"|((?:19|20)\d{2})[-/.]12[-/.]31(\s+00:00:00)?"
    r"|((?:19|20)\d{2})-\d\d-\d\d 00:00:00"
)
_HEADING = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<unit>[^()\[\]]*)[)\]]\s*$")
_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?P<unit>[^\d\s.,+-].*)"
)


class CellError(ValueError):
    """A cell that holds neither a number nor a missing mark; `holds`: what it holds, in words."""

    def __init__(self, holds: str) -> None:
        super().__init__(holds)
        self.holds = holds


def fold(cell: object) -> str:
    """A cell's text with width folded (（１） becomes (1)), trimmed, inner white space single;
    2013.0 is 2013."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return _fold(str(cell))


@lru_cache(maxsize=65_536)
def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", folded(text)).strip()


def unmarked(cell: object) -> object:
    """A cell without the footnote marks at its end (1234.5①, 北京②)."""
    if isinstance(cell, str) and len(cell.strip()) > 1:
        return cell.rstrip().rstrip(_MARKS)
    return cell


def parse_number(cell: object, percent: bool = False) -> float | None:
    """The number in a cell, None where it is missing.

    Thousands commas and full-width digits are read; a percent sign only where the unit is declared
    as %.
    Raises CellError for anything else, spreadsheet errors such as #REF! included.
    """
    if isinstance(cell, bool):
        raise CellError(f"the truth value {cell}")
    if isinstance(cell, int | float):
        return None if math.isnan(cell) else float(cell)
    text = fold(unmarked(cell)).replace("\u2212", "-")
    if text.lower() in MISSING:
        return None
    if text.startswith("#"):
        raise CellError(f"the spreadsheet error {text}")
    return _written(text.removesuffix("%").strip() if percent else text)


def _written(text: str) -> float:
    if _NUMBER.fullmatch(text):
        value = float(text.replace(",", "").replace(" ", ""))
        if math.isfinite(value):
            return value
    raise CellError(f"the text `{text}`")


def parse_quantity(cell: object) -> tuple[float, str] | None:
    """The number and the unit that a cell holds together (`1,234.5亿元`, `12.5%`), or None."""
    if not isinstance(cell, str):
        return None
    match = _QUANTITY.fullmatch(fold(cell))
    if match is None or find_unit(match["unit"]) is None:
        return None
    return float(match["number"].replace(",", "")), match["unit"]


def parse_year(cell: object) -> int | None:
    """The year a heading or key names (2011, 2011.0, 2011年, 2011年度, a date), or None."""
    if isinstance(cell, str):
        return _year(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return int(cell) if 1900 <= cell < 2100 and cell == int(cell) else None
    return int(cell.year) if hasattr(cell, "year") else None


@lru_cache(maxsize=65_536)
def _year(text: str) -> int | None:
    match = _YEAR.fullmatch(fold(unmarked(text)))
    return int(next(g for g in (match[1], match[4], match[6]) if g)) if match else None


def split_heading(cell: object) -> tuple[str, str | None]:
    """A heading's name and the unit in its last brackets:
    `指标：地区生产总值(亿元)` is (地区生产总值, 亿元).

    What else stands in the brackets goes with the name: `Subscribers (year-end, 10,000 households)`
    has the unit 10,000 households. Without brackets a known unit after a comma or a colon counts
    (`GDP, 100 million yuan`).
    """
    text = re.sub(r"^(指标|indicator)\s*[::]\s*", "", fold(cell), flags=re.IGNORECASE)
    match = _HEADING.match(text)
    inside = match["unit"].strip() if match else text
    if match and find_unit(inside) is None:
        for mark in (", ", ",", "，", ":", "、"):
            before, found, after = inside.partition(mark)
            if found and find_unit(after.strip()) is not None:
                return f"{match['name'].strip()} ({before.strip()})", after.strip()
    if match:
        return match["name"].strip(), inside
    before, found, after = text.rpartition(", ")
    return (
        (before.strip(), after.strip()) if found and find_unit(after) is not None else (text, None)
    )
