"""The manifest of a run: what went in, what came out, which code, which versions, which seeds."""

import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.study import Study
from pipeline.study.artifact import code_files, fingerprint, require, sha256, write_text

_PACKAGES = (
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "linearmodels",
    "pandera",
    "pydantic",
    "pyarrow",
    "openpyxl",
    "xlrd",
    "pyreadstat",
    "matplotlib",
    "python-docx",
    "typst",
    "jinja2",
)


def manifest(study: Study) -> dict[str, Any]:
    """Hashes of inputs, specs and outputs; versions; seeds; the commit that last changed the program."""
    paths = study.paths
    specs = sorted(p for p in paths.specs.rglob("*") if p.is_file())
    outputs = sorted(
        p for p in paths.reports.rglob("*") if p.is_file() and p.name != "manifest.json"
    )
    seeds = {
        name: f"sha256({study.spec.seed}/{name}/chunk)"
        for name, t in study.tables.items()
        if t.kind in ("mediation", "recovery")
    }
    return {
        "study": study.name,
        "synthetic": study.spec.synthetic,
        "pipeline": __version__,
        "code": {"commit": _commit(), "sha256": fingerprint(code_files())},
        "python": ".".join(platform.python_version_tuple()[:2]),
        "packages": {p: version(p) for p in _PACKAGES},
        "seed": study.spec.seed,
        "seeds": seeds,
        "inputs": {s.container: sha256(paths.data / s.container) for s in study.spec.sources},
        "specs": {p.relative_to(paths.specs).as_posix(): sha256(p) for p in specs},
        "outputs": {p.relative_to(paths.reports).as_posix(): sha256(p) for p in outputs},
    }


def _commit() -> str | None:
    """The last commit that touched the program; None outside a git checkout."""
    root = Path(__file__).resolve().parent.parent
    try:
        run = subprocess.run(
            ["git", "log", "-1", "--format=%H", "--", "."],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return run.stdout.strip() or None


def run(study: Study) -> None:
    """Write reports/<study>/manifest.json."""
    require(study.paths.panel, "construct")
    content = manifest(study)
    path = study.paths.reports / "manifest.json"
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    print(
        f"manifest: {len(content['inputs'])} inputs, {len(content['specs'])} specs, {len(content['outputs'])} outputs"
    )
