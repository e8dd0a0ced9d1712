"""What a run says when it cannot go on: one clear word, an exit status, nothing half-written."""

import errno
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.study import artifact
from tests.conftest import ROOT

ODD = (
    "a b",
    "城乡",
    "it's",
    'd"q',
    "x$y",
    "$(shell false)",
    "-lead",
    "new\nline",
    "a#b",
    "*",
    "\\",
)


@pytest.fixture
def tiny(ready):
    ready.keep("01_descriptives")
    return ready


def fail_at(monkeypatch, call, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(artifact.os, call, fail)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_names_the_file_and_what_is_left_free(tiny, monkeypatch, call):
    fail_at(monkeypatch, call, OSError(errno.ENOSPC, "No space left on device"))
    status, out, err = tiny.told("all")
    assert status == 1 and "Traceback" not in err and "up to date" not in out
    assert "error [disk-full] build/demo/r" in err and "MB are left free" in err
    assert not list(tiny.folder.rglob("*.part")) and not list(tiny.folder.rglob("run.lock"))


@pytest.mark.parametrize("name", ["specs/demo/study.toml", "data/demo/survey.dta"])
def test_what_cannot_be_read_is_never_up_to_date(tiny, monkeypatch, name):
    from pipeline import quick

    known = quick.sha256

    def refuse(path):
        if path.as_posix() == name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return known(path)

    monkeypatch.setattr(quick, "sha256", refuse)
    status, out, err = tiny.told("all")
    assert status == 1 and f"error [file-access] {name}" in err and "up to date" not in out


def test_an_interrupt_is_one_line(tiny, monkeypatch):
    fail_at(monkeypatch, "fsync", KeyboardInterrupt())
    status, _, err = tiny.told("all")
    assert status == 130 and err.startswith("interrupted:") and err.count("\n") == 1
    assert not list(tiny.folder.rglob("*.part")) and not list(tiny.folder.rglob("run.lock"))


def test_a_second_run_says_who_holds_the_folder_and_check_needs_no_lock(tiny):
    from pipeline.study.lock import locked

    for folder in (tiny.build, tiny.reports):
        with locked(folder):
            status, err = tiny.run("all")
            assert status == 1 and "folder-locked" in err and f"process {os.getpid()}" in err
            assert tiny.run("check")[0] == 0


@pytest.mark.parametrize("name", ["", ".", "..", "../demo", "/tmp", "a/b"])
def test_a_study_is_named_by_a_folder_below_specs(tiny, name):
    status, err = tiny.run("check", study=name)
    assert status == 1 and "study-name" in err and "1 problem" in err


@pytest.mark.parametrize(
    "folders", [["--build=x", "--reports=x"], ["--build=specs"], ["--reports=data"]]
)
def test_what_is_made_stands_apart_from_what_is_read(tiny, capsys, folders):
    from pipeline.__main__ import main

    before = sorted(tiny.folder.rglob("*"))
    assert main(["all", "demo", *folders]) == 1
    assert "folders-mixed" in capsys.readouterr().err
    assert sorted(tiny.folder.rglob("*")) == before


def test_folders_may_have_any_name(tiny, capsys):
    from pipeline.__main__ import main

    name = "-".join(ODD)
    arguments = ["all", "demo", f"--build={name}/b", f"--reports={name}/r"]
    assert main(arguments) == 0 and "manifest:" in capsys.readouterr().out
    assert main(arguments) == 0 and "manifest:" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ODD)
def test_make_hands_names_on_as_they_are_written(tmp_path, name):
    told = tmp_path / "told.py"
    told.write_text("import json, sys\nprint(json.dumps(sys.argv[1:]))\n")
    values = [f"{key}={name}" for key in ("STUDY", "DATA", "BUILD", "REPORTS")]
    python = f"PYTHON={sys.executable} {told}"
    command = ["make", "-s", "-f", str(ROOT / "Makefile"), "-o", ".venv/.run", "all", python]
    run = subprocess.run([*command, *values], cwd=tmp_path, capture_output=True, text=True)
    folders = [f"--{key}={name}" for key in ("data", "build", "reports")]
    assert json.loads(run.stdout) == ["-m", "pipeline", "all", *folders, "--", name], run.stderr


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "POSIX"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_any_locale_can_spell_the_names_of_files(tiny, locale):
    (tiny.data / "levers_long.csv").rename(tiny.data / "城乡.csv")
    tiny.edit("specs/demo/study.toml", "levers_long.csv", "城乡.csv")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    run = subprocess.run(
        [sys.executable, "-m", "pipeline", "ingest", "demo"],
        cwd=tiny.folder,
        env={**clean, **locale, "PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    assert run.returncode == 0 and b"from 4 files" in run.stdout, run.stderr


def test_what_cannot_be_said_is_told_once(tiny):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "pipeline", "check", "demo"],
            cwd=tiny.folder,
            env={**clean, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert run.returncode == 1 and run.stderr.count("No space left on device") == 1
    assert "Exception ignored" not in run.stderr


def test_a_source_among_what_runs_make_would_not_be_watched(tiny, capsys):
    from pipeline.__main__ import main

    tiny.edit("specs/demo/study.toml", "levers_long.csv", "made/demo/levers.csv")
    (tiny.data / "made/demo").mkdir(parents=True)
    (tiny.data / "levers_long.csv").rename(tiny.data / "made/demo/levers.csv")
    assert main(["ingest", "demo", "--build=data/demo/made"]) == 1
    assert "error [source-outside] data/demo/made/demo/levers.csv" in capsys.readouterr().err


def test_a_full_folder_of_temporary_files_is_no_damaged_archive(tiny, monkeypatch):
    with zipfile.ZipFile(tiny.data / "levers.zip", "w") as archive:
        archive.write(tiny.data / "levers_long.csv", "levers_long.csv")
    tiny.edit("specs/demo/study.toml", "levers_long.csv", "levers.zip/levers_long.csv")
    opened = Path.open
    full = "/dev/full"

    def open_(path, mode="r", *more, **settings):
        there = Path(full) if mode == "wb" and path.name == "levers_long.csv" else path
        return opened(there, mode, *more, **settings)

    monkeypatch.setattr(Path, "open", open_)
    status, err = tiny.run("ingest")
    assert status == 1 and "error [disk-full]" in err and "levers_long.csv" in err
    assert "file-damaged" not in err
