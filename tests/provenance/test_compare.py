"""The comparison with the baseline finds what differs: a check that can fail."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.provenance.baseline import differences, same

KEPT = {
    "numbers": {
        "columns": [{"treatment": {"value": 0.25, "error": 0.1, "p": None}, "observations": 403}]
    },
    "printed": {"en": {"lines": [["NQP", "0.250***"]]}, "zh": {"points": [0.25, 1.5]}},
}


def changed(change):
    other = json.loads(json.dumps(KEPT))
    change(other)
    return differences(KEPT, other)


def first(kept):
    return kept["numbers"]["columns"][0]


def test_equal_baselines_agree():
    assert changed(lambda k: None) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda k: first(k)["treatment"].update(value=0.25 * (1 + 1e-8)), "treatment.value: 0.25 "),
        (lambda k: first(k).update(observations=402), "observations: 403 here, 402"),
        (lambda k: first(k)["treatment"].pop("error"), "error: 0.1 here, absent"),
        (lambda k: first(k)["treatment"].update(p=0.0), "p: None here, 0.0"),
        (lambda k: k["numbers"]["columns"].append({"n": 1}), "columns[1].n: absent here, 1"),
        (lambda k: k["printed"]["en"]["lines"][0].pop(), "lines[0][1]: 0.250*** here, absent"),
        (lambda k: k["printed"]["en"]["lines"][0].append("x"), "lines[0][2]: absent here, x"),
        (
            lambda k: k["printed"]["zh"]["points"].__setitem__(0, 0.25 * (1 + 1e-15)),
            "printed.zh.points[0]: 0.25 here",
        ),
    ],
)
def test_a_difference_is_one_line_with_its_place(change, said):
    (line,) = changed(change)
    assert said in line, line


def test_another_order_of_sums_is_no_difference():
    assert changed(lambda k: first(k)["treatment"].update(value=0.25 * (1 + 1e-11))) == []


def test_numbers_have_a_tolerance_and_nothing_else_has():
    assert same(1.0, 1.0 + 1e-11, ".numbers.x") and not same(1.0, 1.0 + 1e-8, ".numbers.x")
    assert not same(1.0, 1.0 + 1e-11, ".printed.en.x") and same(1.5, 1.5, ".printed.en.x")
    assert same(0.0, 1e-16, ".numbers.x") and not same(0.0, 1e-13, ".numbers.x")
    assert same(0.0, 1e-13, ".numbers.x", size=1e-3)
    assert not same(0.0, 1e-11, ".numbers.x", size=1e-3)
    assert not same(1.0, None, ".numbers.x") and same(None, None, ".numbers.x")
    assert not same(True, 1, ".numbers.x") and not same("a", "b", ".numbers.x")


def test_a_small_coefficient_is_measured_by_its_own_error():
    def kept(value, error=1e-13, low=0.0):
        return {"numbers": {"c": {"value": value, "error": error, "interval": {"low": low}}}}

    assert differences(kept(3.4e-13), kept(9.9e-13))
    assert not differences(kept(1e-19, error=1e-6), kept(3e-17, error=1e-6))
    assert differences(kept(1.0, low=2e-9), kept(1.0, low=2.1e-9))


@pytest.fixture
def printed(ready):
    """A study of one table and one figure with its baseline."""
    from pipeline.__main__ import main

    ready.keep("02_baseline", "02_trends")
    ready.edit("specs/demo/figures/02_trends.toml", "01_descriptives", "02_baseline")
    assert ready.run("report")[0] == 0
    assert main(["baseline", "demo"]) == 0
    return ready


def test_a_baseline_holds_numbers_cells_and_drawn_numbers_and_can_fail(printed):
    folder = printed.folder / "reports/baseline/demo"
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    figure, table = "figures/02_trends.json", "tables/02_baseline.json"
    assert names == {table, figure, "preview.png", "preview.zh.png"}
    assert status(printed)[0] == 0
    for name, path in ((table, ("numbers", "columns")), (figure, ("printed", "en"))):
        content = json.loads((folder / name).read_text(encoding="utf-8"))
        places = list(floats(content[path[0]][path[1]]))
        assert len(places) > 20, name
        holder, key = places[-1]
        holder[key] = holder[key] * (1 + 1e-8) + 1e-8
        kept = (folder / name).read_bytes()
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
        code, out = status(printed)
        assert code == 1 and "1 differences" in out and f"{name.split('.')[0]}.{path[0]}" in out
        (folder / name).write_bytes(kept)
    missing_and_surplus_specs_are_told(printed, folder)


def missing_and_surplus_specs_are_told(printed, folder):
    (folder / "tables/02_baseline.json").rename(folder / "tables/77_gone.json")
    code, out = status(printed)
    assert code == 1 and "tables/77_gone: only in the baseline" in out
    assert "tables/02_baseline: not in the baseline" in out


def floats(value):
    """(holder, key) of every number with a fraction."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, dict | list):
            yield from floats(item)
        elif isinstance(item, float):
            yield value, key


def status(workspace):
    code, out, _ = workspace.told("compare")
    return code, out


def test_without_a_baseline_the_command_says_how_to_make_one(ready):
    code, message = ready.run("compare")
    assert code == 1 and "no-baseline" in message and "make baseline STUDY=demo" in message


def test_a_baseline_without_a_run_is_refused_and_deletes_nothing(printed):
    from pipeline.__main__ import main

    kept = sorted(p.name for p in Path("reports/baseline/demo").rglob("*.json"))
    shutil.rmtree("build")
    assert main(["baseline", "demo"]) == 1
    assert sorted(p.name for p in Path("reports/baseline/demo").rglob("*.json")) == kept
