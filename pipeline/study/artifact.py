"""Files that are whole or absent: the one place that writes."""

import errno
import os
import shutil
from pathlib import Path

from pipeline.panel.finding import Finding, Rejected, Where


def write_bytes(path: Path, content: bytes) -> None:
    """Write under a temporary name, then rename: a reader never sees half a file, not even after
    a power cut. The same bytes are left alone. Raises OSError that names `path`."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: two runs at once never write into one file.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _write(part, content)
        os.replace(part, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        part.unlink(missing_ok=True)


def _write(part: Path, content: bytes) -> None:
    """The bytes on the disk itself, not only in its cache."""
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle(path: Path) -> None:
    """A file that was written piece by piece, on the disk itself before it is renamed."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


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


def remove_parts(folder: Path) -> None:
    """Remove what runs that were killed had begun to write."""
    for part in folder.rglob("*.[0-9]*.part"):
        part.unlink(missing_ok=True)


_FULL = (errno.ENOSPC, errno.EDQUOT)


def no_access(error: OSError) -> Finding:
    """What is told of a file or folder that cannot be read or written."""
    path = Path(os.fsdecode(error.filename)) if error.filename else None
    where, found = Where(file=None if path is None else str(path)), error.strerror or str(error)
    if error.errno in _FULL:
        remedy = "free space, or name folders elsewhere (BUILD=, REPORTS=), then run again"
        found = f"{found}{_free(path)}"
        return Finding("disk-full", "error", where, found, "space for the file", remedy)
    expected = "a file or folder that this run can use"
    remedy = "correct its permissions, or move away what stands in the way"
    return Finding("file-access", "error", where, found, expected, remedy)


def _free(path: Path | None) -> str:
    """What is left on the disk of a file that need not exist, in words."""
    there = next((p for p in path.absolute().parents if p.exists()), None) if path else None
    return f"; {shutil.disk_usage(there).free / 1e6:,.1f} MB are left free" if there else ""
