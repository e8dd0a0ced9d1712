"""Hashes of files, each read once in a run."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.quick import sha256

ABSENT = "absent"


class Contents:
    """SHA-256 of files, remembered until a file is forgotten because it was written.

    began: hashes as the run began, before anything was read: what changes meanwhile is not taken
    for what was read.
    """

    def __init__(self, began: Mapping[str, str]) -> None:
        self._known = {Path(name): found for name, found in began.items()}

    def of(self, path: Path) -> str:
        """The hash of a file's bytes, or `absent`."""
        if path not in self._known:
            self._known[path] = sha256(path) if path.is_file() else ABSENT
        return self._known[path]

    def forget(self, paths: Iterable[Path]) -> None:
        """Read these files again the next time."""
        for path in paths:
            self._known.pop(path, None)


def digest(parts: Iterable[str]) -> str:
    """One hash over texts in their order."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode("utf-8") + b"\0")
    return whole.hexdigest()
