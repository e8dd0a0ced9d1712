"""Open a source file of any supported kind as sheets of cells.

Knows encodings and containers, nothing of panels.

Adding a format: a module with one reader `path -> list[Sheet]` and its line in `_READERS`.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.panel.finding import Finding, Rejected, Where, refusal
from pipeline.reading.containers import delimited, excel, excel_old, parquet, rdata, stata
from pipeline.reading.containers.archive import members
from pipeline.reading.limits import FILE_BYTES, Crashed, TooMuch, isolated
from pipeline.reading.on_disk import container
from pipeline.reading.sheet import Sheet, bounded

_READERS: dict[str, Callable[[Path], list[Sheet]]] = {
    ".csv": delimited.read,
    ".tsv": delimited.read,
    ".txt": delimited.read,
    ".xlsx": excel.read,
    ".xlsm": excel.read,
    ".xls": excel_old.read,
    ".dta": stata.read,
    ".rda": rdata.read,
    ".rdata": rdata.read,
    ".rds": rdata.read,
    ".parquet": parquet.read,
}
FORMATS = (*_READERS, ".zip")


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets of a csv, xlsx, xls, dta, rda, parquet file,
    or of a zip of such files (`data.zip/gdp.csv`).

    Raises Rejected when the file is absent, empty, of another kind, damaged, in an unknown
    encoding, or larger than the limits of `limits.py`.
    """
    archive = container(path)
    if archive != path:
        return _member(archive, path.relative_to(archive).as_posix())
    _check(path)
    try:
        sheets = _archive(path) if path.suffix.lower() == ".zip" else _read(path)
    except TooMuch as error:
        raise _too_much(path, error.asked) from None
    cells = (cell for sheet in sheets for row in sheet.rows for cell in row)
    if not any(cell is not None and str(cell).strip() for cell in cells):
        raise _empty(path, "no filled cell")
    return sheets


def _check(path: Path) -> None:
    """Raises Rejected for a file that is not there, of another kind, empty or too large."""
    if not path.is_file():
        raise _missing(path)
    if path.suffix.lower() not in FORMATS:
        raise refusal(
            Where(file=path.name),
            "file-kind",
            f"a `{path.suffix}` file",
            f"one of {' '.join(FORMATS)}",
            "save the file in one of these formats",
        )
    size = path.stat().st_size
    if size == 0:
        raise _empty(path, "0 bytes")
    if size > FILE_BYTES:
        raise _too_much(path, f"{size:,} bytes")


def _read(path: Path) -> list[Sheet]:
    read = _READERS[path.suffix.lower()]
    try:
        return isolated(lambda: bounded(read(path)))
    except (Rejected, TooMuch):
        raise
    except Crashed as error:
        raise _damaged(path, error.how) from None
    # A damaged container raises whatever its parser happens to trip over.
    except Exception as error:
        raise _damaged(path, f"{type(error).__name__}: {error}"[:300]) from None


def _archive(path: Path) -> list[Sheet]:
    """The sheets of every readable member of a zip file, each named by its place in the archive."""
    sheets: list[Sheet] = []
    problems: list[Finding] = []
    with members(path, tuple(_READERS)) as files:
        for name, member in files:
            try:
                sheets += [replace(s, file=f"{path.name}/{name}") for s in _read(member)]
            except Rejected as rejected:
                where = Where(file=f"{path.name}/{name}")
                problems += [replace(f, where=where) for f in rejected.findings]
    if problems:
        raise Rejected(problems)
    return sheets


def _member(archive: Path, name: str) -> list[Sheet]:
    """The sheets of one member of a zip file."""
    sheets = read_sheets(archive)
    chosen = [s for s in sheets if s.file == f"{archive.name}/{name}"]
    if not chosen:
        there = ", ".join(dict.fromkeys(s.file.removeprefix(f"{archive.name}/") for s in sheets))
        raise refusal(
            Where(file=archive.name),
            "file-missing",
            f"no member `{name}`",
            "the source file",
            f"the archive holds: {there}",
        )
    return chosen


def _missing(path: Path) -> Rejected:
    folder = path.parent
    names = sorted(p.name for p in folder.iterdir())[:8] if folder.is_dir() else ["no folder"]
    return refusal(
        Where(file=path.name),
        "file-missing",
        "a folder, a pipe or a device" if path.exists() else "no such file",
        "the source file",
        "put the file there, or correct `file` in study.toml; "
        f"the folder holds: {', '.join(names)}",
    )


def _empty(path: Path, found: str) -> Rejected:
    remedy = "export or download the file again"
    return refusal(Where(file=path.name), "file-empty", found, "a file with data", remedy)


def _damaged(path: Path, found: str) -> Rejected:
    return refusal(
        Where(file=path.name),
        "file-damaged",
        found,
        f"a readable {path.suffix} file",
        "open it in its own program and save it again, or download it again",
    )


def _too_much(path: Path, found: str) -> Rejected:
    return refusal(
        Where(file=path.name),
        "file-too-large",
        found,
        "a file within the limits of pipeline/reading/limits.py",
        "split the file, or delete what is empty in it; if it came from somebody else, distrust it",
    )
