"""Text files of separated values, in the encodings that Chinese programs write."""

import csv
import io
from pathlib import Path

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.reading.limits import CELLS, COLUMNS, TooMuch
from pipeline.reading.sheet import Sheet


def decode(path: Path) -> str:
    """The text of a file: UTF-8 with or without BOM, UTF-16 with BOM,
    else GB18030 (a superset of GBK)."""
    content = path.read_bytes()
    encodings = (
        ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    )
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            place = content[: error.start].count(b"\n") + 1
    raise Rejected(
        [
            Finding(
                "file-encoding",
                "error",
                Where(file=path.name),
                f"bytes near line {place} that are neither UTF-8 nor GB18030",
                "a text file in UTF-8 or GB18030",
                "open it in its own program and save it as CSV UTF-8",
            )
        ]
    )


def read(path: Path) -> list[Sheet]:
    """One sheet. Raises Rejected for an unknown encoding, TooMuch beyond the limits."""
    text = decode(path)
    if "\x00" in text:
        raise ValueError("it holds binary zeros: no text file")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = _delimiter(text[:20_000])
    rows: list[list[object]] = []
    cells = 0
    csv.field_size_limit(1_000_000)
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        cells += len(row)
        if len(row) > COLUMNS:
            raise TooMuch(f"{len(row):,} columns in line {len(rows) + 1}, at most {COLUMNS:,}")
        if cells > CELLS:
            raise TooMuch(f"more than {CELLS:,} cells")
        rows.append([*row])
    return [Sheet(path.name, path.stem, rows)]


def _delimiter(head: str) -> str:
    """The mark that splits most lines into one and the same number of cells."""

    def evenness(mark: str) -> tuple[float, bool]:
        counts = [len(row) for row in csv.reader(io.StringIO(head), delimiter=mark) if any(row)]
        usual = max(set(counts), key=lambda n: (counts.count(n) if n > 1 else 0, n), default=1)
        return (counts.count(usual) / len(counts) if usual > 1 else 0.0, mark == ",")

    return max((",", "\t", ";", "|"), key=evenness)
