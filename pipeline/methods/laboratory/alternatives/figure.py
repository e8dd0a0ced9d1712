"""How far the headline coefficient and ranks move across weightings."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.methods.laboratory.alternatives.result import Alternative, Result
from pipeline.methods.laboratory.alternatives.spec import AlternativesFigure
from pipeline.methods.laboratory.alternatives.table import name_of
from pipeline.methods.shown import Shown
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, MUTED, WARM, panels, points
from pipeline.report.say import Say


def figure(shown: Shown, spec: AlternativesFigure, say: Say) -> Figure:
    """Left: the standardised coefficient under each alternative; right: places that each unit gains
    or loses by it.

    A dot is one or more units, its size their number; the line is the range.
    """
    result = shown.table(spec.table, Result)
    alternatives = result.alternatives
    names = [fitted(name_of(a, result, say), 1.6, points(7.5)) for a in alternatives]
    lines = max(name.count("\n") + 1 for name in names)
    model = result.model
    labels = {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}
    axis = fitted(say("coefficient_axis", **labels), 3.05, points(8))
    row = max(0.18 + 0.09 * lines, 0.03 + 0.135 * lines)
    height = row * len(names) + 1.0 + beyond([axis], points(8))
    picture, (left, right) = panels(7.2, height, 1, 2, share_y=True)
    _widen(picture)
    at = -np.arange(len(names))
    for y, alternative in zip(at, alternatives, strict=True):
        _draw_coefficient(left, alternative, float(y))
        _draw_moves(right, alternative, float(y))
    for axes in (left, right):
        axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
        axes.tick_params(axis="y", length=0)
    right.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    left.set_yticks(at, names, fontsize=points(7.5))
    left.set_xlabel(axis, fontsize=points(8))
    right.set_xlabel(say("places_axis", year=result.year), fontsize=points(8))
    return picture


def _widen(picture: Figure) -> None:
    """Room at the sides, so that long names are not cut."""
    engine = picture.get_layout_engine()
    if engine is not None:
        engine.set(w_pad=0.12)  # type: ignore[call-arg]  # not in the stub


def _draw_coefficient(axes: Axes, alternative: Alternative, y: float) -> None:
    of = alternative.standardised
    if of is None:
        return
    ends = np.array([of.low, of.high], float)
    axes.plot(ends, [y, y], color=ACCENT, lw=1.6, solid_capstyle="butt")
    axes.plot(of.value, y, "o", color=ACCENT, ms=4.5)


def _draw_moves(axes: Axes, alternative: Alternative, y: float) -> None:
    moves, number = np.unique(list(alternative.moves.values()), return_counts=True)
    axes.plot([moves.min(), moves.max()], [y, y], color=MUTED, lw=0.8)
    axes.scatter(moves, np.full(len(moves), y), s=6 + 5 * number, color=WARM, alpha=0.7, lw=0)
