"""What one cell says: a number, a year, a heading with its unit."""

import math
import re
import unicodedata
from typing import Any

MISSING = frozenset({"", "-", "--", "—", "——", "…", "……", "...", ".", "na", "n/a", "nan", "null", "none", "/"})
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d+)?")
_YEAR = re.compile(r"((?:19|20)\d{2})(\.0+)?\s*年?(度)?")
_HEADING = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<unit>[^()\[\]]*)[)\]]\s*$")


class CellError(ValueError):
    """A cell that holds neither a number nor a missing mark; the text says what it holds."""


def fold(text: Any) -> str:
    """Text with width folded (（１） becomes (1)), trimmed, inner white space single."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", str(text))).strip() if text is not None else ""


def parse_number(cell: Any, percent: bool = False) -> float | None:
    """The number in a cell, None where it is missing.

    Thousands commas and full-width digits are read; a percent sign only where the unit is declared as %.
    Raises CellError for anything else, spreadsheet errors such as #REF! included.
    """
    if isinstance(cell, bool):
        raise CellError(f"the truth value {cell}")
    if isinstance(cell, int | float):
        return None if math.isnan(cell) else float(cell)
    text = fold(cell)
    if text.lower() in MISSING:
        return None
    if text.startswith("#"):
        raise CellError(f"the spreadsheet error {text}")
    if percent:
        text = text.removesuffix("%").strip()
    if text and _NUMBER.fullmatch(text) and any(c.isdigit() for c in text):
        value = float(text.replace(",", ""))
        if math.isfinite(value):
            return value
    raise CellError(f"the text `{text}`")


def parse_year(cell: Any) -> int | None:
    """The year a heading or key names (2011, 2011.0, 2011年, 2011年度, a date), or None."""
    if hasattr(cell, "year"):
        return int(cell.year)
    match = _YEAR.fullmatch(fold(cell))
    return int(match[1]) if match else None


def split_heading(cell: Any) -> tuple[str, str | None]:
    """A heading's name and the unit in its last brackets: `指标：地区生产总值(亿元)` is (地区生产总值, 亿元)."""
    text = re.sub(r"^(指标|indicator)\s*[::]\s*", "", fold(cell), flags=re.IGNORECASE)
    match = _HEADING.match(text)
    return (match["name"].strip(), match["unit"].strip()) if match else (text, None)
