"""Yearly means by region: by hand, with gaps, and as they are drawn."""

import numpy as np
import pytest

from pipeline.methods.baseline.trends.figure import figure
from pipeline.methods.baseline.trends.spec import TrendsFigure
from pipeline.methods.shown import Shown
from pipeline.panel.provinces import BY_CODE
from tests.methods.estimated import TITLE, result_of, say_in, with_cells

NORTHEAST = [code for code, p in BY_CODE.items() if p.region == "northeast"]


def spec_of(*names):
    keys = {"kind": "trends", "title": TITLE, "variables": list(names)}
    return TrendsFigure.model_validate(keys)


def lines(result):
    return {(x.variable, x.region): dict(zip(x.years, x.means, strict=True)) for x in result.lines}


def test_means_are_unweighted_over_the_units_of_a_region(demo, demo_panel):
    found = lines(result_of(demo, demo_panel, spec_of("uri", "nqp"), "figures/x"))
    assert len(found) == 8 and len(NORTHEAST) == 3
    cells = demo_panel.frame.loc[[(code, 2015) for code in NORTHEAST], "nqp"]
    assert found["nqp", "northeast"][2015] == pytest.approx(cells.sum() / 3, rel=1e-12)


def test_a_year_without_a_cell_is_a_gap_and_a_missing_cell_is_left_out(demo, demo_panel):
    gap = {(code, 2015): np.nan for code in NORTHEAST} | {(NORTHEAST[0], 2016): np.nan}
    found = lines(result_of(demo, with_cells(demo_panel, gap), spec_of("uri"), "figures/x"))
    means, cells = found["uri", "northeast"], demo_panel.frame["uri"]
    assert means[2015] is None
    assert means[2016] == pytest.approx(np.mean([cells[code, 2016] for code in NORTHEAST[1:]]))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_panel_a_variable_and_one_line_a_region(demo, demo_panel, language):
    asked = spec_of("uri", "nqp")
    result = result_of(demo, demo_panel, asked, "figures/x")
    axes = figure(Shown(result, {}), asked, say_in(demo, asked, language)).axes
    assert [a.get_title(loc="left") for a in axes] == [
        demo.label(name, language) for name in ("uri", "nqp")
    ]
    for panel, name in zip(axes, ("uri", "nqp"), strict=True):
        drawn = {tuple(line.get_ydata()) for line in panel.lines}
        assert drawn == {tuple(x.means) for x in result.lines if x.variable == name}
    assert len({line.get_color() for line in axes[0].lines}) == 4
