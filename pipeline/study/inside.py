"""What is written into the data folder stays in it: asked by every stage that writes there."""

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.study import Study
from pipeline.study.toml import problem


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
            yield problem(
                "source-outside",
                Where(file=str(study.paths.specs / "study.toml"), key=f"sources.{i}.file"),
                f"`{source.file}` is {targets[0]}",
                f"a file below {data}",
                "write `file` as its name within the data folder; where a link leads out of it, "
                "move the file there, or name its folder: DATA=",
            )
