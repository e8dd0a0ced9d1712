"""R's saved data frames (.rda, .RData, .rds), one sheet each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.reading.containers.frames import sheet_of
from pipeline.reading.limits import FILE_BYTES, TooMuch
from pipeline.reading.sheet import Sheet


def read(path: Path) -> list[Sheet]:
    """The data frames of the file by name; other objects are passed over.

    TooMuch when it unpacks beyond the limit.
    """
    import pyreadr

    _check_unpacked(path)
    frames = pyreadr.read_r(str(path))
    return [sheet_of(frame, path.name, str(name or path.stem)) for name, frame in frames.items()]


def _check_unpacked(path: Path) -> None:
    """R packs with gzip, bzip2 or xz: unpack piecewise and count."""
    import bz2
    import gzip
    import lzma

    magic = path.read_bytes()[:2]
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
