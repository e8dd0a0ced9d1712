"""What is made anew after a change: what depends on it, and nothing else."""

import csv
import json
import re
import shutil

import pytest

# A table of models with draws, one that prints no model, a figure of a table, and one of its own.
KEPT = ("01_descriptives", "02_baseline", "04_dimensions", "01_coefficients", "02_trends")
OUTCOMES = "specs/demo/tables/04_dimensions.toml"


@pytest.fixture(scope="module")
def printed(tmp_path_factory, constructed):
    """A folder of the demo study with few specs, run to its report, to be copied."""
    import contextlib
    import io

    from pipeline.__main__ import main
    from tests.conftest import Workspace

    folder = tmp_path_factory.mktemp("printed")
    small = Workspace(folder, None, constructed)
    small.keep(*KEPT)
    figure = "specs/demo/figures/01_coefficients.toml"
    small.edit(figure, '["02_baseline", "05_robustness", "06_heterogeneity"]', '["02_baseline"]')
    small.edit(figure, "06_heterogeneity", "02_baseline")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["all", "demo"]) == 0
    return folder


@pytest.fixture
def finished(tmp_path, monkeypatch, capsys, printed):
    """A workspace where everything is made; dates of files are those of the first run."""
    from tests.conftest import Workspace

    monkeypatch.chdir(tmp_path)
    workspace = Workspace(tmp_path, capsys, printed)
    shutil.copytree(printed / "reports", tmp_path / "reports")
    return workspace


def contents(workspace):
    """Every output with its bytes; the manifest and the records of what was made aside."""
    files = [*workspace.reports.rglob("*"), *workspace.build.rglob("*")]
    kept = [p for p in files if p.is_file() and p.suffix != ".typ"]
    passing = {"record.json", "complete.json", "manifest.json"}
    return {p: p.read_bytes() for p in kept if p.name not in passing}


def estimated(out):
    """The specs that a run estimated."""
    found = re.search(r"estimate: \d+ of \d+ specs estimated(?: \((.*)\))?", out)
    return set((found[1] or "").split(", ")) - {""} if found else None


def stems(before, after):
    """The outputs that differ, by folder and stem."""
    changed = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
    return {f"{p.parent.name}/{p.name.split('.')[0]}" for p in changed}


def test_one_damaged_file_is_restored_and_nothing_else_is_touched(finished):
    whole = contents(finished)
    dates = {p: p.stat().st_mtime_ns for p in whole}
    page = finished.reports / "tables/02_baseline.zh.docx"
    page.write_bytes(page.read_bytes()[:-1])
    status, out, _ = finished.told("all")
    assert status == 0 and estimated(out) == set() and "1 of 5 tables and figures written" in out
    assert contents(finished) == whole
    assert {p for p in whole if p.stat().st_mtime_ns != dates[p]} == {page}


def test_a_run_to_another_folder_is_a_run(finished):
    from pipeline.__main__ import main

    assert main(["all", "demo", "--reports", "elsewhere"]) == 0
    assert (finished.folder / "elsewhere/demo/report.pdf").exists()
    assert (finished.folder / "elsewhere/demo/tables/02_baseline.zh.tex").exists()


def test_a_word_of_a_table_rewrites_that_table_and_the_reports(finished):
    before = contents(finished)
    finished.edit(OUTCOMES, "Dimensions of urban-rural integration", "Five sides of integration")
    status, out, _ = finished.told("all")
    assert status == 0 and "ingest:" not in out and "construct:" not in out
    assert estimated(out) == set() and "1 of 5 tables and figures written" in out
    changed = stems(before, contents(finished))
    assert changed == {"tables/04_dimensions", "demo/report"}
    assert "Five sides" in (finished.reports / "tables/04_dimensions.md").read_text("utf-8")
    assert "Five sides" in (finished.reports / "report.html").read_text("utf-8")


def test_the_title_of_a_table_is_printed_again_in_the_figure_that_shows_it(finished):
    figure, two = "specs/demo/figures/01_coefficients.toml", '["02_baseline", "04_dimensions"]'
    finished.edit(figure, '["02_baseline"]', two)
    assert finished.told("all")[0] == 0
    finished.edit("specs/demo/tables/02_baseline.toml", 'en = "', 'en = "Anew: ')
    status, out, _ = finished.told("all")
    assert status == 0 and estimated(out) == set() and "2 of 5 tables and figures written" in out
    drawn = (finished.folder / "build/demo/printed/figures/01_coefficients.json").read_text("utf-8")
    assert "Anew:" in drawn


def test_a_remark_estimates_nothing(finished):
    with (finished.folder / OUTCOMES).open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    assert estimated(finished.told("all")[1]) == set()
    text = (finished.folder / OUTCOMES).read_text(encoding="utf-8")
    remark = 'remark = { en = "Five sides.", zh = "五个维度。" }\n'
    (finished.folder / OUTCOMES).write_text(remark + text, encoding="utf-8")
    assert estimated(finished.told("all")[1]) == set()
    assert "五个维度。" in (finished.reports / "tables/04_dimensions.zh.md").read_text("utf-8")


def test_a_formula_estimates_again_what_depends_on_it(finished):
    """`pension_coverage` is the one indicator of `uri_society`, and so of `uri`; not of `nqp`."""
    finished.write_spec(
        "tables/41_nqp.toml", column('outcome = "nqp"\ntreatment = "openness"\ncontrols = []')
    )
    assert finished.run("all")[0] == 0
    formula = '"pension_participants / pop"'
    finished.edit("specs/demo/variables.toml", formula, '"sqrt(pension_participants / pop)"')
    status, out, _ = finished.told("all")
    assert status == 0 and "ingest:" not in out
    assert estimated(out) == {
        "tables/01_descriptives",
        "tables/02_baseline",
        "tables/04_dimensions",
        "figures/02_trends",
    }


def test_the_use_of_a_variable_estimates_again_what_depends_on_it(finished):
    """`schooling_years` enters `nqp`; a table of controls alone does not know it."""
    finished.write_spec(
        "tables/41_openness.toml",
        column('outcome = "openness"\ntreatment = "finance"\ncontrols = []'),
    )
    assert finished.run("all")[0] == 0
    path = finished.specs / "codebook.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    use = rows[0].index("use")
    (row,) = (r for r in rows if r[0] == "schooling_years")
    assert row[use] == "indicator"
    row[use] = "scale"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    status, out, _ = finished.told("all")
    assert status == 0
    assert "tables/41_openness" not in estimated(out) and "tables/02_baseline" in estimated(out)


def column(text):
    """A regression table of one column."""
    return f'kind = "regression"\ntitle = {{ en = "One", zh = "一" }}\n[[columns]]\n{text}\n'


def test_a_label_prints_again_and_estimates_nothing(finished):
    finished.edit("specs/demo/variables.toml", "Trade / GDP (log)", "Trade over GDP (log)")
    status, out, _ = finished.told("all")
    assert status == 0 and estimated(out) == set()
    assert "Trade over GDP (log)" in (finished.reports / "tables/02_baseline.md").read_text("utf-8")


def test_another_seed_estimates_again(finished):
    before = finished.result("tables/02_baseline")
    finished.edit("specs/demo/study.toml", "seed = 20240211", "seed = 7")
    status, out, _ = finished.told("all")
    assert status == 0 and "tables/02_baseline" in estimated(out)
    after = finished.result("tables/02_baseline")
    was, now = ([c.treatment for c in r.columns] for r in (before, after))
    assert [t.few for t in was] != [t.few for t in now]
    assert [t.value for t in was] == [t.value for t in now]


def test_a_spec_that_is_gone_leaves_nothing(finished):
    (finished.specs / "tables/04_dimensions.toml").unlink()
    assert finished.run("all")[0] == 0
    assert not [
        p for p in contents(finished) if "04_dimensions" in p.name and "results" not in str(p)
    ]
    assert "04_dimensions" not in (finished.reports / "manifest.json").read_text("utf-8")
    text = (finished.reports / "report.html").read_text("utf-8")
    assert "Dimensions of urban-rural" not in text


def test_packages_and_python_are_part_of_every_key(finished, monkeypatch, tmp_path):
    import sysconfig

    from pipeline.fresh.record import Record, Step
    from pipeline.quick import inputs, up_to_date

    rooms = (finished.specs, finished.data, finished.build, finished.reports)
    specs, data, *made = (room.relative_to(finished.folder) for room in rooms)
    assert up_to_date(inputs(specs, data, tuple(made)), *made)
    step = Step("x", (), (), (), ())
    site = tmp_path / "site"
    keys = {Record(tmp_path / "none", {}).key(step)}
    for version in ("1.0", "1.1"):
        (site / f"numpy-{version}.dist-info").mkdir(parents=True)
        monkeypatch.setattr(sysconfig, "get_paths", lambda: {"purelib": str(site)})
        keys.add(Record(tmp_path / "none", {}).key(step))
        assert not up_to_date(inputs(specs, data, tuple(made)), *made)
        (site / f"numpy-{version}.dist-info").rmdir()
    assert len(keys) == 3


def test_what_is_made_twice_is_the_same_record(finished):
    """A run where nothing changed leaves the record as it is."""
    before = json.loads((finished.build / "record.json").read_text("utf-8"))
    (finished.build / "complete.json").unlink()
    status, out, _ = finished.told("all")
    assert status == 0 and estimated(out) == set() and "0 of 5 tables and figures" in out
    assert json.loads((finished.build / "record.json").read_text("utf-8")) == before


def test_a_lever_that_nothing_can_test_is_read_by_the_tables_of_levers_alone(demo):
    from dataclasses import replace

    from pipeline.methods.reads import columns, study_facts

    text = demo.levers["c1"].label
    new = demo.levers["c1"].model_copy(
        update={"variable": None, "source": None, "untestable": text}
    )
    more = replace(demo, levers={**demo.levers, "c7": new})

    def facts(study, name):
        spec = study.tables[name]
        return study_facts(study, spec, columns(study, spec))

    assert facts(demo, "tables/20_levers") != facts(more, "tables/20_levers")
    assert facts(demo, "tables/02_baseline") == facts(more, "tables/02_baseline")


def test_filled_cells_and_weights_are_read_by_who_uses_them(demo_panel):
    from dataclasses import replace

    from pipeline.methods.reads import panel_facts

    filled = replace(demo_panel, filled={"patents": [[11, 2011]]})
    assert panel_facts(filled, ["pop", "uri"]) == panel_facts(demo_panel, ["pop", "uri"])
    assert panel_facts(filled, ["patents"]) != panel_facts(demo_panel, ["patents"])
    weights = {**demo_panel.weights, "nqp": {}}
    assert panel_facts(replace(demo_panel, weights=weights), ["nqp"]) != panel_facts(
        demo_panel, ["nqp"]
    )
