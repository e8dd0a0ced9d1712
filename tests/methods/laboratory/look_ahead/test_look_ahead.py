"""Weights that could be known at the time: what each column knows, and what is said of its sign."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.index.build import Choice, Indicators
from pipeline.index.weighting import WEIGHTINGS, Context
from pipeline.inference.within import within_fit
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


@pytest.mark.parametrize("knowledge", ["base_year", "expanding", "per_year"])
def test_scores_of_every_year_are_on_the_range_of_the_base_year(demo, demo_panel, knowledge):
    """Values less those of the base year's range, times the weights that the known rows make."""
    indicators = ready(demo, demo_panel)
    years = indicators.context.years
    scores = as_known(indicators, Choice("critic"), "minmax", knowledge)
    oriented = indicators.raw * indicators.signs
    base = oriented[years == 2011]
    x = (oriented - base.min(axis=0)) / np.ptp(base, axis=0)
    known = {"base_year": years == 2011, "expanding": years <= 2016, "per_year": years == 2016}
    rows = known[knowledge]
    own = (oriented[rows] - oriented[rows].min(axis=0)) / np.ptp(oriented[rows], axis=0)
    weights = WEIGHTINGS["critic"](own, indicators.context.at(rows))
    np.testing.assert_allclose(scores[:, 5], (x @ weights)[years == 2016], rtol=1e-10)


def drifting(level, rng):
    """An index's six indicators: a province's level, a common trend, and noise of its own."""
    years, unit = np.tile(np.arange(2011, 2023), 31), np.repeat(np.arange(31), 12)
    trend = 0.15 * (years - 2011)[:, None]
    own = 0.7 * rng.normal(size=(31, 6))[unit] + 0.3 * rng.normal(size=(372, 6))
    raw = level[unit][:, None] + trend + own
    context = Context(shift=1e-4, years=years, provinces=unit)
    names = list("abcdef")
    whole = np.ones((31, 12), bool)
    return Indicators("x", names, whole, raw, raw, np.ones(6), context, 2011, None)


def test_levels_that_correlate_make_no_coefficient_with_the_years_so_far():
    """Levels correlate by .64, nothing is related net of effects: at most .05 and three binomial
    errors (.10) of 40 panels; ranges of the years so far reject .75."""
    rng = np.random.default_rng(1)
    unit, year = (i.ravel() for i in np.indices((31, 12)))
    rejected = 0
    for _ in range(40):
        first, second = rng.normal(size=(2, 31))
        levels = first, 0.64 * first + np.sqrt(1 - 0.64**2) * second
        made = (drifting(level, rng) for level in levels)
        x, y = (as_known(i, Choice("entropy"), "minmax", "expanding").ravel() for i in made)
        fit = within_fit(y, x[:, None], unit, year, unit)
        rejected += abs(fit.beta[0] / np.sqrt(fit.covariance[0, 0])) > 2.04
    assert rejected / 40 < 0.16


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
