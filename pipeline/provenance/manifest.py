"""The manifest of a run: what went in, what came out, which code, which versions, which seeds."""

import json
import platform
import subprocess
from importlib.metadata import distributions
from pathlib import Path

from pipeline import __version__
from pipeline.fresh.closure import ROOT, program
from pipeline.fresh.contents import digest, sha256
from pipeline.panel.characters import tell
from pipeline.quick import complete
from pipeline.results.result import Plain
from pipeline.study import Study
from pipeline.study.artifact import require, write_text


def manifest(study: Study) -> dict[str, Plain]:
    """Hashes of inputs, specs and outputs; versions; seeds; the commit that last changed the
    program.
    """
    paths = study.paths
    specs = sorted(p for p in paths.specs.rglob("*") if p.is_file())
    outputs = sorted(
        p for p in paths.reports.rglob("*") if p.is_file() and p.name != "manifest.json"
    )
    every = {**study.tables, **study.figures}
    code = digest(f"{p.relative_to(ROOT)}:{sha256(p)}" for p in program())
    versions = {d.metadata["Name"]: d.version for d in distributions()}
    return {
        "study": study.name,
        "synthetic": study.spec.synthetic,
        "pipeline": __version__,
        "code": {"commit": _commit(), "sha256": code},
        "python": ".".join(platform.python_version_tuple()[:2]),
        "packages": dict(sorted(versions.items(), key=lambda item: item[0].lower())),
        "seed": study.spec.seed,
        "seeds": {name: study.spec.seed for name, spec in every.items() if spec.random},
        "inputs": {s.container: sha256(paths.data / s.container) for s in study.spec.sources},
        "specs": {p.relative_to(paths.specs).as_posix(): sha256(p) for p in specs},
        "outputs": {p.relative_to(paths.reports).as_posix(): sha256(p) for p in outputs},
    }


def _commit() -> str | None:
    """The last commit that touched the program; None outside a git checkout."""
    command = ["git", "log", "-1", "--format=%H", "--", "."]
    folder = Path(__file__).resolve().parent.parent
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return run.stdout.strip() or None


def run(study: Study, whole: bool) -> None:
    """Write reports/<study>/manifest.json; where the run is `whole`, nothing refused, also what
    tells the next one that nothing changed."""
    paths = study.paths
    require(paths.panel, "construct")
    content = manifest(study)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_text(paths.reports / "manifest.json", text)
    if whole:
        done = complete(paths.specs, paths.data, paths.build, paths.reports)
        write_text(paths.build / "complete.json", done)
    counts = {
        k: len(v) for k in ("inputs", "specs", "outputs") if isinstance(v := content[k], dict)
    }
    tell("manifest: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
