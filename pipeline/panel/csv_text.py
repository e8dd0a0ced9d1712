"""Tables as csv text in which no cell is a formula: spreadsheet programs run cells that begin with
= + - or @, also in full width, and some of them after characters that cannot be seen."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

_DANGEROUS = "=+-@"
# Blank letters and signs; other characters that cannot be seen are known by their category.
_BLANK = " '\u115f\u1160\u3164\uffa0\u2800"
# Nothing is given back once taken: no text is gone over twice.
_NUMBER = re.compile(r"[+-]?(?:[.,\s]*+\d)++[.,]*+(?:[eE][+-]?\d++)?+[\s%‰*†‡]*+")


def safe_cell(cell: object) -> object:
    """The cell, with an apostrophe before texts that a spreadsheet would run; numbers, also starred
    ones, stay."""
    if isinstance(cell, str) and _runs(cell) and not _NUMBER.fullmatch(cell.strip(" ")):
        return f"'{cell}"
    return cell


def _runs(cell: str) -> bool:
    """Whether a spreadsheet might run a text: by its first character that can be seen."""
    if cell[:1] in ("\t", "\r"):
        return True
    seen = next(filter(_is_seen, cell), "")
    return unicodedata.normalize("NFKC", seen)[:1] in tuple(_DANGEROUS)


def _is_seen(character: str) -> bool:
    """Neither blank nor a control, a separator, or a mark on a letter that is not there."""
    return character not in _BLANK and unicodedata.category(character)[0] not in "CZM"


def plain_cell(cell: str) -> str:
    """The inverse of `safe_cell` for texts."""
    return cell[1:] if cell.startswith("'") and _runs(cell[1:]) else cell


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]], newline: str = "\n") -> str:
    """A csv table with a BOM, so that spreadsheet programs read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=newline)
    writer.writerow([safe_cell(c) for c in columns])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a csv table by their column names."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
