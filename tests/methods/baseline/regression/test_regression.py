"""Regression tables: columns are models, cells stand in the order of the columns, refusals."""

from dataclasses import replace

import pytest

from pipeline.methods.baseline.regression.spec import RegressionTable
from pipeline.methods.run import estimate
from pipeline.models.few_clusters import of_rows, p_value
from pipeline.models.linear import fit
from pipeline.models.sample import select
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.report.table import BLANK, Coefficient, PValue
from tests.methods.estimated import TITLE, result_of, table_of, words_of

POOLED = {"controls": [], "effects": [], "label": {"en": "pooled", "zh": "混合"}}
OWN = {}
OTHER = {"outcome": "services"}
LAGGED = {"treatment": "nqp_lag", "controls": ["nqp"]}


def spec_of(*columns, **keys):
    named = {"kind": "regression", "title": TITLE, "columns": list(columns)}
    return RegressionTable.model_validate({**named, **keys})


def rows_of(demo, panel, asked, language="en"):
    result = result_of(demo, panel, asked)
    table = table_of(demo, result, asked, language)
    return result, {row.key: row.cells for row in table.rows}, table


def test_each_column_is_its_model(demo, demo_panel):
    asked = spec_of(POOLED, OWN, OTHER, LAGGED)
    result = result_of(demo, demo_panel, asked)
    for column, model in zip(result.columns, asked.models(demo), strict=True):
        own = fit(demo_panel, model, "x", 0.95)
        unjudged = {name: replace(e, few=None, test="t") for name, e in column.coefficients.items()}
        assert replace(column, coefficients=unjudged, leverage=None) == own


def test_cells_are_the_columns_coefficients_and_blank_elsewhere(demo, demo_panel):
    result, rows, table = rows_of(demo, demo_panel, spec_of(POOLED, OWN, LAGGED))
    pooled, own, lagged = result.columns
    assert rows["nqp"] == (
        Coefficient(pooled.treatment),
        Coefficient(own.treatment),
        Coefficient(lagged.coefficients["nqp"]),
    )
    assert rows["nqp_lag"] == (BLANK, BLANK, Coefficient(lagged.treatment))
    assert rows["openness"] == (BLANK, Coefficient(own.coefficients["openness"]), BLANK)
    assert rows["constant"] == (Coefficient(pooled.constant), BLANK, BLANK)
    keys = list(rows)
    assert keys.index("openness") < keys.index("constant") < keys.index("observations")
    assert table.columns == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_reversed_columns_are_the_same_table_reversed(demo, demo_panel, language):
    columns = [POOLED, OWN, OTHER]
    _, forth, table = rows_of(demo, demo_panel, spec_of(*columns, brackets="crv3"), language)
    _, back, reverse = rows_of(demo, demo_panel, spec_of(*columns[::-1], brackets="crv3"), language)
    assert forth == {key: cells[::-1] for key, cells in back.items()}
    labels = [h.text for h in table.headings[1]]
    assert labels == [h.text for h in reverse.headings[1]][::-1]
    assert [h.text for h in table.headings[0]] == ["(1)", "(2)", "(3)"]


def test_brackets_hold_another_test_and_the_studys_decides(demo, demo_panel):
    asked = spec_of(POOLED, OWN, brackets="crv3")
    result, rows, table = rows_of(demo, demo_panel, asked)
    task, model = Task(demo, demo_panel, "tables/x", asked), asked.models(demo)[1]
    question = of_rows(select(demo_panel.frame, model.sample, model.variables, "x"), model)
    p, treatment = p_value(task, question, "crv3"), result.columns[1].treatment
    assert result.second == [None, p] and treatment.few != p
    assert (treatment.few, treatment.test) == (p_value(task, question, "paths"), "paths")
    assert rows["nqp/brackets"] == (BLANK, PValue(p, brackets=True))
    assert result.columns[0].treatment.few is None
    assert "CRV3" in words_of(table) and "Permuted paths" in words_of(table)
    others = {e.test for n, e in result.columns[1].coefficients.items() if n != "nqp"}
    assert others == {"cr2"}


def test_brackets_may_hold_the_p_that_decides(demo, demo_panel):
    result = result_of(demo, demo_panel, spec_of(OWN, brackets="paths"))
    assert result.second == [result.columns[0].treatment.few]


def test_a_table_without_brackets_has_no_row_for_them(demo, demo_panel):
    _, rows, _ = rows_of(demo, demo_panel, spec_of(OWN))
    assert "nqp/brackets" not in rows


def test_an_aligned_table_has_one_row_for_whatever_treats_a_column(demo, demo_panel):
    asked = spec_of(OWN, LAGGED, align=True)
    result, rows, table = rows_of(demo, demo_panel, asked)
    assert rows["treatment"] == tuple(Coefficient(c.treatment) for c in result.columns)
    lagged = result.columns[1].coefficients
    assert rows["nqp"] == (BLANK, Coefficient(lagged["nqp"])) and "nqp_lag" not in rows
    assert f"(2) {demo.label('nqp_lag', 'en')}" in words_of(table)


def test_only_the_terms_asked_for_are_shown(demo, demo_panel):
    _, rows, _ = rows_of(demo, demo_panel, spec_of(OWN, LAGGED, show=["nqp"]))
    assert "nqp" in rows and not rows.keys() & {"openness", "nqp_lag", "finance"}


def test_problems_of_all_columns_are_told_with_their_places(demo, demo_panel):
    frame = demo_panel.frame.assign(openness=1.0, services=2.0)
    asked = spec_of(POOLED, OWN, {"outcome": "services", "controls": []})
    with pytest.raises(Rejected) as refused:
        estimate(demo, replace(demo_panel, frame=frame), "tables/x", asked)
    found = {(f.code, f.where.key, f.where.variable) for f in refused.value.findings}
    assert found == {
        ("collinear", "columns.1", "openness"),
        ("outcome-constant", "columns.2", "services"),
    }


def test_points_are_the_terms_of_the_columns(demo, demo_panel):
    result = result_of(demo, demo_panel, spec_of(POOLED, LAGGED))
    points = result.points(["treatment"])
    assert [p.estimate for p in points] == [c.treatment for c in result.columns]
    assert [p.key for p in points] == ["1", "2"] and points[0].label.en == "pooled"
    assert [p.key for p in result.points(["nqp"])] == ["1", "2"]
    assert not result.points(["services"])


def test_few_units_enumerate_their_sign_vectors(demo, demo_panel):
    few = {"sample": {"provinces": [p.en for p in demo.provinces[:9]]}}
    result, _, table = rows_of(demo, demo_panel, spec_of(OWN, few, brackets="wcr11"))
    assert result.second[0] != result.columns[0].treatment.few
    assert "512–99,999 draws" in words_of(table)
