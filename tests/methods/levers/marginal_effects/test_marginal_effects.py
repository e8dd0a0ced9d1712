"""The effect along levers is that of the moderation table, and the figure draws it."""

import numpy as np
import pytest

from pipeline.methods.levers.marginal_effects.figure import figure
from pipeline.methods.shown import Shown
from tests.methods.estimated import say_in

NAME = "figures/09_marginal"


def test_the_curve_is_the_line_of_the_moderation_table(found, study):
    tables = [found("tables/13_moderation_challenges"), found("tables/14_moderation_paths")]
    columns = {c.lever: c for table in tables for c in table.columns}
    for curve in found(NAME).curves:
        column = columns[curve.lever]
        at = np.array([point.at for point in curve.points])
        wanted = column.at_mean.value + column.interaction.value * (at - column.mean) / column.sd
        values = [point.effect.value for point in curve.points]
        np.testing.assert_allclose(values, wanted, rtol=1e-9)
        assert sum(bar.share for bar in curve.bars) == pytest.approx(1)
        last = curve.bars[-1].left + curve.width
        assert (curve.bars[0].left, last) == pytest.approx((at[0], at[-1]))


def test_bands_hold_the_curve(found):
    for curve in found(NAME).curves:
        for point in curve.points:
            assert point.effect.interval.holds(point.effect.value)
            assert point.bootstrap.low < point.bootstrap.high


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_figure_draws_curve_bands_and_histogram(study, found, language):
    spec, result = study.figures[NAME], found(NAME)
    picture = figure(Shown(result, {}), spec, say_in(study, spec, language))
    drawn = [axes for axes in picture.axes if axes.lines]
    assert [axes.get_title().replace("\n", " ")[:2] for axes in drawn] == [
        key.upper() for key in spec.levers
    ]
    for axes, curve in zip(drawn, result.curves, strict=True):
        effect, low, high, _ = axes.lines
        np.testing.assert_allclose(
            effect.get_ydata(), [point.effect.value for point in curve.points]
        )
        np.testing.assert_allclose(low.get_ydata(), [p.bootstrap.low for p in curve.points])
        np.testing.assert_allclose(high.get_ydata(), [p.bootstrap.high for p in curve.points])
    bars = [axes for axes in picture.axes if axes.patches]
    for axes, curve in zip(bars, result.curves, strict=True):
        assert [bar.get_height() for bar in axes.patches] == [b.share for b in curve.bars]
