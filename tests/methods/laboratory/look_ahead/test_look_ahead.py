"""Weights that could be known at the time: what each column knows, and what is said of its sign."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.index.build import Choice
from pipeline.methods.laboratory.look_ahead.estimate import as_known
from pipeline.models.indicators import indicators_of
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.study.choices import ModelChoice
from tests.methods.estimated import cautions_of, only, result_of, table_of, words_of


def ready(demo, panel):
    """The indicators of NQP on a panel."""
    name, spec = only(demo, "look_ahead")
    return indicators_of(Task(demo, panel, name, spec), "nqp")


def test_the_pooled_column_is_the_baseline(first, headline):
    columns = first("look_ahead").columns
    pooled = columns[0].regression.treatment
    assert pooled.value == pytest.approx(headline.treatment.value, rel=1e-9)
    assert len({round(c.regression.treatment.value, 9) for c in columns}) == 5


def test_the_base_year_column_knows_no_other_year(demo, demo_panel):
    """Neither weights nor ranges: one cell of the last year changes the pooled column and, of the
    scores of 2011, nothing."""
    frame = demo_panel.frame.copy()
    frame.loc[(110000, 2023), "waste_reuse"] = 0.0
    before, after = ready(demo, demo_panel), ready(demo, replace(demo_panel, frame=frame))
    for knowledge, same in (
        ("pooled", False),
        ("base_year", True),
        ("expanding", True),
        ("per_year", True),
    ):
        scores = [
            as_known(r, Choice("entropy"), "minmax", knowledge)[:, :12] for r in (before, after)
        ]
        assert np.allclose(*scores, rtol=1e-12) == same, knowledge


def test_expanding_scores_of_the_last_year_are_the_pooled_ones(demo, demo_panel):
    indicators = ready(demo, demo_panel)
    for aggregate in ("linear", "topsis", "geometric"):
        choice = Choice("critic", "pooled", aggregate)
        pooled, expanding = (
            as_known(indicators, choice, "minmax", k) for k in ("pooled", "expanding")
        )
        np.testing.assert_allclose(pooled[:, -1], expanding[:, -1], rtol=1e-12)
        assert not np.allclose(pooled[:, 3], expanding[:, 3])


def turned(result, positions):
    """The result with the sign of some columns, counted from 1, turned."""
    columns = [
        replace(c, standardised=-c.standardised) if i in positions else c
        for i, c in enumerate(result.columns, 1)
    ]
    return replace(result, columns=columns)


def test_the_caution_quotes_every_column(first, demo):
    _, spec = only(demo, "look_ahead")
    result = first("look_ahead")
    for language, table in (("en", "Table 7"), ("zh", "表7")):
        said = cautions_of(demo, result, spec, language)
        assert table in said
        for i, c in enumerate(result.columns, 1):
            assert f"{c.standardised:.3f}" in said and f"({i})" in said
    assert "The sign is the same in all columns." in cautions_of(demo, result, spec)


@pytest.mark.parametrize("positions", [{3}, {2, 5}, {1}])
def test_the_caution_names_the_columns_whose_sign_changes(first, demo, positions):
    _, spec = only(demo, "look_ahead")
    result = turned(first("look_ahead"), positions)
    opposed = sorted(positions) if 1 not in positions else [2, 3, 4, 5]
    assert result.opposed == opposed
    listed = ", ".join(f"({i})" for i in opposed)
    assert f"opposite of that with all years in columns {listed}" in cautions_of(demo, result, spec)
    listed = "、".join(f"({i})" for i in opposed)
    assert f"第{listed}列的符号与使用全部年份时相反" in cautions_of(demo, result, spec, "zh")


def test_the_table_says_what_changes(first, demo, demo_panel):
    name, spec = only(demo, "look_ahead")
    assert "Treatment and outcome change together" in words_of(
        table_of(demo, first("look_ahead"), spec)
    )
    one = spec.model_copy(update={"model": ModelChoice(outcome="urban_rate")})
    result = result_of(demo, demo_panel, one, name)
    assert result.indices == ["nqp"]
    assert f"What changes is {demo.label('nqp', 'en')}." in words_of(table_of(demo, result, one))


def test_roles_that_are_no_indices_are_refused(demo, demo_panel):
    name, spec = only(demo, "look_ahead")
    model = ModelChoice(outcome="urban_rate", treatment="schooling")
    with pytest.raises(Rejected, match="index"):
        result_of(demo, demo_panel, spec.model_copy(update={"model": model}), name)
