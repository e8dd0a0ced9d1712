"""Convergence: the core's numbers, gaps, refusals of what no model identifies."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pipeline.inference.distribution.convergence import beta, corrected, sigma
from pipeline.methods.distribution.convergence.spec import ConvergenceTable
from pipeline.models.grids import grid_of
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import PROVINCES
from tests.methods.estimated import TITLE, result_of, table_of, with_cells, words_of

YEARS = list(range(2011, 2024))


def spec(**keys):
    return ConvergenceTable.model_validate(
        {"kind": "convergence", "title": TITLE, "variable": "uri", **keys}
    )


def test_it_is_the_core(demo, demo_panel, uri):
    result, spread = result_of(demo, demo_panel, spec()), sigma(uri)
    assert result.log_sd.path == list(spread.log_sd)
    assert result.variation.trend.value == spread.trends[1]
    t = result.log_sd.trend
    assert t.decides == pytest.approx(2 * stats.t.sf(abs(t.value / t.error), 30))
    controls = demo.spec.roles.controls
    extra = np.stack([grid_of(demo_panel, c).values for c in controls], axis=2)
    found, core = result.absolute, beta(uri, province_effects=False)
    assert (found.b.value, found.b.error) == (core.b, core.error)
    assert found.b.p == pytest.approx(2 * stats.t.sf(abs(core.b / core.error), 30))
    assert found.speed == pytest.approx(-np.log1p(core.b))
    assert found.half_life == pytest.approx(core.half_life)
    within, core = result.conditional, beta(uri, extra)
    assert (within.b.value, within.b.error) == (core.b, core.error)
    net = corrected(uri, extra, demo.spec.seed, "draws")
    assert (result.corrected.b.value, result.corrected.b.decides) == (net.b, net.p)
    assert {b.observations for b in (found, within, result.corrected)} == {31 * 12}
    assert list(result.conditional.controls) == controls and not result.absolute.controls


def test_the_biased_row_is_not_judged_and_a_half_life_needs_convergence(demo, demo_panel, uri):
    result = result_of(demo, demo_panel, spec())
    within = result.conditional
    assert (within.b.decides, within.speed, within.half_life) == (None, None, None)
    rng = np.random.default_rng(1)
    walk = np.exp(np.cumsum(0.05 * rng.normal(size=uri.shape), axis=1))
    cells = {(p.code, y): walk[i, t] for i, p in enumerate(PROVINCES) for t, y in enumerate(YEARS)}
    apart = result_of(demo, with_cells(demo_panel, cells), spec(controls=[]))
    assert not apart.corrected.b.differs and apart.corrected.half_life is None
    table = table_of(demo, apart, spec(controls=[]))
    assert table.rows[-1].label == "Conditional, without the bias of few years"


def test_without_controls_it_is_conditional_on_province_effects_alone(demo, demo_panel, uri):
    asked = spec(controls=[])
    result = result_of(demo, demo_panel, asked)
    assert result.conditional.b.value == beta(uri).b
    table = table_of(demo, result, asked)
    assert table.rows[-2].label == "Conditional: province and year effects"
    assert "controls" not in words_of(table)


def test_a_province_with_a_gap_is_left_out_of_sigma_and_named(demo, demo_panel, uri):
    panel = with_cells(demo_panel, {(540000, 2015): np.nan})
    result = result_of(demo, panel, spec())
    rows = [i for i, p in enumerate(PROVINCES) if p.en != "Tibet"]
    assert result.log_sd.path[-1] == pytest.approx(sigma(uri[rows]).log_sd[-1])
    assert result.dropped == [540000] and result.units == 30
    assert result.conditional.observations == 31 * 12 - 2
    for language, said in (("en", "so without Tibet;"), ("zh", "西藏因有缺失年份未计入")):
        assert said in words_of(table_of(demo, result, spec(), language))


def test_values_that_are_not_positive_are_refused(demo, demo_panel):
    negative = with_cells(demo_panel, {(540000, 2013): -0.2, (110000, 2020): 0.0})
    with pytest.raises(Rejected, match=r"Beijing 2020 \(0\), Tibet 2013 \(-0.2\)"):
        result_of(demo, negative, spec())


@pytest.mark.parametrize(
    ("growth", "code"),
    [(1.0, "outcome-constant"), (1.05, "outcome-constant"), (None, "perfect-fit")],
)
def test_growth_from_which_nothing_can_be_learnt_is_refused(demo, demo_panel, growth, code):
    """The same growth everywhere, or growth that the level at its start fixes."""
    levels = {p.code: 1.0 + i / 10 for i, p in enumerate(PROVINCES)}
    cells = {
        (c, y): level * growth**t if growth else float(np.exp(np.log(level) * 0.9**t))
        for c, level in levels.items()
        for t, y in enumerate(YEARS)
    }
    with pytest.raises(Rejected) as refused:
        result_of(demo, with_cells(demo_panel, cells), spec(controls=[]))
    assert [(f.code, f.where.variable) for f in refused.value.findings] == [(code, "uri")]


def test_growth_that_the_years_alone_move_or_of_one_year_alone_is_refused(demo, demo_panel):
    by_year = {(p.code, y): 1.0 + (y - 2000) ** 2 for p in PROVINCES for y in YEARS}
    early = {(p.code, y): np.nan for p in PROVINCES for y in YEARS[2:]}
    for cells in (by_year, early):
        with pytest.raises(Rejected) as refused:
            result_of(demo, with_cells(demo_panel, cells), spec())
        (finding,) = refused.value.findings
        assert (finding.code, finding.where.variable) == ("outcome-constant", "uri")


def test_controls_that_are_equal_up_to_a_billionth_are_refused(demo, demo_panel):
    frame = demo_panel.frame
    noise = np.random.default_rng(1).normal(size=len(frame)) * frame["openness"].std()
    near = replace(demo_panel, frame=frame.assign(government=frame["openness"] + 1e-9 * noise))
    with pytest.raises(Rejected) as refused:
        result_of(demo, near, spec(controls=["openness", "government"]))
    (finding,) = refused.value.findings
    assert (finding.code, finding.where.variable) == ("collinear", "government")


def test_a_control_without_variation_of_its_own_is_named(demo, demo_panel):
    twice = spec(controls=["openness", "openness"])
    with pytest.raises(Rejected) as refused:
        result_of(demo, demo_panel, twice)
    (finding,) = refused.value.findings
    assert (finding.code, finding.where.variable) == ("collinear", "openness")


def test_growth_of_one_province_is_refused(demo, demo_panel):
    """A control that one province alone has leaves no rows to fit."""
    here = demo_panel.frame.index.get_level_values("province") == 110000
    alone = replace(demo_panel, frame=demo_panel.frame.assign(openness=np.where(here, 1, np.nan)))
    with pytest.raises(Rejected) as refused:
        result_of(demo, alone, spec(controls=["openness"]))
    assert [f.code for f in refused.value.findings] == ["convergence"]
