"""Hashes of files, each read once in a run."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

ABSENT = "absent"


class Contents:
    """SHA-256 of files, remembered until a file is forgotten because it was written."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}

    def of(self, path: Path) -> str:
        """The hash of a file's bytes, or `absent`."""
        if path not in self._known:
            self._known[path] = sha256(path) if path.is_file() else ABSENT
        return self._known[path]

    def forget(self, paths: Iterable[Path]) -> None:
        """Read these files again the next time."""
        for path in paths:
            self._known.pop(path, None)


def sha256(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(parts: Iterable[str]) -> str:
    """One hash over texts in their order."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode("utf-8") + b"\0")
    return whole.hexdigest()
