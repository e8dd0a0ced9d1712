"""A step is made anew where anything that it reads, or what it wrote, is not what it was."""

import json

import pytest

from pipeline.fresh import record as module
from pipeline.fresh.contents import ABSENT, Contents, digest
from pipeline.fresh.record import Record, Step
from pipeline.quick import sha256


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A step with code, data beside it, a file that it reads and one that it writes."""
    for name in ("code.py", "data.csv", "input.csv", "output.json"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    code = (tmp_path / "code.py", tmp_path / "data.csv")
    monkeypatch.setattr(module, "closure", lambda name: code)
    monkeypatch.setattr(module, "versions", lambda: "numpy 1")
    return tmp_path


def step_in(world, **changes):
    keys = {
        "name": "x",
        "modules": ("m",),
        "files": (world / "input.csv",),
        "facts": ("a fact",),
        "outputs": (world / "output.json",),
    }
    return Step(**{**keys, **changes})


def made(world, **changes):
    """A record, written and read again, of the step as it is."""
    record, step = Record(world / "record.json", {}), step_in(world, **changes)
    record.made(step, record.key(step))
    record.save()
    return step


def is_fresh(world, step):
    return Record(world / "record.json", {}).fresh(step)


def test_a_step_is_fresh_where_nothing_changed(world):
    assert is_fresh(world, made(world))


def test_a_step_that_was_never_made_is_stale(world):
    assert not is_fresh(world, step_in(world))


@pytest.mark.parametrize("name", ["code.py", "data.csv", "input.csv"])
@pytest.mark.parametrize("change", ["edit", "delete"])
def test_it_is_stale_where_code_data_or_an_input_differs(world, name, change):
    step = made(world)
    if change == "edit":
        (world / name).write_text("# only a comment", encoding="utf-8")
    else:
        (world / name).unlink()
    assert not is_fresh(world, step)


def test_it_is_stale_where_a_package_differs(world, monkeypatch):
    step = made(world)
    monkeypatch.setattr(module, "versions", lambda: "numpy 2")
    assert not is_fresh(world, step)


@pytest.mark.parametrize("facts", [("another",), (), ("a fact", ""), ("a ", "fact")])
def test_it_is_stale_where_a_fact_differs(world, facts):
    made(world)
    assert not is_fresh(world, step_in(world, facts=facts))


@pytest.mark.parametrize("content", [None, b"", b"output", b"output.jsom"])
def test_it_is_stale_where_an_output_was_deleted_truncated_or_edited(world, content):
    step = made(world)
    if content is None:
        (world / "output.json").unlink()
    else:
        (world / "output.json").write_bytes(content)
    assert not is_fresh(world, step)


def test_it_is_stale_where_it_writes_other_files(world):
    made(world)
    more = (world / "output.json", world / "second.json")
    assert not is_fresh(world, step_in(world, outputs=more))


def test_touching_a_file_changes_nothing(world):
    step = made(world)
    for path in world.glob("*.csv"):
        path.write_bytes(path.read_bytes())
    assert is_fresh(world, step)


def test_what_failed_is_made_again(world):
    step, other = made(world), step_in(world, name="y")
    record = Record(world / "record.json", {})
    record.made(other, record.key(other))
    record.failed("x")
    assert not record.fresh(step) and record.fresh(other)


def test_what_this_run_wrote_is_told_with_its_hashes(world):
    absent = world / "never.json"
    step = made(world, outputs=(world / "output.json", absent))
    made(world, name="of another study", outputs=(world / "input.csv",))
    record = Record(world / "record.json", {})
    assert record.outputs() == {}
    assert record.fresh(step)
    written = world / "output.json"
    assert record.outputs() == {written.as_posix(): sha256(written)}


@pytest.mark.parametrize("name", ["code.py", "data.csv", "input.csv"])
def test_what_changes_during_a_run_is_made_again_by_the_next(world, name):
    """The key is of what there was as the run began, also where it is taken later."""
    step, path = step_in(world), world / name
    record = Record(world / "record.json", {path.as_posix(): sha256(path)})
    path.write_text("changed meanwhile", encoding="utf-8")
    record.made(step, record.key(step))
    record.save()
    assert not is_fresh(world, step)


def test_an_output_written_in_this_run_is_read_again(world):
    record, step = Record(world / "record.json", {}), step_in(world)
    key = record.key(step)
    assert record.contents.of(world / "output.json") == sha256(world / "output.json")
    (world / "output.json").write_text("new", encoding="utf-8")
    record.made(step, key)
    assert record.fresh(step) and record.contents.of(world / "output.json") == sha256(
        world / "output.json"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 3}', '{"x": {}}', "\x00"])
def test_a_record_that_cannot_be_read_makes_everything_anew(world, text):
    step = made(world)
    (world / "record.json").write_text(text, encoding="utf-8")
    assert not is_fresh(world, step)


def test_the_record_is_whole_and_the_same_for_the_same(world):
    made(world)
    first = (world / "record.json").read_bytes()
    made(world)
    assert (world / "record.json").read_bytes() == first and set(json.loads(first)) == {"x"}


def test_contents_remember_until_a_file_is_forgotten(tmp_path):
    path, contents = tmp_path / "a", Contents({})
    assert contents.of(path) == ABSENT
    path.write_text("x")
    assert contents.of(path) == ABSENT
    contents.forget([path])
    assert contents.of(path) == sha256(path)


def test_texts_are_told_apart_wherever_they_are_cut():
    assert digest(["ab", "c"]) != digest(["a", "bc"]) and digest(["ab"]) != digest(["ab", ""])
