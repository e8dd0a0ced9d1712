"""A spec folder with many problems: all of them in one run, and none that is only a consequence."""

import json
import re

import pytest

from pipeline.methods.load import open_study
from pipeline.panel.finding import Rejected
from pipeline.report.journals import PRESETS
from pipeline.study.paths import Paths


@pytest.fixture
def refusals(workspace):
    """Function to the (code, file) of every problem of the workspace's study."""

    def found():
        paths = Paths("demo", workspace.specs, workspace.data, workspace.build, workspace.folder)
        with pytest.raises(Rejected) as refused:
            open_study(paths)
        return [
            (f.code, f.where.file.removeprefix(f"{workspace.specs}/"), f.where.key)
            for f in refused.value.findings
        ]

    return found


def test_one_impossible_table_hides_no_problem_of_the_others(workspace, refusals):
    workspace.edit("specs/demo/tables/02_baseline.toml", "title =", "titel =")
    workspace.edit("specs/demo/tables/05_robustness.toml", '"uri_pca"', '"uri_pcb"')
    workspace.edit(
        "specs/demo/study.toml", 'controls = ["openness"', 'controls = ["upgrading", "openness"'
    )
    workspace.edit("specs/demo/levers.toml", 'moves = "information"', 'moves = "informatoin"')
    found = refusals()
    assert ("spec-unknown-key", "tables/02_baseline.toml", "titel") in found
    assert ("unknown-variable", "tables/05_robustness.toml", "columns.1.outcome") in found
    assert ("role-twice", "study.toml", "roles") in found
    assert ("unknown-arrow", "levers.toml", "c1.moves") in found


def test_journals_and_a_headline_that_are_not_there_are_told_with_everything_else(
    workspace, refusals
):
    workspace.edit("specs/demo/tables/02_baseline.toml", "title =", "titel =")
    workspace.edit("specs/demo/tables/05_robustness.toml", '"uri_pca"', '"uri_pcb"')
    path = workspace.specs / "tables/04_dimensions.toml"
    path.write_text(path.read_text("utf-8") + '\n[style]\njournal = "nature"\n', "utf-8")
    path = workspace.specs / "study.toml"
    declared = 'headline = { table = "77_nothing", column = 1 }\n'
    path.write_text(declared + path.read_text("utf-8"), "utf-8")
    found = refusals()
    assert ("spec-unknown-key", "tables/02_baseline.toml", "titel") in found
    assert ("unknown-variable", "tables/05_robustness.toml", "columns.1.outcome") in found
    assert "unknown-journal" in {code for code, _, _ in found}
    assert ("unknown-table", "study.toml", "headline.table") in found


def test_a_headline_of_a_table_that_has_none(workspace, refusals):
    path = workspace.specs / "study.toml"
    declared = 'headline = { table = "03_mechanisms", column = 1 }\n'
    path.write_text(declared + path.read_text("utf-8"), "utf-8")
    assert refusals() == [("headline", "study.toml", "headline.table")]


def test_a_table_that_cannot_be_read_is_not_told_again_by_figures_and_headline(workspace, refusals):
    """The baseline is named by figures and would answer the question: both are consequences."""
    named = [p for p in workspace.specs.glob("figures/*.toml") if "02_baseline" in p.read_text()]
    workspace.edit("specs/demo/tables/02_baseline.toml", "title =", "titel =")
    found = refusals()
    assert named and {file for _, file, _ in found} == {"tables/02_baseline.toml"}


def test_an_unreadable_study_file_does_not_hide_formulas_units_and_indices(workspace, refusals):
    workspace.edit("specs/demo/study.toml", "seed =", "sed =")
    workspace.edit("specs/demo/variables.toml", '"rd_expenditure / gdp"', '"rd_expenditur / gdp"')
    workspace.edit("specs/demo/indices.toml", "[uri.dimensions.people]", "[uri.dimensions.equal]")
    codes = {code for code, _, _ in refusals()}
    assert {"spec-unknown-key", "spec-missing-key", "unknown-variable", "dimension-name"} <= codes


def test_an_unreadable_codebook_is_told_alone_for_what_depends_on_it(workspace, refusals):
    workspace.edit("specs/demo/codebook.csv", ",amount,scale,", ",amuont,scale,", "utf-8-sig")
    assert {file for _, file, _ in refusals()} == {"codebook.csv"}


@pytest.mark.parametrize("proxy", ["c1", "c2"])
def test_a_lever_that_stands_for_a_lever_is_refused_without_an_endless_walk(
    workspace, refusals, proxy
):
    workspace.edit("specs/demo/levers.toml", '"internet_gap"', f'"{proxy}"')
    workspace.edit("specs/demo/study.toml", 'outcome = "uri"', 'outcome = "c1"')
    assert ("unknown-variable", "levers.toml", "c1.variable") in refusals()


def test_every_problem_names_its_line(workspace):
    workspace.edit("specs/demo/levers.toml", 'moves = "information"', 'moves = "informatoin"')
    workspace.edit("specs/demo/tables/05_robustness.toml", '"uri_pca"', '"uri_pcb"')
    status, message = workspace.run("check")
    assert status == 1
    levers = (workspace.specs / "levers.toml").read_text(encoding="utf-8").splitlines()
    (line,) = [i for i, text in enumerate(levers, start=1) if "informatoin" in text]
    assert re.search(rf"levers\.toml.*{line}\b", message)


def test_every_repair_that_cannot_be_is_told(workspace, refusals):
    (workspace.specs / "repairs.toml").write_text(
        """
[[repair]]
variable = "gdp"
action = "set"
reason = "looked up"
[[repair]]
variable = "gdpp"
action = "scale"
provinces = ["Bejing"]
years = [1999]
factor = 10.0
value = 1.0
reason = "looked up"
[[repair]]
variable = "gdp"
action = "exchange"
provinces = ["Beijing", "北京"]
reason = "looked up"
""",
        encoding="utf-8",
    )
    found = refusals()
    assert [code for code, _, _ in found] == [
        *["repair-action"] * 3,
        *["unknown-variable", "unknown-province", "repair-year", "repair-action"],
        *["repair-action"] * 2,
    ]
    assert {file for _, file, _ in found} == {"repairs.toml"}


INDEX = "specs/demo/indices.toml"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("[nqp]\n", '[nqp]\nexpert = { gdp = 1.0 }\nperiod = "pooled"\n', "expert-weights"),
        ("[nqp]\n", "[nqp]\nreference = [2015, 2011]\n", "reference"),
        ("[nqp]\n", '[nqp]\nnormalise = "zscore"\naggregate = "geometric"\n', "geometric"),
    ],
)
def test_weights_that_are_given_must_be_whole(workspace, refusals, old, new, code):
    text = (workspace.folder / INDEX).read_text(encoding="utf-8")
    keys = [line.split(" =")[0] for line in new.splitlines()[1:]]
    head, table, rest = text.partition(old)
    block, mark, others = rest.partition("\n[")
    block = "\n".join(x for x in block.splitlines() if x.split(" =")[0] not in keys)
    (workspace.folder / INDEX).write_text(head + new + block + mark + others, encoding="utf-8")
    assert table and code in {found for found, _, _ in refusals()}


def test_a_name_of_a_spec_that_ends_a_line(workspace, refusals):
    path = workspace.specs / "tables/02_baseline.toml"
    path.rename(path.with_name("02_baseline\n.toml"))
    assert ("spec-name", "tables/02_baseline\n.toml", None) in refusals()


@pytest.mark.parametrize(
    "font", ['x"; } </style><script>', 'x"); panic(', "a\nb", "", "x', y", "a/b"]
)
def test_a_font_is_a_name_and_no_command(workspace, refusals, font):
    text = (PRESETS / "generic.toml").read_text(encoding="utf-8")
    own = re.sub(r"(?m)^latin = .*$", lambda _: f"latin = [{json.dumps(font)}]", text)
    workspace.write_spec("journals/own.toml", own)
    path = workspace.specs / "tables/04_dimensions.toml"
    path.write_text(path.read_text("utf-8") + '\n[style]\njournal = "own"\n', "utf-8")
    places = {(file, key) for _, file, key in refusals()}
    assert ("journals/own.toml", "fonts.latin.0") in places


@pytest.mark.parametrize(
    "file",
    ["../levers_long.csv", "/tmp/levers_long.csv", "a/../../b.csv", "..", "../a.zip/b.csv"],
)
def test_a_source_outside_its_folder_would_not_be_watched(workspace, refusals, file):
    workspace.edit("specs/demo/study.toml", '"levers_long.csv"', f'"{file}"')
    assert ("source-outside", "study.toml", "sources.3.file") in refusals()
    assert workspace.run("check")[0] == workspace.run("all")[0] == 1


def test_a_source_in_a_folder_below_is_inside(workspace):
    (workspace.data / "a..b").mkdir()
    (workspace.data / "levers_long.csv").rename(workspace.data / "a..b/levers.csv")
    workspace.edit("specs/demo/study.toml", '"levers_long.csv"', '"a..b/levers.csv"')
    assert workspace.run("check")[0] == 0
