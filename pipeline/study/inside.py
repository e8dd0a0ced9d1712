"""Source files stand below the data folder: by their names, asked of every study, and with links
followed, asked by every stage that writes there."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.study import Study
from pipeline.study.toml import problem


def check_places(study: Study, file: str) -> Iterator[Finding]:
    """Names of sources stay in the folder of the source files, where every run watches them."""
    for i, source in enumerate(study.spec.sources):
        path = PurePosixPath(source.file)
        if path.is_absolute() or ".." in path.parts or not path.name:
            yield _outside_finding(study, i, f"`{source.file}`", _NAMED)


def require_inside(study: Study) -> None:
    """Raises Rejected with every source whose file, links followed, is not below the data
    folder."""
    if outside := list(_outside(study)):
        raise Rejected(outside)


def _outside(study: Study) -> Iterator[Finding]:
    data = Path(os.path.realpath(study.paths.data))
    for i, source in enumerate(study.spec.sources):
        names = (source.container, source.file)
        targets = [Path(os.path.realpath(data / name)) for name in names]
        if any(data not in target.parents for target in targets):
            yield _outside_finding(study, i, f"`{source.file}` is {targets[0]}", _LINKED)


def _outside_finding(study: Study, number: int, found: str, remedy: str) -> Finding:
    where = Where(file=str(study.paths.specs / "study.toml"), key=f"sources.{number}.file")
    return problem("source-outside", where, found, f"a file below {study.paths.data}", remedy)


_NAMED = "name it from there, and put the file into that folder, or name its folder: DATA="
_LINKED = f"{_NAMED}; a link that leads out of it serves reading alone"
