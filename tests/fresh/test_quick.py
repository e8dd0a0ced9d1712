"""A finished study is up to date while every input and output has the bytes it had."""

import json
import os

import pytest

from pipeline import quick


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Folders of a study after a complete run, and the program beside them."""
    rooms = {name: tmp_path / name for name in ("specs", "data", "build", "reports", "program")}
    for name, folder in rooms.items():
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "a.txt").write_text(name)
    monkeypatch.setattr(quick, "_PROGRAM", rooms["program"])
    monkeypatch.setattr(quick, "versions", lambda: "numpy 1")
    finish(rooms)
    return rooms


def made(rooms):
    return rooms["build"], rooms["reports"]


def inputs(rooms):
    return quick.inputs(rooms["specs"], rooms["data"], made(rooms))


def finish(rooms, **written):
    text = quick.complete(inputs(rooms), written, *made(rooms))
    (rooms["build"] / "complete.json").write_text(text)


def up_to_date(rooms):
    return quick.up_to_date(inputs(rooms), *made(rooms))


def test_after_a_complete_run_it_is_up_to_date(study):
    assert up_to_date(study)


@pytest.mark.parametrize("room", ["specs", "data", "build", "reports", "program"])
@pytest.mark.parametrize("change", ["edit", "truncate", "delete"])
def test_it_is_not_where_a_file_differs(study, room, change):
    path = study[room] / "inner/a.txt"
    if change == "delete":
        path.unlink()
    else:
        path.write_text("" if change == "truncate" else f"{room}!")
    assert not up_to_date(study)


@pytest.mark.parametrize("room", ["specs", "data", "program"])
def test_a_new_input_counts(study, room):
    (study[room] / "new.txt").write_text("x")
    assert not up_to_date(study)


def test_another_package_and_another_folder_of_reports_count(study, monkeypatch, tmp_path):
    assert not quick.up_to_date(inputs(study), study["build"], tmp_path / "elsewhere")
    monkeypatch.setattr(quick, "versions", lambda: "numpy 2")
    assert not up_to_date(study)


@pytest.mark.parametrize("name", ["inner/__pycache__/a.pyc", "half.part", "b.pyc", "run.lock"])
def test_what_no_run_reads_does_not_count(study, name):
    path = study["program"] / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    assert up_to_date(study)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"outputs": 3}', '{"outputs": []}'])
def test_a_record_that_cannot_be_read_is_no_complete_run(study, text):
    (study["build"] / "complete.json").write_text(text)
    assert not up_to_date(study)


def test_no_run_is_not_up_to_date(study):
    (study["build"] / "complete.json").unlink()
    assert not up_to_date(study)


def test_the_same_run_leaves_the_same_record(study):
    known = json.loads(quick.complete(inputs(study), {}, *made(study)))
    assert known == json.loads((study["build"] / "complete.json").read_text())
    assert not [p for p in known["outputs"] if p.endswith("complete.json")]


def test_a_date_decides_nothing(study):
    """The same length, the same date, another content; then the same content of another date."""
    for room in ("specs", "data", "program", "build", "reports"):
        path = study[room] / "inner/a.txt"
        content, date = path.read_bytes(), path.stat().st_mtime_ns
        path.write_bytes(content.swapcase())
        os.utime(path, ns=(date, date))
        assert not up_to_date(study), room
        path.write_bytes(content)
        for seconds in (0, 1, 2**33):
            os.utime(path, (seconds, seconds))
        assert up_to_date(study), room


def test_an_output_that_was_damaged_before_the_run_ended_is_not_whole(study):
    path = study["reports"] / "inner/a.txt"
    finish(study, **{path.as_posix(): quick.sha256(path)})
    assert up_to_date(study)
    written = quick.sha256(path)
    path.write_text("damaged")
    finish(study, **{path.as_posix(): written})
    assert not up_to_date(study)


def test_what_runs_make_inside_the_folder_of_source_files_is_no_input(study):
    build = study["data"] / "build"
    build.mkdir()
    before = quick.inputs(study["specs"], study["data"], (build,))
    (build / "made.json").write_text("x")
    assert quick.inputs(study["specs"], study["data"], (build,)) == before


def test_what_is_no_file_is_not_read(study):
    """A pipe would be waited for without end; a link to nothing stands where an editor is open."""
    before = inputs(study)
    os.mkfifo(study["data"] / "pipe")
    (study["data"] / ".#a.txt").symlink_to("nobody@nowhere.1")
    assert inputs(study) == before


def test_a_folder_that_cannot_be_read_is_an_error(study, monkeypatch):
    def refused(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(PermissionError):
        inputs(study)


def test_a_folder_that_is_not_there_has_no_files(study, tmp_path):
    assert list(quick.files(tmp_path / "nothing")) == []
