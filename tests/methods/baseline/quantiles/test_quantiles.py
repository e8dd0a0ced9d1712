"""Quantiles via moments: the core's numbers, the table, degenerate data."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pipeline.inference.moments import codes
from pipeline.inference.varying.quantiles import quantile_regression
from pipeline.methods.baseline.quantiles.figure import figure
from pipeline.methods.baseline.quantiles.spec import QuantilesFigure, QuantilesTable
from pipeline.methods.run import estimate
from pipeline.methods.shown import Named, Shown
from pipeline.panel.finding import Rejected
from pipeline.report.table import Coefficient, Range, Standing
from tests.methods.estimated import TITLE, result_of, say_in, table_of, words_of

TAUS = [0.25, 0.5, 0.75]


def spec_of(**keys):
    named = {"kind": "quantiles", "title": TITLE, "quantiles": TAUS, "draws": 99}
    return QuantilesTable.model_validate({**named, **keys})


@pytest.fixture(scope="module")
def found(demo, demo_panel):
    return result_of(demo, demo_panel, spec_of())


def test_coefficients_and_errors_are_the_cores(demo, demo_panel, found):
    rows = demo_panel.frame[["uri", "nqp", *demo.spec.roles.controls]].dropna()
    province, year = (codes(rows.index.get_level_values(k)) for k in ("province", "year"))
    y, x, controls = rows["uri"], rows["nqp"], rows[demo.spec.roles.controls]
    core = quantile_regression(
        y.to_numpy(),
        x.to_numpy(),
        controls.to_numpy(),
        province,
        year,
        province,
        TAUS,
        seed=demo.spec.seed,
        spec="",
        draws=99,
    )
    values = [q.treatment.value for q in found.quantiles]
    np.testing.assert_allclose(values, core.coefficients[:, 0], rtol=1e-12)
    assert found.location.value == pytest.approx(core.location[0], rel=1e-12)
    assert found.scale.value == pytest.approx(core.scale[0], rel=1e-12)
    assert found.rows.observations == core.rows and found.draws.asked == 99


def test_a_quantile_is_location_and_scale_and_is_tested_by_t(found):
    """b(tau) = location + q(tau) scale, so that quantiles lie on one line; p from t(30)."""
    assert [q.tau for q in found.quantiles] == TAUS
    shifts = [
        (q.treatment.value - found.location.value) / found.scale.value for q in found.quantiles
    ]
    assert shifts == sorted(shifts) and shifts[0] < 0 < shifts[-1]
    for q in found.quantiles:
        e = q.treatment
        assert e.p == pytest.approx(2 * stats.t.sf(abs(e.value / e.error), 30))
        assert e.low < e.value < e.high and e.interval.kind == "percentile"


def test_one_column_for_location_scale_and_each_quantile(demo, found):
    table = table_of(demo, found, spec_of())
    estimates = [found.location, found.scale, *(q.treatment for q in found.quantiles)]
    assert [h.text for h in table.headings[1]][2:] == ["τ = 0.25", "τ = 0.5", "τ = 0.75"]
    assert table.rows[0].cells == tuple(map(Coefficient, estimates))
    assert table.rows[1].cells == tuple(Range(e.low, e.high) for e in estimates)
    assert table.columns == 5 and Standing.BELOW in table.notes


def test_a_scale_that_is_not_positive_is_said(demo, found):
    said = [
        words_of(table_of(demo, replace(found, not_positive=share), spec_of()))
        for share in (0.0, 0.125)
    ]
    assert "not positive" not in said[0] and "12.5%" in said[1]


def test_the_figure_draws_the_quantiles_with_their_band(demo, found):
    asked = QuantilesFigure.model_validate(
        {"kind": "quantile_process", "title": TITLE, "table": "t"}
    )
    shown = Shown(None, {"t": Named("t", "1", spec_of(), found)})
    (axes,) = figure(shown, asked, say_in(demo, asked)).axes
    line = axes.lines[0]
    assert list(line.get_xdata()) == TAUS
    assert list(line.get_ydata()) == [q.treatment.value for q in found.quantiles]
    assert axes.lines[1].get_ydata()[0] == found.location.value


def test_quantiles_that_are_equal_are_refused(demo):
    twice = spec_of(quantiles=[0.5, 0.5])
    assert [f.code for f in twice.problems(demo, "x", True)] == ["quantile-twice"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda f: f.assign(uri=f.groupby(level="province")["uri"].transform("first")),
            "outcome-constant",
        ),
        (lambda f: f.assign(uri=2 * f["nqp"] - f["openness"]), "perfect-fit"),
        (lambda f: f.assign(nqp=f["openness"]), "collinear"),
    ],
)
def test_degenerate_data_are_refused_as_regressions_refuse_them(demo, demo_panel, change, code):
    panel = replace(demo_panel, frame=change(demo_panel.frame))
    with pytest.raises(Rejected) as refused:
        estimate(demo, panel, "tables/x", spec_of())
    assert {f.code for f in refused.value.findings} == {code}


def test_two_years_have_no_scale(demo, demo_panel):
    """Residuals of two years are of one size in each province: their scale is zero, not small."""
    with pytest.raises(Rejected) as refused:
        estimate(demo, demo_panel, "tables/x", spec_of(model={"sample": {"years": [2015, 2016]}}))
    (finding,) = refused.value.findings
    assert finding.code == "quantiles" and "at least three years" in finding.found
