"""What may come from an address: so many bytes, unpacked ones too, in so much time, by one
scheme. Every refusal names the source."""

import gzip
import signal
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

from pipeline.panel.finding import Rejected, Where, refusal

CHUNK = 1 << 16
SECONDS = 1800.0  # for one file, from the first word with its server to the last byte


class Bounded:
    """A binary file that takes at most so many bytes. Raises Rejected at the first one more."""

    def __init__(self, file: BinaryIO, most: int, where: Where) -> None:
        self._file, self._most, self._where = file, most, where
        self._taken = 0

    def write(self, piece: bytes) -> None:
        """Write a piece, if it still fits."""
        self._taken += len(piece)
        if self._taken > self._most:
            raise _too_large(self._most, self._where)
        self._file.write(piece)

    def flush(self) -> None:
        """Nothing: the file is complete when it is closed."""


@contextmanager
def within(seconds: float, where: Where) -> Iterator[None]:
    """Raises Rejected in what runs inside once it takes longer, whatever it waits for.

    A limit on each answer alone would let a server send one byte a minute for ever.
    """

    def late(*_: object) -> None:
        raise refusal(
            where,
            "fetch-late",
            f"not whole after {seconds:g} seconds",
            "a whole file in that time",
            "download the file by hand, and name the folder that holds it: MIRROR=",
        )

    before = signal.signal(signal.SIGALRM, late)
    # Again every second: an error raised while an object is deleted would be lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def same_scheme(answer: Any, where: Where, **_: object) -> None:
    """A hook of requests. Raises Rejected where an answer leads on by another scheme."""
    if not answer.is_redirect:
        return
    there = urljoin(answer.url, answer.headers["location"])
    if urlsplit(there).scheme != urlsplit(answer.url).scheme:
        raise refusal(
            where,
            "fetch-redirect",
            f"{answer.url} leads on to {there}",
            f"an address that begins with {urlsplit(answer.url).scheme}: too",
            "if the file is to be had there, write that address as `url`",
        )


def check_unpacked(path: Path, most: int, where: Where) -> None:
    """Raises Rejected where a zip or gzip file holds more than so many bytes."""
    if _unpacked(path, most) > most:
        raise _too_large(most, where)


def _unpacked(path: Path, most: int) -> int:
    """How many bytes a zip or gzip file holds, counted until there are too many; else 0.

    What is damaged is told when the file is read.
    """
    total = 0
    with suppress(zipfile.BadZipFile, OSError, EOFError, zlib.error):
        if zipfile.is_zipfile(path):
            # No reader takes more of a member than its entry says.
            with zipfile.ZipFile(path) as archive:
                return sum(member.file_size for member in archive.infolist())
        with gzip.open(path) as file:
            while total <= most and (piece := file.read(CHUNK)):
                total += len(piece)
    return total


def _too_large(most: int, where: Where) -> Rejected:
    return refusal(
        where,
        "fetch-too-large",
        f"more than {most:,} bytes",
        f"at most {most:,} bytes, unpacked",
        "see what stands at the address; if the file is that large, declare max_bytes",
    )
