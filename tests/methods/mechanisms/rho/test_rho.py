"""Indirect effects along the correlation of the errors: where they pass zero, what is drawn."""

import pytest

from pipeline.methods.mechanisms.rho.figure import figure
from pipeline.methods.mechanisms.rho.spec import RhoFigure
from pipeline.methods.shown import Shown
from pipeline.report.pictures.drawn import drawn
from tests.methods.estimated import TITLE, result_of, say_in

NAME = "figures/08_rho"


def test_at_rho_zero_it_is_the_indirect_effect_and_it_vanishes_where_the_table_says(found):
    single = {m.mediator: m.second.effects for m in found("tables/03_mechanisms").mechanisms}
    zero = {m.mediator: m.rho_zero for m in found("tables/09_sensitivity").mechanisms}
    for curve in found(NAME).curves:
        middle = curve.points[30]
        assert middle.rho == pytest.approx(0, abs=1e-12)
        wanted = single[curve.mediator].indirect.value
        assert middle.indirect == pytest.approx(wanted, rel=1e-8)
        assert curve.zero == pytest.approx(zero[curve.mediator], rel=1e-10)
        before = [p.indirect for p in curve.points if p.rho < curve.zero]
        after = [p.indirect for p in curve.points if p.rho > curve.zero]
        assert min(before) * max(after) < 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_mechanism_has_its_panel(demo, found, language):
    result, spec = found(NAME), demo.figures[NAME]
    picture = drawn(figure(Shown(result, {}), spec, say_in(demo, spec, language)))
    for panel, curve in zip(picture.panels, result.curves, strict=True):
        assert panel.title.replace("\n", " ").startswith(demo.label(curve.mediator, language))
        lines = [s for s in panel.shapes if s.kind == "line" and s.dashed]
        assert lines[0].x[0] == pytest.approx(curve.zero, rel=1e-5)
    assert any("95%" in words for words in picture.words)


def test_one_mechanism_is_enough(demo, demo_panel):
    keys = {"kind": "rho", "title": TITLE, "mediators": ["services"]}
    spec = RhoFigure.model_validate(keys)
    result = result_of(demo, demo_panel, spec, "figures/x")
    assert len(drawn(figure(Shown(result, {}), spec, say_in(demo, spec))).panels) == 1
