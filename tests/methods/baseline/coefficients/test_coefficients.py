"""The figure of coefficients: every column's estimate at its place, hollow where it may be zero."""

from dataclasses import replace

import pytest
from matplotlib.colors import to_rgba

from pipeline.methods.baseline.coefficients.figure import figure
from pipeline.methods.baseline.coefficients.spec import CoefficientsFigure
from pipeline.methods.baseline.regression.spec import RegressionTable
from pipeline.methods.shown import Named, Shown
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import Estimate, Interval
from tests.methods.estimated import TITLE, result_of, say_in


def spec_of(*terms, tables=("one",)):
    keys = {"kind": "coefficients", "title": TITLE, "tables": list(tables), "terms": list(terms)}
    return CoefficientsFigure.model_validate(keys)


def named(stem, demo, panel, title, *estimates):
    columns = [{"controls": []}] * len(estimates)
    keys = {"kind": "regression", "title": {"en": title, "zh": title}, "columns": columns}
    spec = RegressionTable.model_validate(keys)
    result = result_of(demo, panel, spec)
    made = [
        replace(c, coefficients={"nqp": e}) for c, e in zip(result.columns, estimates, strict=True)
    ]
    return Named(stem, "1", spec, replace(result, columns=made))


CLEAR = Estimate(0.3, p=0.01, interval=Interval(0.1, 0.5))
UNCLEAR = Estimate(-0.1, p=0.01, few=0.2, test="wcr11", interval=Interval(-0.3, 0.1))


@pytest.fixture(scope="module")
def shown(demo, demo_panel):
    one = named("one", demo, demo_panel, "First", CLEAR, UNCLEAR)
    two = named("two", demo, demo_panel, "Second", UNCLEAR)
    return Shown(None, {"one": one, "two": two})


def drawn(axes):
    """(value, whether filled) from top to bottom, and the intervals."""
    points = [line for line in axes.lines if line.get_marker() == "o"]
    points.sort(key=lambda line: -line.get_ydata()[0])
    bars = [tuple(x.get_xdata()) for x in axes.lines if len(x.get_xdata()) == 2]
    filled = [to_rgba(p.get_markerfacecolor()) != to_rgba("white") for p in points]
    return list(zip([p.get_xdata()[0] for p in points], filled, strict=True)), bars


def test_points_intervals_and_what_is_hollow(demo, shown):
    (axes,) = figure(shown, spec_of("treatment"), say_in(demo, spec_of("treatment"))).axes
    points, bars = drawn(axes)
    assert points == [(0.3, True), (-0.1, False)]
    assert {(0.1, 0.5), (-0.3, 0.1)} <= set(bars)


def test_several_tables_have_their_titles_in_the_order_of_the_spec(demo, shown):
    asked = spec_of("treatment", tables=("two", "one"))
    (axes,) = figure(shown, asked, say_in(demo, asked)).axes
    texts = [t.get_text() for t in axes.get_yticklabels()]
    assert texts[0] == "Second" and texts[2] == "First" and len(texts) == 5
    assert [value for value, _ in drawn(axes)[0]] == [-0.1, 0.3, -0.1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_axis_names_what_is_drawn(demo, shown, language):
    say = say_in(demo, spec_of("nqp"), language)
    (axes,) = figure(shown, spec_of("nqp"), say).axes
    assert demo.label("nqp", language) in axes.get_xlabel()
    (axes,) = figure(shown, spec_of("treatment"), say).axes
    assert axes.get_xlabel() == say("treatment_axis", level="95%")
    (axes,) = figure(shown, spec_of("nqp", "finance"), say).axes
    assert axes.get_xlabel() == say("estimate_axis", level="95%")


def test_terms_that_no_table_has_are_refused(demo, shown):
    asked = spec_of("finance")
    with pytest.raises(Rejected) as refused:
        figure(shown, asked, say_in(demo, asked))
    assert [f.code for f in refused.value.findings] == ["empty-figure"]


def test_tables_without_points_and_unknown_ones_are_told(demo):
    asked = spec_of("treatment", tables=("01_descriptives", "99_none", "02_baseline"))
    found = [f.code for f in asked.problems(demo, "x", True)]
    assert found == ["figure-table", "unknown-table"]
