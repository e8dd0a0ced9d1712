"""A finished study is up to date while every input and output has the bytes it had."""

import json

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


def folders(rooms):
    return [rooms[n] for n in ("specs", "data", "build", "reports")]


def finish(rooms):
    (rooms["build"] / "complete.json").write_text(quick.complete(*folders(rooms)))


def up_to_date(rooms):
    return quick.up_to_date(*folders(rooms))


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
    elsewhere = [*folders(study)[:3], tmp_path / "elsewhere"]
    assert not quick.up_to_date(*elsewhere)
    monkeypatch.setattr(quick, "versions", lambda: "numpy 2")
    assert not up_to_date(study)


@pytest.mark.parametrize("name", ["inner/__pycache__/a.pyc", "half.part", "b.pyc"])
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
    known = json.loads(quick.complete(*folders(study)))
    assert known == json.loads((study["build"] / "complete.json").read_text())
    assert not [p for p in known["outputs"] if p.endswith("complete.json")]
