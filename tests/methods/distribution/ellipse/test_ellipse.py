"""Ellipses: the core's numbers, provinces without weight, what is drawn."""

import numpy as np
import pytest

from pipeline.inference.distribution.ellipse import ellipse
from pipeline.methods.discover import by_kind
from pipeline.methods.distribution.ellipse.spec import EllipseFigure
from pipeline.methods.shown import Shown
from pipeline.panel.capitals import CAPITALS
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import PROVINCES
from tests.methods.estimated import TITLE, result_of, say_in, with_cells


def spec(years):
    return EllipseFigure.model_validate(
        {"kind": "ellipse", "title": TITLE, "variable": "uri", "years": years}
    )


@pytest.fixture
def without_xinjiang(demo, demo_panel):
    panel = with_cells(demo_panel, {(650000, 2012): np.nan})
    return result_of(demo, panel, spec([2011, 2013]), "figures/x")


def test_it_is_the_core_and_drops_a_province_from_all_years(without_xinjiang, uri):
    result = without_xinjiang
    rows = [i for i, p in enumerate(PROVINCES) if p.en != "Xinjiang"]
    at = [CAPITALS[PROVINCES[i].en] for i in rows]
    core = ellipse([c.longitude for c in at], [c.latitude for c in at], uri[rows, 2])
    first, between, last = result.shapes
    assert (last.major, last.longitude, last.angle) == (core.major, core.longitude, core.angle)
    assert first.distance is None and between.distance > 0
    assert [s.edge is not None for s in result.shapes] == [True, False, True]
    assert sum(result.weights.values()) == pytest.approx(1) and 650000 not in result.weights
    assert result.left_out == {650000: [2012]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_figure_draws_edges_and_the_path_and_hollow_dots(demo, without_xinjiang, language):
    result, asked = without_xinjiang, spec([2011, 2013])
    draw = by_kind()["ellipse"].function("figure")
    country, near = draw(Shown(result, {}), asked, say_in(demo, asked, language)).axes
    assert country.lines[0].get_xdata().tolist() == result.shapes[0].edge.longitudes
    assert near.lines[0].get_xdata().tolist() == [s.longitude for s in result.shapes]
    hollow = "missing" if language == "en" else "缺失"
    assert [t.get_text() for t in country.get_legend().get_texts()] == ["2011", "2013", hollow]
    assert {t.get_text() for t in near.texts} == {"2011", "2013"}


def test_negative_weights_are_refused(demo, demo_panel):
    negative = with_cells(demo_panel, {(540000, 2013): -0.2})
    with pytest.raises(Rejected, match="negative in Tibet 2013"):
        result_of(demo, negative, spec([2011, 2013]))
