"""Specs that cannot be estimated: the others are printed, the report says what is missing and
why."""

import json

import pytest

GOOD, BAD, WORSE = "02_baseline", "04_dimensions", "05_robustness"
FIGURE = "figures/01_coefficients"


@pytest.fixture
def refused(ready):
    """Two tables that no panel can give, with a figure that shows one of them; one that can."""
    ready.keep(GOOD, BAD, WORSE, "01_coefficients", "02_trends")
    figure = f"specs/demo/{FIGURE}.toml"
    ready.edit(figure, f'["{GOOD}", "{WORSE}", "06_heterogeneity"]', f'["{GOOD}", "{WORSE}"]')
    ready.edit(figure, "06_heterogeneity", GOOD)
    ready.edit("specs/demo/figures/02_trends.toml", "01_descriptives", GOOD)
    tibet = 'sample = { without = ["Tibet"] }'
    ready.edit(
        f"specs/demo/tables/{WORSE}.toml", tibet, 'sample = { provinces = ["Tibet", "Jilin"] }'
    )
    absorbed = 'outcome = "uri_ecology"\ncontrols = ["land_area"]'
    ready.edit(f"specs/demo/tables/{BAD}.toml", 'outcome = "uri_ecology"', absorbed)
    return ready


def heal(workspace):
    workspace.edit(
        f"specs/demo/tables/{WORSE}.toml", 'provinces = ["Tibet", "Jilin"]', 'without = ["Tibet"]'
    )
    workspace.edit(f"specs/demo/tables/{BAD}.toml", 'controls = ["land_area"]\n', "")


def files_of(workspace, name):
    return sorted(p.name for p in workspace.reports.glob(f"{name}.*"))


def test_one_impossible_table_does_not_stop_the_others(refused):
    status, message = refused.run("all")
    assert status == 1 and "Traceback" not in message
    told_all_at_once(message)
    assert files_of(refused, f"tables/{GOOD}") and files_of(refused, "figures/02_trends")
    for name in (f"tables/{BAD}", f"tables/{WORSE}", FIGURE):
        assert files_of(refused, name) == [], name
    for language, said in (("", "What is missing"), (".zh", "未能给出的结果")):
        html = (refused.reports / f"report{language}.html").read_text(encoding="utf-8")
        assert said in html and (refused.reports / f"report{language}.pdf").exists()
        for text in (f"tables/{BAD}", f"tables/{WORSE}", "land_area"):
            assert text in html, text
    again_with_nothing_changed(refused)
    healed_by_a_repaired_spec(refused)


def told_all_at_once(message):
    """Every problem of every spec with its file, its column and what to do; how many they are."""
    for text in ("collinear", "land_area", f"{BAD}.toml", "columns.4"):
        assert text in message, text
    for text in ("sample-too-small", f"{WORSE}.toml", "columns.3"):
        assert text in message, text
    assert message.rstrip().endswith("problems found.")


def again_with_nothing_changed(workspace):
    """The refusal stays a refusal; what is there is not made again."""
    pages = {p: p.stat().st_mtime_ns for p in (workspace.reports / "tables").iterdir()}
    status, out, message = workspace.told("all")
    assert status == 1 and "up to date" not in out
    told_all_at_once(message)
    assert pages == {p: p.stat().st_mtime_ns for p in (workspace.reports / "tables").iterdir()}


def healed_by_a_repaired_spec(workspace):
    heal(workspace)
    status, out, message = workspace.told("all")
    assert status == 0 and message == "", message
    for name in (f"tables/{BAD}", f"tables/{WORSE}", FIGURE):
        assert files_of(workspace, name), name
    for language, said in (("", "What is missing"), (".zh", "未能给出的结果")):
        html = (workspace.reports / f"report{language}.html").read_text(encoding="utf-8")
        assert said not in html
    assert json.loads((workspace.build / "refused.json").read_text(encoding="utf-8")) == {}
    assert f"estimate: 2 of 4 specs estimated (tables/{BAD}, tables/{WORSE})" in out
    assert workspace.told("all")[1].strip() == "reports/demo/report.pdf is up to date"
    broken_after_it_was_whole(workspace)


def broken_after_it_was_whole(workspace):
    """What the spec printed before would look like its results: it goes, also from the baseline."""
    workspace.edit(
        f"specs/demo/tables/{BAD}.toml", '"uri_ecology"', '"uri_ecology"\ncontrols = ["land_area"]'
    )
    assert workspace.run("all")[0] == 1
    assert files_of(workspace, f"tables/{BAD}") == []
    for room in ("results", "printed"):
        assert not (workspace.build / room / f"tables/{BAD}.json").exists(), room
    outputs = json.loads((workspace.reports / "manifest.json").read_text("utf-8"))["outputs"]
    assert not [name for name in outputs if BAD in name]


def test_an_estimate_alone_says_the_same_and_refuses(refused):
    status, message = refused.run("estimate")
    assert status == 1
    told_all_at_once(message)
    assert (refused.build / f"results/tables/{GOOD}.json").exists()


def test_a_study_of_which_no_table_can_be_made_still_says_why(ready):
    ready.keep(GOOD)
    ready.edit("specs/demo/variables.toml", '"log(loans / gdp)"', '"log(land_area)"')
    status, message = ready.run("all")
    assert status == 1 and "collinear" in message and "Traceback" not in message
    html = (ready.reports / "report.html").read_text(encoding="utf-8")
    assert "What is missing" in html and f"tables/{GOOD}" in html
    assert not (ready.reports / "tables").exists() or files_of(ready, "tables/*") == []
