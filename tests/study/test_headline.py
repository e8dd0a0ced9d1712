"""Which column answers the study's question, and what `check` asks where none or several do."""

from dataclasses import replace

import pytest

from pipeline.methods.baseline.heterogeneity.spec import HeterogeneityTable
from pipeline.methods.baseline.regression.spec import RegressionTable
from pipeline.study.check_specs import warnings
from pipeline.study.headline import Place, check_headline, headline
from pipeline.study.schema import Headline

TITLE = {"en": "x", "zh": "x"}
OWN = {}  # a column that leaves everything to the study's roles
OTHER = {"outcome": "services", "controls": []}


def table(*columns, **keys):
    return RegressionTable.model_validate(
        {"kind": "regression", "title": TITLE, "columns": list(columns)} | keys
    )


def study_with(demo, *tables, declared=None):
    named = {f"tables/{i:02d}_t": t for i, t in enumerate(tables, start=1)}
    spec = demo.spec.model_copy(update={"headline": declared})
    return replace(demo, spec=spec, tables=named)


def test_by_default_it_is_the_one_column_with_the_models_of_the_roles(demo):
    study = study_with(demo, table(OTHER), table({"controls": []}, OWN, OTHER))
    assert headline(study) == Place("tables/02_t", 2) and not list(check_headline(study))


def test_the_order_of_controls_and_effects_and_the_label_do_not_matter(demo):
    column = {
        "label": TITLE,
        "controls": list(reversed(demo.spec.roles.controls)),
        "effects": ["year", "province"],
    }
    assert headline(study_with(demo, table(OTHER, column))) == Place("tables/01_t", 2)


@pytest.mark.parametrize(
    "change",
    [
        {"effects": ["province"]},
        {"controls": []},
        {"sample": {"without": ["Tibet"]}},
        {"treatment": "nqp_lag"},
    ],
)
def test_another_model_is_no_headline(demo, change):
    assert headline(study_with(demo, table(change))) is None


def test_a_declared_one_wins(demo):
    declared = Headline(table="02_t", column=1)
    study = study_with(demo, table(OWN), table(OTHER), declared=declared)
    assert headline(study) == Place("tables/02_t", 1) and not list(check_headline(study))


def test_check_asks_where_no_column_or_two_answer(demo):
    (none,) = check_headline(study_with(demo, table(OTHER)))
    (two,) = check_headline(study_with(demo, table(OWN, OTHER), table(OTHER, OWN)))
    assert none.code == two.code == "headline" and "no column" in none.found
    assert "column (1) of 01_t, column (2) of 02_t" in two.found
    assert 'headline = { table = "01_t"' in two.remedy
    assert headline(study_with(demo, table(OWN), table(OWN))) is None


def test_a_study_without_regressions_is_not_asked(demo):
    groups = {"a": ["east"], "b": ["west"]}
    one = HeterogeneityTable.model_validate(
        {
            "kind": "heterogeneity",
            "title": TITLE,
            "groups": groups,
            "labels": dict.fromkeys("ab", TITLE),
        }
    )
    study = study_with(demo, one)
    assert headline(study) is None and not list(check_headline(study))


@pytest.mark.parametrize(
    ("declared", "code", "key"),
    [
        (Headline(table="03_t", column=1), "unknown-table", "headline.table"),
        (Headline(table="02_t", column=1), "headline", "headline.table"),
        (Headline(table="01_t", column=3), "headline", "headline.column"),
    ],
    ids=["no such table", "a table that answers nothing", "no such column"],
)
def test_a_declared_one_must_exist(demo, declared, code, key):
    described = next(t for t in demo.tables.values() if t.kind == "descriptives")
    study = study_with(demo, table(OWN, OTHER), described, declared=declared)
    (found,) = check_headline(study)
    assert (found.code, found.where.key) == (code, key)


def test_two_columns_that_are_one_model_are_a_warning(demo):
    again = {"controls": list(reversed(demo.spec.roles.controls)), "label": TITLE}
    spec = table(OWN, OTHER, again)
    (found,) = warnings(demo, "tables/02_x", spec)
    assert (found.code, found.severity, found.where.key) == (
        "column-twice",
        "warning",
        "columns.2",
    )
    assert "columns (1) and (3)" in found.found and not list(warnings(demo, "x", table(OWN, OTHER)))


def test_check_prints_the_warning_and_passes(workspace):
    path = workspace.specs / "tables/04_dimensions.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[columns]]") :], encoding="utf-8")
    status, message = workspace.run("check")
    assert status == 0 and "column-twice" in message and "04_dimensions" in message


def test_words_of_a_title_are_no_variables(demo):
    """A label that holds the name of a variable makes the table depend on it in nothing."""
    spec = table(OWN, title={"en": "Beside schooling", "zh": "schooling"})
    assert spec.uses(demo) == table(OWN).uses(demo)
    assert "schooling" in table({"outcome": "schooling"}).uses(demo)
