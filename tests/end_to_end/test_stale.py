"""What is stale is seen and made anew, whatever was lost, when it was changed, whatever a clock
says.
"""

import contextlib
import hashlib
import importlib
import io
import json
import os
import shutil
import time
import zipfile
from collections import defaultdict
from itertools import cycle

import pytest

from tests.conftest import Workspace

TABLE = "specs/demo/tables/01_descriptives.toml"


@pytest.fixture(scope="module")
def printed(tmp_path_factory, constructed):
    """A folder of the demo study with one table and one figure, run to its report, to be copied."""
    from pipeline.__main__ import main

    folder = tmp_path_factory.mktemp("printed")
    Workspace(folder, None, constructed).keep("01_descriptives", "02_trends")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["all", "demo"]) == 0
    return folder


@pytest.fixture
def finished(tmp_path, monkeypatch, capsys, printed):
    """A workspace where everything is made."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(printed / "reports", tmp_path / "reports")
    return Workspace(tmp_path, capsys, printed)


def everything(workspace):
    """Every file under build/ and reports/ with its bytes."""
    files = [*workspace.reports.rglob("*"), *workspace.build.rglob("*")]
    return {p: p.read_bytes() for p in files if p.is_file()}


def emptied(content):
    return b""


def truncated(content):
    return content[: len(content) // 2]


def harm(path, damage):
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(path.read_bytes()))


DAMAGES = (None, emptied, truncated)
ALONE = {"manifest.json", "complete.json", "record.json", "refused.json", "raw.parquet"}


def test_all_outputs_at_once_that_are_damaged_are_restored(finished):
    whole = everything(finished)
    suffixes = {p.suffix for p in whole}
    wanted = "pdf html tex docx xlsx md json svg png parquet csv typ"
    assert suffixes == {f".{s}" for s in wanted.split()}
    for path in whole:
        harm(path, emptied)
    assert finished.run("all")[0] == 0
    assert everything(finished) == whole


def test_every_kind_of_output_that_is_deleted_or_damaged_is_restored(finished):
    """The files of one format or of one name, while all others are whole; with each kind another
    damage."""
    whole = everything(finished)
    kinds = defaultdict(list)
    for path in whole:
        room = path.relative_to(finished.folder).parts[0]
        alone = path.name if path.name in ALONE else "made of several"
        kinds[room, path.suffix if room == "reports" else "", alone].append(path)
    groups = list(kinds.values())
    assert len(groups) == 16
    for damage, group in zip(cycle(DAMAGES), groups, strict=False):
        for path in group:
            harm(path, damage)
        assert finished.run("all")[0] == 0, group
        after = everything(finished)
        assert {p for p in whole if after.get(p) != whole[p]} == set(), (group, damage)
        assert after.keys() == whole.keys(), group


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("data/demo/truth.json", b"0.", b"1."),
        ("data/demo/levers_long.csv", b"17.46", b"17.47"),
        ("specs/demo/codebook.csv", b"indicator", b"Indicator"),
        ("specs/demo/tables/01_descriptives.toml", b"Descriptive", b"descriptive"),
    ],
)
def test_a_change_that_keeps_date_and_length_is_seen(finished, name, old, new):
    path = finished.folder / name
    content, date = path.read_bytes(), path.stat().st_mtime_ns
    changed = content.replace(old, new, 1)[: len(content)]
    assert changed != content and len(changed) == len(content)
    path.write_bytes(changed)
    os.utime(path, ns=(date, date))
    _, out, err = finished.told("all")
    assert out + err != "reports/demo/report.pdf is up to date\n"


@pytest.mark.parametrize("hours", [-3, 0, 3])
def test_dates_of_files_decide_nothing(finished, hours):
    """All the same, in the future or the past: what changed is seen, what did not is not."""
    then = time.time() + 3600 * hours

    def date_all():
        for path in finished.folder.rglob("*"):
            os.utime(path, (then, then))

    date_all()
    assert finished.told("all")[1] == "reports/demo/report.pdf is up to date\n"
    finished.edit(TABLE, "Descriptive", "Our descriptive")
    date_all()
    status, out, _ = finished.told("all")
    assert status == 0 and "1 of 2 tables and figures written" in out


def while_running(monkeypatch, module, act):
    """Have something happen just as a stage ends."""
    stage = importlib.import_module(f"pipeline.{module}.run")
    run = stage.run

    def run_and_act(study, *more):
        found = run(study, *more)
        act()
        return found

    monkeypatch.setattr(stage, "run", run_and_act)


SOURCE = "data/demo/levers_long.csv"


@pytest.mark.parametrize(("name", "stage"), [(SOURCE, "validate"), (TABLE, "publish")])
def test_what_is_replaced_during_a_run_is_told_and_read_by_the_next(
    finished, monkeypatch, name, stage
):
    """No manifest vouches for the run; the next one ends where a run from nothing ends."""
    path = finished.folder / name
    (finished.build / "values.parquet").unlink()
    with monkeypatch.context() as patch:
        while_running(patch, stage, lambda: path.write_bytes(path.read_bytes() + b"\n"))
        status, err = finished.run("all")
    assert status == 1 and "input-changed" in err and name in err and "1 problem" in err
    assert not (finished.reports / "manifest.json").exists()
    status, out, _ = finished.told("all")
    assert status == 0 and "manifest:" in out
    manifest = json.loads((finished.reports / "manifest.json").read_text("utf-8"))
    part, key = ("inputs", path.name) if name == SOURCE else ("specs", name.split("demo/")[1])
    assert manifest[part][key] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert finished.told("all")[1] == "reports/demo/report.pdf is up to date\n"


def test_what_else_changes_during_a_run(finished, monkeypatch):
    """A file beside the sources concerns nobody; an output that is lost is restored by the next."""
    page = finished.reports / "tables/01_descriptives.tex"
    page.write_text("damaged")

    def act():
        (finished.data / "notes.txt").touch()
        page.unlink()

    with monkeypatch.context() as patch:
        while_running(patch, "publish", act)
        assert finished.run("all")[0] == 0
    assert finished.run("all")[0] == 0 and page.exists()


def test_a_language_that_is_gone_leaves_nothing(finished):
    finished.edit("specs/demo/study.toml", 'languages = ["en", "zh"]', 'languages = ["en"]')
    assert finished.run("all")[0] == 0
    assert [p for p in everything(finished) if ".zh." in p.name] == []


def test_an_archive_whatever_the_case_of_its_ending_is_watched(finished):
    """`LEVERS.ZIP/levers_long.csv`: the archive is the file that is read."""
    archive, content = finished.data / "LEVERS.ZIP", (finished.folder / SOURCE).read_bytes()

    def pack(content):
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("levers_long.csv", content)

    pack(content)
    finished.edit("specs/demo/study.toml", '"levers_long.csv"', '"LEVERS.ZIP/levers_long.csv"')
    assert "ingest:" in finished.told("ingest")[1]
    assert "ingest:" not in finished.told("ingest")[1]
    pack(content.replace(b"17.46", b"17.47", 1))
    assert "ingest:" in finished.told("ingest")[1]
