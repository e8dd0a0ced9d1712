"""R's saved data frames (.rda, .RData, .rds), one sheet each: the package rdata parses the file."""

import warnings
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.panel.finding import Rejected, Where, refusal
from pipeline.reading.limits import FILE_BYTES, TooMuch, check_counts
from pipeline.reading.sheet import Sheet

# An object of R as rdata parses it: `info.type`, `value`, `attributes`, `tag`.
RObject = Any


def read(path: Path) -> list[Sheet]:
    """The data frames of the file by name; other objects beside them are passed over.

    Raises Rejected without any, or where one holds what no cell can; TooMuch beyond the limits.
    """
    parse = _parser(path)
    _check_unpacked(path)
    with warnings.catch_warnings(action="ignore"):  # of an ending that does not fit
        whole = parse(path).object
    objects = list(_pairs(whole)) if whole.info.type.name == "LIST" else [(path.stem, whole)]
    frames = [(name, item) for name, item in objects if "data.frame" in _classes(item)]
    if not frames:
        there = ", ".join(f"`{name}` ({_what(item)})" for name, item in objects[:8]) or "nothing"
        raise _refused(path, f"no data frame; it holds {there}", "save a data frame")
    return [_sheet(path, name, frame) for name, frame in frames]


def _parser(path: Path) -> Callable[[Path], Any]:
    try:
        from rdata.parser import parse_file
    except ImportError:
        found = "a file of R; the package rdata, which reads it, is not installed"
        remedy = "install it (.venv/bin/python -m pip install rdata), or save the file as csv"
        raise _refused(path, found, remedy) from None
    parser: Callable[[Path], Any] = parse_file
    return parser


def _refused(path: Path, found: str, remedy: str) -> Rejected:
    expected = "a data frame of numbers, texts, factors and dates"
    return refusal(Where(file=path.name), "file-kind", found, expected, remedy)


def _sheet(path: Path, name: str, frame: RObject) -> Sheet:
    height = max((len(column.value) for column in frame.value), default=0)
    check_counts(height, len(frame.value))
    names = [str(text) for text in _texts(dict(_attributes(frame))["names"])]
    columns = []
    for heading, column in zip(names, frame.value, strict=True):
        cells = _cells(column)
        if cells is None:
            found = f"the column `{heading}` of `{name}` ({_what(column)})"
            raise _refused(path, found, "leave it out, or save each part as a column of its own")
        columns.append(cells)
    body = [list(row) for row in zip(*columns, strict=True)]
    return Sheet(path.name, name, [[*names], *body], header=1)


def _cells(column: RObject) -> list[object] | None:
    """The cells of a column, None where one is missing; None for what no cell can hold."""
    attributes, kind = dict(_attributes(column)), column.info.type.name
    if kind == "STR":
        return _texts(column)
    if kind not in ("INT", "LGL", "REAL"):
        return None
    values = column.value
    if "levels" in attributes:
        levels = _texts(attributes["levels"])
        return [None if code is None else levels[code - 1] for code in values.tolist()]
    classes = _classes(column)
    if "integer64" in classes:  # whole numbers in the bits of doubles
        return [None if n == -(2**63) else n for n in values.astype("f8").view("i8").tolist()]
    if "Date" in classes or "POSIXct" in classes:
        return _times(values, 86_400 if "Date" in classes else 1)
    return [None if cell != cell else cell for cell in values.tolist()]


def _times(values: Any, seconds: int) -> list[object]:
    """Dates or times, counted from 1970 in units of so many seconds."""
    start = datetime(1970, 1, 1)
    return [
        None if count is None or count != count else start + timedelta(seconds=count * seconds)
        for count in values.tolist()
    ]


def _texts(column: RObject) -> list[object]:
    return [None if sign.value is None else _text(sign.value) for sign in column.value]


def _text(content: bytes) -> str:
    """UTF-8, else GB18030: R of a Chinese Windows writes GBK without saying so."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _attributes(item: RObject) -> Iterator[tuple[str, RObject]]:
    return _pairs(item.attributes) if item.attributes is not None else iter(())


def _pairs(item: RObject) -> Iterator[tuple[str, RObject]]:
    """Name and object of every link of a chain; a name that stood before is a reference."""
    while item.info.type.name == "LIST":
        if item.tag is not None:
            symbol = item.tag.referenced_object or item.tag
            yield _text(symbol.value.value), item.value[0]
        item = item.value[1]


def _classes(item: RObject) -> list[object]:
    attributes = dict(_attributes(item))
    return _texts(attributes["class"]) if "class" in attributes else []


def _what(item: RObject) -> str:
    """What an object is, in R's words."""
    kinds = {"CLO": "function", "VEC": "list", "ENV": "environment", "CPLX": "complex"}
    name: str = item.info.type.name
    return kinds.get(name, "vector" if name in ("STR", "INT", "LGL", "REAL") else name.lower())


def _check_unpacked(path: Path) -> None:
    """R packs with gzip, bzip2 or xz: unpack piecewise and count."""
    import bz2
    import gzip
    import lzma

    with path.open("rb") as file:
        magic = file.read(2)
    openers: dict[bytes, Callable[[Path], Any]] = {
        b"\x1f\x8b": gzip.open,
        b"BZ": bz2.open,
        b"\xfd7": lzma.open,
    }
    if magic not in openers:
        return
    size = 0
    with openers[magic](path) as stream:
        while piece := stream.read(1 << 20):
            size += len(piece)
            if size > FILE_BYTES:
                raise TooMuch(
                    f"{path.stat().st_size:,} bytes that unpack to more than {FILE_BYTES:,}"
                )
