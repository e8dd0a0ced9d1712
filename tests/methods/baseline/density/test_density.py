"""Kernel densities: scipy's numbers on one grid, that add up, and years without any."""

import numpy as np
import pytest
from scipy.stats import gaussian_kde

from pipeline.methods.baseline.density.figure import figure
from pipeline.methods.baseline.density.spec import DensityFigure
from pipeline.methods.run import estimate
from pipeline.methods.shown import Shown
from pipeline.panel.finding import Rejected
from tests.methods.estimated import TITLE, result_of, say_in, with_cells


def spec_of(*years):
    keys = {"kind": "distribution", "title": TITLE, "variable": "uri", "years": list(years)}
    return DensityFigure.model_validate(keys)


def test_densities_are_scotts_on_one_grid_over_all_years(demo, demo_panel):
    result = result_of(demo, demo_panel, spec_of(2011, 2023), "figures/x")
    values = demo_panel.frame["uri"]
    width = values.max() - values.min()
    assert result.grid[0] == pytest.approx(values.min() - 0.3 * width)
    assert result.grid[-1] == pytest.approx(values.max() + 0.3 * width)
    for density, year in zip(result.densities, (2011, 2023), strict=True):
        kernel = gaussian_kde(values.xs(year, level="year"), "scott")
        np.testing.assert_allclose(density.values, kernel(result.grid), rtol=1e-12)
        assert np.trapezoid(density.values, result.grid) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("values", [[], [0.2, 0.4]], ids=["no cell", "two values"])
def test_a_year_without_three_values_is_refused_by_name(demo, demo_panel, values):
    codes = demo_panel.frame.index.get_level_values("province").unique()
    cells = {(c, 2015): values[i % len(values)] if values else np.nan for i, c in enumerate(codes)}
    with pytest.raises(Rejected) as refused:
        estimate(demo, with_cells(demo_panel, cells), "figures/x", spec_of(2011, 2015))
    (found,) = refused.value.findings
    assert found.code == "density" and "2015" in found.found and found.where.variable == "uri"


def test_one_line_a_year_named_in_the_legend(demo, demo_panel):
    asked = spec_of(2011, 2017, 2023)
    result = result_of(demo, demo_panel, asked, "figures/x")
    (axes,) = figure(Shown(result, {}), asked, say_in(demo, asked)).axes
    assert [line.get_label() for line in axes.lines] == ["2011", "2017", "2023"]
    assert list(axes.lines[1].get_ydata()) == result.densities[1].values
    assert axes.get_xlabel() == demo.label("uri", "en")


def test_years_outside_the_study_are_told(demo):
    assert [f.code for f in spec_of(2011, 1999).problems(demo, "x", True)] == ["sample-year"]
