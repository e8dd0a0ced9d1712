"""Files that are whole or absent, and fingerprints that tell whether one must be made anew."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.panel.finding import Finding, Rejected, Where


def write_bytes(path: Path, content: bytes) -> None:
    """Write under a temporary name, then rename: a reader never sees half a file. The same bytes are left alone."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    os.replace(part, path)


def write_text(path: Path, content: str) -> None:
    """`write_bytes` for UTF-8 text with plain newlines."""
    write_bytes(path, content.encode("utf-8"))


def require(path: Path, stage: str) -> Path:
    """`path`, if the stage that writes it has run. Raises Rejected naming the stage to run."""
    if not path.exists():
        where = Where(file=str(path))
        raise Rejected(
            [
                Finding(
                    "stage-missing",
                    "error",
                    where,
                    "no such file",
                    f"what `{stage}` writes",
                    f"run `{stage}` first, or `make all`, which runs every stage in order",
                )
            ]
        )
    return path


def sha256(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fingerprint(files: Iterable[Path], *texts: str) -> str:
    """One hash over the names and contents of files (missing ones count as absent) and some texts."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.name}:{sha256(path) if path.exists() else 'absent'}\n".encode())
    for text in texts:
        digest.update(text.encode("utf-8") + b"\0")
    return digest.hexdigest()


def code_files(*rooms: str) -> list[Path]:
    """The program files of the rooms named, or of the whole program."""
    root = Path(__file__).resolve().parent.parent
    folders = [root / room for room in rooms] if rooms else [root]
    kinds = ("*.py", "*.csv", "*.typ", "*.j2", "*.css", "*.ttf")
    return sorted(p for folder in folders for kind in kinds for p in folder.rglob(kind))
