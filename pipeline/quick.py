"""Whether a finished study is up to date, without importing anything: every input and output has
the bytes it had.
"""

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

_PROGRAM = Path(__file__).resolve().parent
_SKIPPED = {"__pycache__"}


def up_to_date(specs: Path, data: Path, build: Path, reports: Path) -> bool:
    """Whether the last complete run read what is there now, and left what is there now in the same
    folder."""
    record = build / "complete.json"
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
        outputs: dict[str, str] = known["outputs"]
        same = {path: _sha256(Path(path)) for path in outputs} == outputs
        here = known["reports"] == reports.as_posix()
        return here and same and known["inputs"] == inputs(specs, data)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def complete(specs: Path, data: Path, build: Path, reports: Path) -> str:
    """What `up_to_date` compares with after a complete run, as JSON text."""
    kept = [p for p in _files(build) if p.name != "complete.json"]
    outputs = {p.as_posix(): _sha256(p) for p in [*kept, *_files(reports)]}
    known = {"reports": reports.as_posix(), "inputs": inputs(specs, data), "outputs": outputs}
    return json.dumps(known, indent=1) + "\n"


def inputs(specs: Path, data: Path) -> dict[str, str]:
    """Hashes of specs, source files and program, and the versions of Python and its packages."""
    files = [*_files(specs), *_files(data), *_files(_PROGRAM)]
    return {"versions": versions(), **{p.as_posix(): _sha256(p) for p in files}}


def versions() -> str:
    """Python's version and that of every package installed, as one text."""
    site = Path(sysconfig.get_paths()["purelib"])
    packages = sorted(p.name for p in site.glob("*.dist-info")) if site.is_dir() else []
    return "\n".join([sys.version.split()[0], *packages])


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, links followed, in the order of names."""
    for root, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED)
        yield from _paths(root, sorted(names))


def _paths(root: str, names: Iterable[str]) -> Iterator[Path]:
    """The files that have an end: a pipe has none."""
    for path in (Path(root) / name for name in names):
        if not path.name.endswith((".part", ".pyc")) and path.is_file():
            yield path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
