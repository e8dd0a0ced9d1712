"""Moran scatter plots: their slope, missing provinces, what is drawn."""

import numpy as np
import pytest

from pipeline.inference.distribution.moran import moran
from pipeline.methods.discover import by_kind
from pipeline.methods.distribution.moran_scatter.spec import MoranScatter
from pipeline.methods.shown import Shown
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import BY_CODE, contiguity
from tests.methods.estimated import TITLE, result_of, say_in, with_cells


def spec(years):
    return MoranScatter.model_validate(
        {"kind": "moran_scatter", "title": TITLE, "variable": "uri", "years": years}
    )


def test_it_has_the_slope_of_moran(demo, demo_panel, uri):
    (scatter,) = result_of(demo, demo_panel, spec([2015]), "figures/x").scatters
    x, y = ([getattr(p, k) for p in scatter.places] for k in ("value", "lag"))
    assert scatter.moran == pytest.approx(moran(uri[:, 4], contiguity(), 1, "x", 99).value)
    assert scatter.moran == pytest.approx(np.polyfit(x, y, 1)[0])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_year_has_its_panel_and_every_province_its_letters(demo, demo_panel, language):
    asked = spec([2011, 2015, 2019])
    result = result_of(demo, with_cells(demo_panel, {(650000, 2019): np.nan}), asked, "figures/x")
    assert result.left_out == {650000: [2019]}
    draw = by_kind()["moran_scatter"].function("figure")
    axes = draw(Shown(result, {}), asked, say_in(demo, asked, language)).axes
    assert [a.get_title(loc="left")[:8] for a in axes[:3]] == ["2011: I ", "2015: I ", "2019: I "]
    assert axes[2].get_title(loc="left").endswith("n = 30") and not axes[3].axison
    points = axes[0].lines[-1].get_xydata()
    assert points.tolist() == [[p.value, p.lag] for p in result.scatters[0].places]
    assert {"BJ", "XJ"} <= {t.get_text() for t in axes[0].texts}
    assert "XJ" not in {t.get_text() for t in axes[2].texts}


def test_years_that_have_no_slope_are_refused(demo, demo_panel):
    constant = with_cells(demo_panel, {(code, 2015): 0.5 for code in BY_CODE})
    with pytest.raises(Rejected, match="31 values in 2015, or all the same"):
        result_of(demo, constant, spec([2015]))
    apart = {110000, 310000, 440000, 650000}
    islands = with_cells(demo_panel, {(c, 2015): np.nan for c in BY_CODE if c not in apart})
    with pytest.raises(Rejected, match="no province with a value in 2015 has a neighbour"):
        result_of(demo, islands, spec([2015]))
