"""Shared fixtures: the demo study, a workspace to break it in, and the reference data where they
are at hand."""

import contextlib
import hashlib
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import tools

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def no_forks():
    """The tests stand side by side already, in processes with threads of typst and of xdist."""
    from pipeline.fresh import workers

    workers.fork_no_more()


@pytest.fixture
def shared():
    """Path of the reference data beside the checkout; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the reference data are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def tool():
    """Function from a program's name to its path; skips without it, fails if REQUIRE_TOOLS=1."""
    return tools.find


@pytest.fixture(scope="session")
def demo():
    """The demo study, loaded from the checkout."""
    from pipeline.methods.load import open_study
    from pipeline.study.paths import Paths

    return open_study(
        Paths(
            "demo",
            ROOT / "specs/demo",
            ROOT / "data/demo",
            ROOT / "build/none",
            ROOT / "reports/none",
        )
    )


@pytest.fixture(scope="session")
def demo_panel(demo):
    """The analysis panel of the demo study, from its source files through every check."""
    import numpy as np

    from pipeline.construct.run import construct
    from pipeline.ingest.run import read_sources
    from pipeline.validate.run import validate

    raw, findings = read_sources(demo)
    assert [f for f in [*findings, *validate(demo, raw)] if f.severity == "error"] == []
    wide = raw.pivot(index=["province", "year"], columns="variable", values="value")
    grids = {v: np.asarray(wide[v], float).reshape(31, -1) for v in wide}
    return construct(demo, grids)


class Workspace:
    """A copy of the demo study in a folder of its own, run in-process stage by stage.

    source: the folder with `specs`, `data` and, where its stages were run, `build`
    """

    def __init__(self, folder: Path, capsys, source: Path = ROOT) -> None:
        self.folder, self._capsys = folder, capsys
        for room in ("specs", "data", "build"):
            if (source / room / "demo").is_dir() and (room != "build" or source != ROOT):
                shutil.copytree(source / room / "demo", folder / room / "demo")
        self.specs, self.data, self.build, self.reports = (
            folder / room / "demo" for room in ("specs", "data", "build", "reports")
        )

    def run(self, *stages: str, study: str = "demo") -> tuple[int, str]:
        """Run stages until one fails; (exit status, what it printed on standard error)."""
        status, _, err = self.told(*stages, study=study)
        return status, err

    def told(self, *stages: str, study: str = "demo") -> tuple[int, str, str]:
        """Run stages until one fails: exit status, standard output, standard error."""
        from pipeline.__main__ import main

        self._capsys.readouterr()
        status = 0
        for stage in stages:
            status = main([stage, study, "--data", str(self.data.relative_to(self.folder))])
            if status:
                break
        captured = self._capsys.readouterr()
        return status, captured.out, captured.err

    def keep(self, *stems: str) -> None:
        """Remove every table and figure but these."""
        for folder in ("tables", "figures"):
            for path in (self.specs / folder).glob("*.toml"):
                if path.stem not in stems:
                    path.unlink()

    def write_spec(self, file: str, text: str) -> None:
        """Write a file of the study's spec folder."""
        path = self.specs / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, file: str, old: str, new: str, encoding: str = "utf-8") -> None:
        """Replace text in a file of the workspace, which must be there."""
        path = self.folder / file
        text = path.read_bytes().decode(encoding)
        assert old in text, f"{old!r} is not in {file}"
        path.write_bytes(text.replace(old, new, 1).encode(encoding))

    def open(self, study: str = "demo"):
        """The study as the commands read it."""
        from pipeline.methods.load import open_study
        from pipeline.study.paths import study_paths

        return open_study(study_paths(study, self.data.relative_to(self.folder)))

    def edition(self, study: str = "demo"):
        """The study with the results there are."""
        from pipeline.publish.edition import Edition

        return Edition.of(self.open(study))

    def result(self, name: str, study: str = "demo"):
        """The results of a spec, as the report reads them."""
        return self.edition(study).result(name)


class Project:
    """A copy of the project in a folder of its own, run by make as a user runs it."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("pipeline", "specs", "data"):
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        for name in (
            "Makefile",
            "requirements.lock",
            "requirements-dev.lock",
            "pyproject.toml",
            "README.md",
        ):
            shutil.copy(ROOT / name, folder / name)
        os.symlink(ROOT / ".venv", folder / ".venv")

    def make(self, *arguments, hash_seed="random"):
        environment = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
        environment["PYTHONHASHSEED"] = hash_seed  # the order of sets of names
        run = subprocess.run(
            ["make", "--no-print-directory", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return run.returncode, run.stdout + run.stderr

    def hashes(self, study="demo"):
        files = sorted(p for p in (self.folder / "reports" / study).rglob("*") if p.is_file())
        return {
            p.relative_to(self.folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in files
        }


@pytest.fixture
def workspace(tmp_path, monkeypatch, capsys):
    """A copy of the demo study that a test may break; the current folder is its root."""
    monkeypatch.chdir(tmp_path)
    return Workspace(tmp_path, capsys)


@pytest.fixture(scope="session")
def constructed(tmp_path_factory):
    """A folder with the demo study up to its panel, to be copied."""
    from pipeline.__main__ import main

    folder = tmp_path_factory.mktemp("constructed")
    for room in ("specs", "data"):
        shutil.copytree(ROOT / room / "demo", folder / room / "demo")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["construct", "demo"]) == 0
    return folder


@pytest.fixture
def ready(tmp_path, monkeypatch, capsys, constructed):
    """A workspace whose panel is built."""
    monkeypatch.chdir(tmp_path)
    return Workspace(tmp_path, capsys, constructed)
