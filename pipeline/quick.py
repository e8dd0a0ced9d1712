"""Whether a finished study is up to date, without importing anything: every input and output has
the bytes it had.
"""

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

_PROGRAM = Path(__file__).resolve().parent
_SKIPPED = {"__pycache__"}
# Of a run itself: what it is writing, what it holds, code as Python keeps it.
_PASSING = (".part", ".lock", ".pyc")


def up_to_date(read: Mapping[str, str], build: Path, reports: Path) -> bool:
    """Whether the last complete run read what is `read` now, and left what is there now in the same
    folder."""
    try:
        known = json.loads((build / "complete.json").read_text(encoding="utf-8"))
        outputs: dict[str, str] = known["outputs"]
        here = known["reports"] == reports.as_posix() and known["inputs"] == read
        return here and {path: sha256(Path(path)) for path in outputs} == outputs
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def complete(read: Mapping[str, str], made: Mapping[str, str], build: Path, reports: Path) -> str:
    """What `up_to_date` compares with after a complete run of what was `read`, as JSON text.

    made: hashes of outputs as they were written: one that was damaged since is not whole.
    """
    kept = [p for p in files(build) if p.name != "complete.json"]
    outputs = {p.as_posix(): sha256(p) for p in [*kept, *files(reports)]} | dict(made)
    known = {"reports": reports.as_posix(), "inputs": dict(read), "outputs": outputs}
    return json.dumps(known, indent=1, sort_keys=True) + "\n"


def inputs(specs: Path, data: Path, made: tuple[Path, ...]) -> dict[str, str]:
    """Hashes of specs, source files and program, and the versions of Python and its packages.

    made: folders of what runs make, which may stand inside that of the source files. Raises OSError
    where something cannot be read.
    """
    found = [p for room in (specs, data, _PROGRAM) for p in files(room, made)]
    return {"versions": versions(), **{p.as_posix(): sha256(p) for p in found}}


def versions() -> str:
    """Python's version and that of every package installed, as one text."""
    return "\n".join([sys.version.split()[0], *(f"{n}-{v}" for n, v in packages().items())])


def packages() -> dict[str, str]:
    """Every package installed -> its version, by the names of their folders: reading what stands in
    these takes long."""
    site = Path(sysconfig.get_paths()["purelib"])
    found = sorted(p.stem for p in site.glob("*.dist-info")) if site.is_dir() else []
    pairs = (stem.rpartition("-") for stem in found)
    return {name.lower().replace("_", "-"): version for name, _, version in pairs}


def files(folder: Path, without: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Every file below a folder, links followed, in the order of names. Raises OSError where a
    folder cannot be read; one that is not there has no files."""
    for root, folders, names in os.walk(folder, onerror=_unreadable, followlinks=True):
        here = Path(root)
        folders[:] = sorted(f for f in folders if f not in _SKIPPED and here / f not in without)
        found = [here / name for name in sorted(names) if not name.endswith(_PASSING)]
        yield from (path for path in found if path.is_file())


def _unreadable(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def sha256(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
