"""What an estimator is given: a study's numbers, its models, its refusals, the true effects."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.models.task import collect, columns, data_facts
from pipeline.models.truth import read_truth
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.results.result import DataFacts
from pipeline.study.choices import ModelChoice, Sample
from pipeline.study.model import Model
from tests.models.small import MODEL, refused, small_frame, task_of, told


def test_a_task_reads_the_study(demo):
    task = task_of(demo, small_frame(), draws=123, seed=4)
    assert (task.seed, task.level, task.draws, task.stream) == (4, 0.95, 123, "draws")
    assert task.file == str(demo.paths.specs / "tables/x.toml")


def test_choices_of_the_column_go_before_the_tables_and_the_roles(demo):
    task, roles = task_of(demo, small_frame()), demo.spec.roles
    two_way = ["province", "year"]
    assert task.model() == Model("uri", "nqp", roles.controls, two_way, Sample())
    table = ModelChoice(outcome="o", controls=["k"], effects=["year"], sample=Sample(side="north"))
    assert task.model(table) == Model("o", "nqp", ["k"], ["year"], Sample(side="north"))
    column = ModelChoice(outcome="p", treatment="t", controls=[], effects=[])
    assert task.model(table, column) == Model("p", "t", [], [], Sample(side="north"))


def test_a_refusal_names_the_spec(demo):
    rejected = task_of(demo, small_frame()).refusal("a", "b", "c", "d", key="e", variable="f")
    (finding,) = rejected.findings
    assert told(finding) == ("a", "x.toml", "f", "b", "c", "d") and finding.where.key == "e"


def test_facts_of_the_raw_variables_behind(demo):
    """income_ratio is income_urban over income_rural."""
    frame = small_frame().assign(income_urban=1.0, income_rural=2.0, gdp=np.nan)
    frame.loc[(110000, [2012, 2013]), "income_rural"] = np.nan
    filled = {"income_urban": [[110000, 2014]], "gdp": [[120000, 2012]]}
    found = data_facts(demo, Panel(frame, filled=filled), ["income_ratio"])
    wanted = DataFacts(True, {"income_urban": [[110000, 2014]]}, {"income_rural": 2})
    assert found == wanted
    task = replace(task_of(demo, frame), panel=Panel(frame, filled=filled))
    assert task.facts(["income_ratio"]) == wanted
    real = task_of(demo, frame, synthetic=False)
    assert not real.facts(["income_ratio"]).synthetic


def picky(key):
    if key < 0:
        raise Rejected([Finding(f"code{key}", "error", Where(key="own", year=key), "", "", "")])
    return 10 * key


def test_every_key_is_tried_and_all_problems_are_told():
    assert collect([2, 1], picky) == {2: 20, 1: 10}
    found = refused(collect, [3, -1, 4, -2], picky)
    assert [f.code for f in found] == ["code-1", "code-2"]


def test_problems_of_columns_name_their_column():
    models = [replace(MODEL, outcome=str(k)) for k in (5, -1, 6, -2)]
    found = refused(columns, models, lambda m: picky(int(m.outcome)))
    assert [(f.where.key, f.where.year) for f in found] == [("columns.1", -1), ("columns.3", -2)]
    assert columns(iter(models[::2]), lambda m: picky(int(m.outcome))) == [50, 60]


def with_truth(demo, folder, text):
    (folder / "truth.json").write_text(text, encoding="utf-8")
    return replace(demo, paths=replace(demo.paths, data=folder))


def test_true_effects_are_read(demo, tmp_path):
    text = json.dumps({"effects": {"direct": 1, "total": 0.25}, "seed": 3})
    assert read_truth(with_truth(demo, tmp_path, text)) == {"direct": 1.0, "total": 0.25}


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"effects": {"a": "b"}}', '{"effects": [1]}'])
def test_effects_that_cannot_be_read_are_refused(demo, tmp_path, text):
    (finding,) = refused(read_truth, with_truth(demo, tmp_path, text))
    assert told(finding) == (
        "truth-missing",
        "truth.json",
        None,
        "no readable true effects",
        "what `make data` writes beside the sources",
        "run `make data`; with data of your own, set synthetic = false and remove the recovery "
        "table",
    )
