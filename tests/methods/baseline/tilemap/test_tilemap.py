"""Tile maps: values of the year, quarters of the units, years without any."""

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgba

from pipeline.methods.baseline.tilemap.figure import figure
from pipeline.methods.baseline.tilemap.spec import TileMapFigure
from pipeline.methods.run import estimate
from pipeline.methods.shown import Shown
from pipeline.panel.finding import Rejected
from tests.methods.estimated import TITLE, result_of, say_in, with_cells


def spec_of(**keys):
    named = {"kind": "tilemap", "title": TITLE, "variable": "uri", "year": 2020}
    return TileMapFigure.model_validate({**named, **keys})


def test_values_are_those_of_the_year(demo, demo_panel):
    panel = with_cells(demo_panel, {(110000, 2020): np.nan})
    result = result_of(demo, panel, spec_of(), "figures/x")
    cells = demo_panel.frame["uri"].xs(2020, level="year").drop(110000)
    assert result.values == cells.to_dict() and result.cuts == []


def test_quarters_hold_a_quarter_of_the_units_each(demo, demo_panel):
    result = result_of(demo, demo_panel, spec_of(classes="quartiles"), "figures/x")
    values = np.array(list(result.values.values()))
    np.testing.assert_allclose(result.cuts, np.quantile(values, [0.25, 0.5, 0.75]), rtol=1e-12)
    sizes = np.bincount(np.searchsorted(result.cuts, values))
    assert sorted(sizes) == [7, 8, 8, 8]


def test_a_year_without_two_values_is_refused(demo, demo_panel):
    codes = demo_panel.frame.index.get_level_values("province").unique()
    for value in (np.nan, 0.5):
        panel = with_cells(demo_panel, {(code, 2020): value for code in codes})
        with pytest.raises(Rejected) as refused:
            estimate(demo, panel, "figures/x", spec_of())
        (found,) = refused.value.findings
        assert found.code == "tilemap" and "2020" in found.found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tiles_of_one_quarter_have_one_colour_and_the_legend_says_its_bounds(
    demo, demo_panel, language
):
    asked = spec_of(classes="quartiles")
    result = result_of(demo, demo_panel, asked, "figures/x")
    (axes,) = figure(Shown(result, {}), asked, say_in(demo, asked, language)).axes
    wanted = {to_rgba(colormaps["YlGnBu"](q)) for q in (0.1, 0.32, 0.58, 0.85)}
    tiles = [to_rgba(patch.get_facecolor()) for patch in axes.patches]
    assert wanted <= set(tiles)
    legend = axes.get_legend()
    assert demo.label("uri", language) in legend.get_title().get_text()
    texts = [t.get_text() for t in legend.get_texts()]
    assert len(texts) == 4 and texts[0].endswith(f"{result.cuts[0]:.3f}")
    assert texts[3].startswith(f"{result.cuts[2]:.3f}")


def test_a_year_outside_the_study_is_told(demo):
    assert [f.code for f in spec_of(year=1999).problems(demo, "x", True)] == ["sample-year"]
