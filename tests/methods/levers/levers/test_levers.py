"""The levers side by side: every declared one has its row, its test or its reason, its verdict."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.methods.levers.levers import estimate as estimated
from pipeline.methods.levers.levers.figure import figure
from pipeline.methods.levers.levers.result import Untestable, verdict
from pipeline.methods.levers.levers.spec import LeversFigure, LeversTable
from pipeline.methods.levers.levers.summary import summary
from pipeline.methods.shown import Named, Shown
from pipeline.models.truth import read_truth
from pipeline.results.estimate import Estimate, Interval
from pipeline.study.choices import ModelChoice, Sample
from pipeline.study.closed import Text
from tests.methods.estimated import TITLE, result_of, say_in, table_of, words_of
from tests.methods.levers.conftest import LEVERS

NAME = "tables/20_levers"
FEW = LeversTable(kind="levers", title=TITLE, draws=199)
TEXT = Text(**TITLE)
BARE = {"variable": None, "source": None, "untestable": TEXT}


@pytest.fixture
def few_outcomes(monkeypatch):
    """Fewer simulated outcomes than are printed."""
    monkeypatch.setattr(estimated, "OUTCOMES", 99)


def by_key(result):
    return {row.lever: row for row in result.levers}


def with_levers(study, **levers):
    """The study with these levers alone: key -> key of the demo's lever that it copies."""
    return replace(study, levers={key: study.levers[like] for key, like in levers.items()})


def test_every_lever_has_its_row_with_its_verdict(study, found):
    rows = by_key(found(NAME))
    assert list(rows) == LEVERS
    for key, row in rows.items():
        tested, b = row.tested, row.tested.interaction
        wanted = "none" if b.few >= 0.05 else "strengthens" if b.value > 0 else "weakens"
        assert row.verdict == wanted and b.few >= tested.single_p and b.test == "adjusted"
        assert tested.absorbed == (study.levers[key].timing == "base_year")
        assert 0 < tested.detectable < np.inf
        assert row.moves == study.levers[key].moves
        assert (tested.arrow is None) == (row.moves == "direct")


def test_rows_are_the_columns_of_the_moderation_tables(found):
    tables = [found("tables/13_moderation_challenges"), found("tables/14_moderation_paths")]
    columns = {c.lever: c for table in tables for c in table.columns}
    for key, row in by_key(found(NAME)).items():
        interaction, wanted = row.tested.interaction, columns[key].interaction
        assert (interaction.value, interaction.error) == (wanted.value, wanted.error)
        assert row.tested.single_p == wanted.few and row.tested.at_mean == columns[key].at_mean
        assert interaction.interval.holds(interaction.value)
        assert interaction.interval.holds(0) == (row.tested.single_p > 0.05)


def test_true_interactions_are_those_of_the_process_per_sd(study, found):
    tables = [found("tables/13_moderation_challenges"), found("tables/14_moderation_paths")]
    sd = {c.lever: c.sd for table in tables for c in table.columns}
    truth = read_truth(study)
    for key, row in by_key(found(NAME)).items():
        assert row.tested.truth == pytest.approx(truth[f"{key}.interaction"] * sd[key])


@pytest.mark.parametrize(
    ("change", "p", "effect", "effect_p", "wanted"),
    [
        (0.1, 0.2, 0.3, 0.0, "none"),
        (0.1, 0.01, 0.3, 0.01, "strengthens"),
        (-0.1, 0.01, 0.3, 0.01, "weakens"),
        (-0.1, 0.01, -0.3, 0.01, "strengthens"),
        (0.1, 0.01, -0.3, 0.01, "weakens"),
        (-0.1, 0.01, -0.3, 0.4, "lowers"),
        (0.1, 0.01, -0.3, 0.4, "raises"),
    ],
)
def test_a_verdict_goes_by_the_direction_of_the_effect_where_there_is_one(
    change, p, effect, effect_p, wanted
):
    # the t-tests say the opposite: the tests that few clusters do not spoil decide
    interaction = Estimate(change, p=1 - p, few=p, test="adjusted")
    assert verdict(interaction, Estimate(effect, p=1 - effect_p, few=effect_p)) == wanted


@pytest.mark.usefixtures("few_outcomes")
def test_rows_say_why_a_lever_was_not_tested(study, without_cells):
    declared = study.levers | {"c2": study.levers["c2"].model_copy(update=BARE)}
    some = replace(study, levers=declared)
    result = result_of(some, without_cells("p2", 0.4), FEW)
    rows = by_key(result)
    assert len(rows) == 12
    assert rows["p2"].untestable == Untestable("missing", 149, 372) and not rows["p2"].tested
    assert rows["c2"].untestable == Untestable("declared")
    untested = [key for key, row in rows.items() if row.verdict == "untestable"]
    assert untested == ["c2", "p2"] and len(result.tests) == 10
    told = words_of(table_of(some, result, FEW))
    assert "P2 missing in 149/372 province-years" in told and "over the 10 tests" in told
    assert "缺失149/372个省份—年份" in words_of(table_of(some, result, FEW, "zh"))


@pytest.mark.usefixtures("few_outcomes")
def test_an_untested_lever_costs_the_others_nothing(study, demo_panel, without_cells):
    """Fewer tests, so adjusted p-values are no larger; the single ones are the same draws."""
    whole = by_key(result_of(study, demo_panel, FEW))
    fewer = by_key(result_of(study, without_cells("p2", 0.4), FEW))
    for key in whole.keys() - {"p2"}:
        one, other = whole[key].tested, fewer[key].tested
        assert other.single_p == one.single_p and other.interaction.few <= one.interaction.few


@pytest.mark.usefixtures("few_outcomes")
@pytest.mark.parametrize(
    ("reason", "values"),
    [
        ("constant", lambda frame: 5.0),
        ("collinear", lambda frame: frame.index.get_level_values("year").astype(float)),
    ],
)
def test_one_lever_without_variation_costs_its_own_row_alone(study, changed, reason, values):
    result = result_of(study, changed(p2=values), FEW)
    rows = by_key(result)
    assert rows["p2"].untestable == Untestable(reason)
    assert [key for key, row in rows.items() if row.tested is None] == ["p2"]
    assert "P2 " in words_of(table_of(study, result, FEW))


@pytest.mark.usefixtures("few_outcomes")
def test_a_narrower_sample_may_hold_a_lever_that_the_panel_lacks(study, changed):
    late = changed(p2=lambda f: f["p2"].where(f.index.get_level_values("year") > 2016))
    model = ModelChoice(sample=Sample(years=[2017, 2023]))
    rows = by_key(result_of(study, late, FEW.model_copy(update={"model": model})))
    assert rows["p2"].tested.rows.observations == 7 * 31


def test_without_a_testable_lever_the_table_says_so(study, demo_panel):
    levers = {key: lever.model_copy(update=BARE) for key, lever in study.levers.items()}
    none = replace(study, levers=levers)
    result = result_of(none, demo_panel, FEW)
    assert all(row.verdict == "untestable" for row in result.levers)
    assert "No lever can be tested." in words_of(table_of(none, result, FEW))
    named = Named("x", "9", FEW, result)
    (told,) = summary(named, say_in(none, FEW))
    assert "Table 9; 0 tests" in told and "cannot be tested" in told


@pytest.mark.usefixtures("few_outcomes")
def test_two_levers_are_two_rows(study, demo_panel):
    two = with_levers(study, c1="c3", p1="p1")
    result = result_of(two, demo_panel, FEW)
    table = table_of(two, result, FEW)
    assert [row.key for row in table.rows if hasattr(row, "key")] == [
        "c1",
        "c1/proxy",
        "p1",
        "p1/proxy",
    ]
    assert "over the 2 tests" in words_of(table) and "2个检验" in words_of(
        table_of(two, result, FEW, "zh")
    )


@pytest.mark.usefixtures("few_outcomes")
def test_challenges_alone_have_one_heading(study, demo_panel):
    alone = with_levers(study, c3="c3")
    result = result_of(alone, demo_panel, FEW)
    headings = [r.label for r in table_of(alone, result, FEW).rows if not hasattr(r, "key")]
    assert headings == ["Challenges"]
    spec = LeversFigure(kind="lever_forest", title=TITLE, table="x")
    picture = figure(Shown(None, {"x": Named("x", "1", FEW, result)}), spec, say_in(alone, FEW))
    names = [label.get_text() for label in picture.axes[0].get_yticklabels()]
    assert names == ["Challenges", alone.label("c3", "en")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_prints_the_interval_below_the_lever(study, found, language):
    spec, result = study.tables[NAME], found(NAME)
    table = table_of(study, result, spec, language)
    rows = {row.key: row for row in table.rows if hasattr(row, "key")}
    for key, row in by_key(result).items():
        estimate, single, adjusted, detectable, truth, told = rows[key].cells
        assert estimate.estimate == row.tested.interaction and estimate.alone
        assert (single.value, adjusted.value) == (row.tested.single_p, row.tested.interaction.few)
        assert (detectable.value, truth.value) == (row.tested.detectable, row.tested.truth)
        assert told.text == say_in(study, spec, language)(row.verdict)
        below = rows[f"{key}/proxy"]
        assert below.cells[0].high == row.tested.interaction.high and below.cells[0].open
        assert study.label(study.levers[key].variable, language) in below.label


def test_without_truth_there_is_no_column_for_it(study, found):
    result = found(NAME)
    real = [replace(row, tested=replace(row.tested, truth=None)) for row in result.levers]
    table = table_of(study, replace(result, levers=real), FEW)
    assert "True value" not in [h.text for h in table.headings[0]] and table.columns == 5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_forest_draws_estimates_intervals_and_truth(study, found, language):
    spec, result = study.figures["figures/14_levers"], found(NAME)
    shown = Shown(None, {"20_levers": Named("20_levers", "20", FEW, result)})
    (axes,) = figure(shown, spec, say_in(study, spec, language)).axes
    intervals = [line for line in axes.lines if len(line.get_xdata()) == 2][1:]
    points = [line for line in axes.lines if line.get_marker() == "o"]
    for row, interval, point in zip(result.levers, intervals, points, strict=True):
        estimate = row.tested.interaction
        assert list(interval.get_xdata()) == [estimate.low, estimate.high]
        assert point.get_xdata()[0] == estimate.value
        muted = point.get_color() == "style:muted"
        assert muted == (not estimate.differs)
    diamonds = [line for line in axes.lines if line.get_marker() == "D" and len(line.get_xdata())]
    assert [d.get_xdata()[0] for d in diamonds] == [row.tested.truth for row in result.levers]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert len(names) == 14 and names[1] == study.label("c1", language)


def test_an_open_interval_runs_out_of_the_forest(study, found):
    result = found(NAME)
    row = result.levers[0]
    interaction = replace(row.tested.interaction, interval=Interval(None, 0.1, "wild"))
    opened = replace(row, tested=replace(row.tested, interaction=interaction))
    result = replace(result, levers=[opened, *result.levers[1:]])
    spec = study.figures["figures/14_levers"]
    shown = Shown(None, {"20_levers": Named("20_levers", "20", FEW, result)})
    (axes,) = figure(shown, spec, say_in(study, spec)).axes
    assert axes.lines[1].get_xdata()[0] < axes.get_xlim()[0] > -10


def test_the_summary_names_the_table_and_every_lever(study, found):
    result = found(NAME)
    for language in ("en", "zh"):
        (told,) = summary(Named("x", "A1", FEW, result), say_in(study, FEW, language))
        assert "A1" in told and "12" in told
        assert all(key.upper() in told for key in study.levers)
    assert (
        "weakening the effect of"
        in summary(Named("x", "A1", FEW, result), say_in(study, FEW)).pop()
    )


def test_a_table_without_levers_is_refused(study):
    (finding,) = FEW.problems(replace(study, levers={}), "x.toml", True)
    assert finding.code == "levers-missing" and finding.where.file.endswith("levers.toml")
    assert list(FEW.problems(study, "x.toml", True)) == []
    spec = LeversFigure(kind="lever_forest", title=TITLE, table="21_power")
    assert [f.code for f in spec.problems(study, "x.toml", True)] == ["figure-table"]
