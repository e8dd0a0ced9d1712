"""Alternatives to an index: the index itself, its variants, the figure that shows them."""

import numpy as np
import pytest

from pipeline.methods.discover import by_kind
from pipeline.methods.shown import Named, Shown
from pipeline.study.choices import ModelChoice
from tests.methods.estimated import only, result_of, say_in, table_of, with_cells, words_of


def test_they_begin_with_the_index_itself_and_match_its_regression(
    first, headline, demo, demo_panel
):
    own, *others = first("alternatives").alternatives
    assert own.spearman == 1 and own.mean_move == 0 and own.variable == "nqp"
    ratio = demo_panel.frame["nqp"].std() / demo_panel.frame["uri"].std()
    for found, of in ((own.standardised, headline.treatment),):
        assert found.value == pytest.approx(of.value * ratio, rel=1e-10)
        assert found.high == pytest.approx(of.high * ratio, rel=1e-10)
        assert found.p == of.p
    assert [a.variable for a in others] == [f"nqp_{v}" for v in demo.indices["nqp"].variants]
    for a in others:
        assert -1 <= a.kendall <= a.spearman <= 1
        assert sum(a.moves.values()) == pytest.approx(0, abs=1e-9)
        assert a.largest_move == abs(a.moves[a.farthest]) == max(map(abs, a.moves.values()))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_names_treatment_outcome_and_who_moves(first, demo, language):
    _, spec = only(demo, "alternatives")
    result = first("alternatives")
    table = table_of(demo, result, spec, language)
    say = say_in(demo, spec, language)
    assert table.rows[0].label.endswith(("(the index)", "（本指数）"))
    assert say.label("nqp") in words_of(table) and say.label("uri") in words_of(table)
    equal = result.alternatives[1]
    moved = f"{equal.largest_move:g} ({say.province(equal.farthest)})"
    assert table.rows[1].cells[3].text == moved and table.rows[0].cells[3].text == "0"


def test_an_index_that_is_neither_treatment_nor_outcome_has_no_coefficient(demo, demo_panel):
    name, spec = only(demo, "alternatives")
    model = ModelChoice(treatment="schooling")
    asked = spec.model_copy(update={"model": model})
    result = result_of(demo, demo_panel, asked, name)
    assert all(a.standardised is None for a in result.alternatives)
    table = table_of(demo, result, asked)
    assert table.columns == 4 and "Coefficient" not in words_of(table)


def test_ranks_are_of_the_last_year_with_scores(demo, demo_panel):
    name, spec = only(demo, "alternatives")
    cells = {(p.code, 2023): np.nan for p in demo.provinces}
    result = result_of(demo, with_cells(demo_panel, cells, "nqp"), spec, name)
    assert result.year == 2022


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_figure_shows_the_tables_numbers(first, demo, language):
    name, table_spec = only(demo, "alternatives")
    stem = name.split("/")[1]
    spec = next(s for s in demo.figures.values() if s.kind == "alternatives_figure")
    assert spec.shows() == [stem]
    result = first("alternatives")
    shown = Shown(None, {stem: Named(stem, "26", table_spec, result)})
    draw = by_kind()["alternatives_figure"].function("figure")
    left, right = draw(shown, spec, say_in(demo, spec, language)).axes
    for i, a in enumerate(result.alternatives):
        line, dot = left.lines[2 * i : 2 * i + 2]
        assert list(line.get_xdata()) == [a.standardised.low, a.standardised.high]
        assert dot.get_xdata()[0] == a.standardised.value
        assert list(right.lines[i].get_xdata()) == [min(a.moves.values()), max(a.moves.values())]
    say = say_in(demo, spec, language)
    assert say.label("nqp") in left.get_xlabel() and str(result.year) in right.get_xlabel()
