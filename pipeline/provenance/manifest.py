"""The manifest of a run: what went in, what came out, which code, which versions, which seeds."""

import json
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

from pipeline import __version__
from pipeline.fresh.closure import ROOT, program
from pipeline.fresh.contents import digest
from pipeline.panel.characters import tell
from pipeline.quick import complete, files, packages, sha256
from pipeline.reading.on_disk import container
from pipeline.results.result import Plain
from pipeline.study import Study
from pipeline.study.artifact import require, write_text


def manifest(study: Study, began: Mapping[str, str]) -> dict[str, Plain]:
    """Hashes of inputs, specs and outputs; versions; seeds; the commit that last changed the
    program.

    began: hashes of what was read, as the run began
    """
    paths = study.paths
    inputs = [container(paths.data / source.file) for source in study.spec.sources]
    specs = [p for p in map(Path, began) if p.is_relative_to(paths.specs)]
    outputs = [p for p in files(paths.reports) if p != paths.manifest]
    every = {**study.tables, **study.figures}
    code = digest(f"{p.relative_to(ROOT)}:{began[p.as_posix()]}" for p in program())
    return {
        "study": study.name,
        "synthetic": study.spec.synthetic,
        "pipeline": __version__,
        "code": {"commit": _commit(), "sha256": code},
        "python": ".".join(platform.python_version_tuple()[:2]),
        "packages": dict[str, Plain](packages()),
        "seed": study.spec.seed,
        "seeds": {name: study.spec.seed for name, spec in every.items() if spec.random},
        "inputs": {_below(paths.data, p): began[p.as_posix()] for p in inputs},
        "specs": {_below(paths.specs, p): began[p.as_posix()] for p in sorted(specs)},
        "outputs": {_below(paths.reports, p): sha256(p) for p in sorted(outputs)},
    }


def _below(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _commit() -> str | None:
    """The last commit that touched the program; None outside a git checkout."""
    command = ["git", "log", "-1", "--format=%H", "--", "."]
    folder = Path(__file__).resolve().parent.parent
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return run.stdout.strip() or None


def run(study: Study, began: Mapping[str, str], made: Mapping[str, str], whole: bool) -> None:
    """Write reports/<study>/manifest.json; where the run is `whole`, nothing refused, also what
    tells the next one that nothing changed.

    began: hashes of what was read, as the run began; made: those of what was written, as it was
    """
    paths = study.paths
    require(paths.panel, "construct")
    content = manifest(study, began)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_text(paths.manifest, text)
    if whole:
        write_text(paths.complete, complete(began, made, paths.build, paths.reports))
    counts = {
        k: len(v) for k in ("inputs", "specs", "outputs") if isinstance(v := content[k], dict)
    }
    tell("manifest: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
