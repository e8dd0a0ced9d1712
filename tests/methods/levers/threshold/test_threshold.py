"""Threshold tables: regimes are one regression, sets are runs of candidates, as drawn."""

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest

from pipeline.methods.levers.threshold.figure import figure
from pipeline.methods.levers.threshold.spec import LikelihoodRatioFigure, ThresholdTable
from pipeline.methods.shown import Named, Shown
from pipeline.results.estimate import SIZE
from tests.methods.estimated import TITLE, say_in, table_of, words_of


def spec_of(**keys):
    return ThresholdTable(kind="threshold", title=TITLE, draws=99, **keys)


TWO = spec_of(levers=["c3", "p1", "p4"], thresholds=2)
ONE = spec_of(levers=["c3", "p1", "p4"])


def test_regimes_hold_every_row_and_are_one_regression(
    study, demo_panel, found, rows_with, own, regression, same
):
    for column in found("tables/two", TWO).columns:
        rows = rows_with([column.lever])
        counts = [regime.observations for regime in column.regimes]
        assert sum(counts) == len(rows) and min(counts) >= 0.1 * len(rows)
        assert all(regime.units >= 6 for regime in column.regimes)
        cuts = [threshold.value for threshold in column.thresholds]
        values = demo_panel.frame.loc[rows.index, column.lever]
        regime = np.digitize(values, cuts, right=True)
        assert np.bincount(regime).tolist() == counts
        names = [f"x{k}" for k in range(len(counts))]
        parts = {name: rows["nqp"] * (regime == k) for k, name in enumerate(names)}
        held = [*own(column.lever), *study.spec.roles.controls]
        wanted = regression(rows.assign(**parts), "uri", [*names, *held])
        for k, one in enumerate(column.regimes):
            same(one.slope, *wanted, k)


def test_as_many_thresholds_are_shown_as_the_tests_support_one_at_the_least(found):
    for column in found("tables/two", TWO).columns:
        assert len(column.tests) == 2
        significant = [test.p < SIZE for test in column.tests]
        wanted = 2 if all(significant) else 1
        assert len(column.thresholds) == wanted == len(column.regimes) - 1


def test_slopes_are_tested_only_where_a_threshold_is_found(found):
    columns = found("tables/two", TWO).columns
    for column in columns:
        tested = {regime.slope.decides is not None for regime in column.regimes}
        assert tested == {column.tests[0].p < SIZE}
    assert {column.tests[0].p < SIZE for column in columns} == {True, False}


def test_sets_are_runs_of_candidates_below_the_critical_value(study, found):
    result = found("tables/one", ONE)
    broken = []
    for column in result.columns:
        (one,) = column.thresholds
        below = [ratio <= result.critical for ratio in one.ratios]
        inside = [g for g, b in zip(one.candidates, below, strict=True) if b]
        assert (one.set.low, one.set.high) == (inside[0], inside[-1])
        assert one.pieces == sum(1 for within, _ in groupby(below) if within)
        ends = (one.candidates[0], one.candidates[-1])
        assert one.edge == (one.set.low == ends[0] or one.set.high == ends[1])
        assert min(one.ratios) == 0 and one.candidates[np.argmin(one.ratios)] == one.value
        broken += [column.lever] if one.pieces > 1 else []
    assert broken == ["p1"]
    assert result.critical == pytest.approx(-2 * np.log(1 - np.sqrt(0.95)))
    told = {k: words_of(table_of(study, result, ONE, k)) for k in ("en", "zh")}
    assert "the outer ends are printed: of P1 in" in told["en"]
    assert "P1的置信集由" in told["zh"]


def test_whole_sets_are_not_said_to_be_in_pieces(study, found):
    result = found("tables/one", ONE)
    whole = [
        replace(c, thresholds=[replace(t, pieces=1, edge=False) for t in c.thresholds])
        for c in result.columns
    ]
    told = words_of(table_of(study, replace(result, columns=whole), ONE))
    assert "pieces" not in told and "where the search ended" not in told


def test_several_thresholds_are_named_by_their_number(study, found):
    result = found("tables/two", TWO)
    first = result.columns[0]
    two = [replace(first.thresholds[0], pieces=2), replace(first.thresholds[0], pieces=3)]
    column = replace(first, thresholds=two)
    told = words_of(table_of(study, replace(result, columns=[column]), TWO))
    assert "of C3 (threshold 1) in 2 pieces; of C3 (threshold 2) in 3 pieces" in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_prints_tests_sets_and_slopes(study, found, language):
    result = found("tables/two", TWO)
    table = table_of(study, result, TWO, language)
    rows = {row.key: row for row in table.rows}
    for i, column in enumerate(result.columns):
        assert rows["f/2/p"].cells[i].value == column.tests[1].p
        assert rows["f/1/critical"].cells[i].value == column.tests[0].critical
        assert rows["threshold/1/set"].cells[i].low == column.thresholds[0].set.low
        assert rows["regime/2"].cells[i].estimate == column.regimes[1].slope
        assert rows["regime/1/provinces"].cells[i].value == column.regimes[0].units
    assert study.label("nqp", language) in rows["regime/1"].label
    dropped = result.draws.dropped
    told = {"en": f"99 draws, {dropped} dropped", "zh": f"99次，舍弃{dropped}次"}
    assert told[language] in words_of(table)


def test_the_figure_draws_each_threshold_with_its_critical_value(study, found):
    result = found("tables/one", ONE)
    spec = LikelihoodRatioFigure(kind="likelihood_ratio", title=TITLE, table="one")
    shown = Shown(None, {"one": Named("one", "1", ONE, result)})
    picture = figure(shown, spec, say_in(study, ONE))
    assert len(picture.axes) == 3
    for axes, column in zip(picture.axes, result.columns, strict=True):
        curve, critical, estimate = axes.lines
        assert list(curve.get_ydata()) == column.thresholds[0].ratios
        assert critical.get_ydata()[0] == result.critical
        assert estimate.get_xdata()[0] == column.thresholds[0].value


def test_the_figure_refuses_another_kind_of_table(study):
    spec = LikelihoodRatioFigure(kind="likelihood_ratio", title=TITLE, table="02_baseline")
    (finding,) = spec.problems(study, "x.toml", True)
    assert finding.code == "figure-table" and "threshold" in finding.remedy
