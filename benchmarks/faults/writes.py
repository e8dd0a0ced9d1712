"""Faults at the n-th file that a run writes, below the one place that writes."""

import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

# What happens to the bytes of one file: given the file and them, how many were taken.
Fault = Callable[[io.FileIO, bytes], int]


def _half(file: io.FileIO, content: bytes) -> int:
    return io.FileIO.write(file, content[: (len(content) + 1) // 2])


def _error(number: int) -> Fault:
    def fail(file: io.FileIO, content: bytes) -> int:
        _half(file, content)
        raise OSError(number, os.strerror(number))

    return fail


def _kill(file: io.FileIO, content: bytes) -> int:
    _half(file, content)
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


FAULTS: dict[str, Fault] = {
    "disk full": _error(errno.ENOSPC),
    "input/output error": _error(errno.EIO),
    "kill -9": _kill,
    "short writes": _half,
}


@contextmanager
def at_write(number: int, fault: Fault) -> Iterator[list[str]]:
    """The fault at the file of this number, counted from 0; the names of files as they are
    opened."""
    opened: list[str] = []
    real = Path.open

    class Faulty(io.FileIO):
        def write(self, content) -> int:
            return fault(self, bytes(content))

    def open_(path: Path, mode: str = "r", *more, **settings):
        if mode != "wb" or path.suffix != ".part":
            return real(path, mode, *more, **settings)
        opened.append(path.name)
        if len(opened) - 1 != number:
            return real(path, mode)
        return io.BufferedWriter(Faulty(path, "w"))

    with mock.patch.object(Path, "open", open_):
        yield opened
