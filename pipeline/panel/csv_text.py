"""Tables as csv text in which no cell is a formula: spreadsheet programs run cells that begin with
= + - or @."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,]*(?:[eE][+-]?\d+)?[\s%‰*†‡]*")


def safe_cell(cell: Any) -> Any:
    """The cell, with an apostrophe before texts that a spreadsheet would run; numbers, also starred
    ones, stay."""
    if (
        isinstance(cell, str)
        and cell.lstrip(" '").startswith(_DANGEROUS)
        and not _NUMBER.fullmatch(cell.strip(" "))
    ):
        return f"'{cell}"
    return cell


def plain_cell(cell: str) -> str:
    """The inverse of `safe_cell` for texts."""
    return (
        cell[1:] if cell.startswith("'") and cell[1:].lstrip(" '").startswith(_DANGEROUS) else cell
    )


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]], newline: str = "\n") -> str:
    """A csv table with a BOM, so that spreadsheet programs read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=newline)
    writer.writerow([safe_cell(c) for c in columns])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
