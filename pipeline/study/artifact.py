"""Files that are whole or absent."""

import hashlib
import os
from pathlib import Path

from pipeline.panel.finding import Finding, Rejected, Where


def write_bytes(path: Path, content: bytes) -> None:
    """Write under a temporary name, then rename: a reader never sees half a file. The same bytes
    are left alone."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: two runs at once never write into one file.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    os.replace(part, path)


def write_text(path: Path, content: str) -> None:
    """`write_bytes` for UTF-8 text with plain newlines."""
    write_bytes(path, content.encode("utf-8"))


def require(path: Path, stage: str) -> Path:
    """`path`, if the stage that writes it has run. Raises Rejected naming the stage to run."""
    if path.exists():
        return path
    where, expected = Where(file=str(path)), f"what `{stage}` writes"
    remedy = f"run `{stage}` first, or `make all`, which runs every stage in order"
    finding = Finding("stage-missing", "error", where, "no such file", expected, remedy)
    raise Rejected([finding])


def sha256(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
