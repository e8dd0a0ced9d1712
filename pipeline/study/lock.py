"""One run at a time in a folder."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from pipeline.panel.finding import Rejected, Where, refusal
from pipeline.study.artifact import remove_parts

_NAME = "run.lock"


@contextmanager
def locked(*folders: Path) -> Iterator[None]:
    """Hold some folders, and clear them of what killed runs had begun to write. Raises Rejected
    that says who holds one.

    The system frees a lock with the last process that holds it: a run that was killed, with its
    workers, holds nothing.
    """
    with ExitStack() as held:
        for folder in folders:
            held.enter_context(_held(folder))
            remove_parts(folder)
        yield


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _NAME
    with _opened(path) as file:
        file.truncate(0)
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        holder = f"process {os.getpid()} on {socket.gethostname()} since {now}"
        with suppress(OSError):  # on a full disk it holds without a word; a file says what is full
            os.write(file.fileno(), holder.encode("utf-8"))
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # a run that wrote nothing leaves nothing
                folder.rmdir()


def _opened(path: Path) -> TextIO:
    """The lock's file, locked. One that its holder removed meanwhile is opened anew."""
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(path, file) from None
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()


def _taken(path: Path, file: TextIO) -> Rejected:
    with file:
        file.seek(0)
        holder = file.read() or "another run"
    where = Where(file=str(path.parent))
    found, expected = f"{holder} works in this folder", "one run at a time in a folder"
    remedy = "wait for its end, or stop it, or name other folders (BUILD=, REPORTS=)"
    return refusal(where, "folder-locked", found, expected, remedy)
