"""A sheet of raw cells, whatever file it came from."""

from dataclasses import dataclass, field

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
