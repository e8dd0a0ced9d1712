"""Text files of separated values, line by line, in the encodings that Chinese programs write."""

import csv
import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TextIO

from pipeline.reading.containers.encoding import encoding_of
from pipeline.reading.limits import CELL, CELLS, COLUMNS, EMPTY_ROWS, LINE, ROWS, TooMuch
from pipeline.reading.sheet import Sheet

# The characters by which the mark between values is found.
_HEAD = 20_000


def read(path: Path) -> list[Sheet]:
    """One sheet. Raises Rejected for an unknown or mixed encoding, TooMuch beyond the limits."""
    csv.field_size_limit(CELL)
    with path.open(encoding=encoding_of(path)) as file:
        delimiter = _delimiter(file.read(_HEAD))
        file.seek(0)
        return [Sheet(path.name, path.stem, _rows(file, delimiter))]


def _rows(file: TextIO, delimiter: str) -> list[list[object]]:
    """The rows of the file, counted as they come."""
    rows: list[list[object]] = []
    cells = empty = ended = 0
    reader = csv.reader(_lines(file), delimiter=delimiter)
    try:
        for row in reader:
            cells += len(row)
            empty += not any(row)
            _check(len(row), reader.line_num, cells, empty)
            rows.append([*row])
            ended = reader.line_num
    except csv.Error:
        found = f"more than {CELL:,} characters in a cell that begins in line {ended + 1}"
        raise TooMuch(f"{found}: is a quotation mark never closed?") from None
    return rows


def _check(columns: int, line: int, cells: int, empty: int) -> None:
    if columns > COLUMNS:
        raise TooMuch(f"{columns:,} columns in line {line}, at most {COLUMNS:,}")
    if cells > CELLS:
        raise TooMuch(f"more than {CELLS:,} cells")
    if empty > EMPTY_ROWS:
        raise TooMuch(f"more than {EMPTY_ROWS:,} empty rows")


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of the file: TooMuch for one too long, and for too many."""
    for number in count(1):
        line = file.readline(LINE + 1)
        if not line:
            return
        if len(line) > LINE:
            raise TooMuch(f"more than {LINE:,} characters in line {number}")
        if number > ROWS:
            raise TooMuch(f"more than {ROWS:,} lines")
        yield line


def _delimiter(head: str) -> str:
    """The mark that splits most lines into one and the same number of cells."""

    def evenness(mark: str) -> tuple[float, bool]:
        counts = [len(row) for row in csv.reader(io.StringIO(head), delimiter=mark) if any(row)]
        usual = max(set(counts), key=lambda n: (counts.count(n) if n > 1 else 0, n), default=1)
        return (counts.count(usual) / len(counts) if usual > 1 else 0.0, mark == ",")

    return max((",", "\t", ";", "|"), key=evenness)
