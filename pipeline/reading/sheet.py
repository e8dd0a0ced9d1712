"""A sheet of raw cells, whatever file it came from."""

import pickle
from dataclasses import dataclass, field
from typing import Any

from pipeline.reading.limits import CELL, UNPACKED_BYTES, TooMuch

Range = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sheet:
    """A rectangle of raw cells as the file holds them; row and column count from 0.

    merged:   (top, left, bottom, right) of merged ranges, ends included
    formulas: column -> number of cells that hold a formula
    header:   how many rows on top hold names, where the file says so (data frames do), else 0
    """

    file: str
    name: str
    rows: list[list[object]]
    merged: tuple[Range, ...] = ()
    formulas: dict[int, int] = field(default_factory=dict)
    header: int = 0

    def address(self, row: int, column: int) -> str:
        """The cell's address as a spreadsheet shows it: (6, 1) is B7."""
        return f"{letters(column)}{row + 1}"

    def __getstate__(self) -> dict[str, object]:
        """Rows one by one: a pickle of all keeps book of every cell, at four times the cost."""
        return {**vars(self), "rows": [pickle.dumps(row, protocol=5) for row in self.rows]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({**state, "rows": [pickle.loads(row) for row in state["rows"]]})


def bounded(sheets: list[Sheet]) -> list[Sheet]:
    """The sheets. Raises TooMuch where a cell, or all of them together, hold too long a text."""
    total = 0
    for sheet in sheets:
        for r, row in enumerate(sheet.rows):
            for c, cell in enumerate(row):
                length = len(cell) if isinstance(cell, str | bytes) else 0
                if length > CELL:
                    at = f"sheet {sheet.name}, cell {sheet.address(r, c)}"
                    raise TooMuch(f"{length:,} characters in {at}, at most {CELL:,}")
                total += length
    if total > UNPACKED_BYTES:
        raise TooMuch(f"texts of {total:,} characters")
    return sheets


def letters(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_of(text: str) -> int:
    """The inverse of `letters`."""
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1
