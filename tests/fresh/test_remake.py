"""What is stale is made and noted; what is fresh is left alone; what is refused is asked again."""

import pytest

from pipeline.fresh.record import Record, Step
from pipeline.fresh.remake import remake
from pipeline.panel.finding import Finding, Where

REFUSED = Finding("x", "error", Where(file="b"), "found", "expected", "remedy")


@pytest.fixture
def steps(tmp_path):
    """Three steps: each writes a file of its own."""
    return {
        name: Step(f"x/{name}", ("pipeline",), (), (name,), (tmp_path / name,)) for name in "abc"
    }


@pytest.fixture
def make(tmp_path):
    """Function that writes the file of a step, but refuses b; and the names it was asked for."""
    asked = []

    def work(name):
        asked.append(name)
        if name == "b":
            return [REFUSED]
        (tmp_path / name).write_text(name)
        return []

    return work, asked


def test_only_what_is_stale_is_made_and_refusals_are_asked_again(tmp_path, steps, make):
    work, asked = make
    record = Record(tmp_path / "record.json", {})
    first = remake(record, steps, work, "x")
    assert (first.made, first.refused) == (("a", "c"), {"b": [REFUSED]})
    assert first.findings == [REFUSED] and asked == ["a", "b", "c"]
    again = remake(record, steps, work, "x")
    assert again.made == () and again.refused == {"b": [REFUSED]}
    assert asked == ["a", "b", "c", "b"]
    (tmp_path / "c").unlink()
    record.save()
    assert remake(Record(tmp_path / "record.json", {}), steps, work, "x").made == ("c",)


def test_findings_stand_in_the_order_of_names(tmp_path, steps):
    def refuse(name):
        return [Finding(name, "error", Where(), "", "", "")]

    found = remake(Record(tmp_path / "record.json", {}), dict(reversed(steps.items())), refuse, "x")
    assert [f.code for f in found.findings] == ["a", "b", "c"] and found.made == ()


def test_what_changes_while_it_is_made_is_seen_by_the_next_run(tmp_path, steps):
    """The key says what was read before the work began."""
    source = tmp_path / "source"
    source.write_text("old")
    step = Step("x/a", ("pipeline",), (source,), (), (tmp_path / "a",))

    def work(name):
        source.write_text("new")
        (tmp_path / name).write_text("made from old")
        return []

    assert remake(Record(tmp_path / "r.json", {}), {"a": step}, work, "x").made == ("a",)
    record = Record(tmp_path / "r.json", {})
    assert not record.fresh(step)
