"""Moran scatter plots: a panel a year."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.methods.distribution.moran_scatter.result import Result, Scatter
from pipeline.methods.distribution.moran_scatter.spec import MoranScatter
from pipeline.methods.shown import Shown
from pipeline.panel.provinces import BY_CODE
from pipeline.report.numbers import decimal, typographic
from pipeline.report.pictures.labels import Array, label_points
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, MUTED, WARM, panels, points
from pipeline.report.pictures.tiles import LETTERS
from pipeline.report.say import Say

_PANEL = (3.5, 3.1)  # inches
_INSIDE = 0.86  # share of a panel that its axes take, about
_ROOM = 0.09  # around the points, as a share of their range


def figure(shown: Shown, spec: MoranScatter, say: Say) -> Figure:
    """A panel a year: units by their letter codes, the line whose slope is Moran's I, dashed lines
    at the means."""
    result = shown.mine(Result)
    scatters = result.scatters
    across = 1 if len(scatters) == 1 else 2
    down = -(-len(scatters) // across)
    width, height = _PANEL
    below = fitted(say("standardised", label=say.label(result.variable)), 2.8, points(9))
    high = height * down + beyond([below], points(9))
    picture, every = panels(width * across, high, down, across, share_x=True, share_y=True)
    places = [place for scatter in scatters for place in scatter.places]
    x_limits = _limits([p.value for p in places])
    y_limits = _limits([p.lag for p in places])
    for axes in every[len(scatters) :]:
        axes.axis("off")
    for axes, scatter in zip(every, scatters, strict=False):
        axes.set(xlim=x_limits, ylim=y_limits)
        _draw(axes, scatter)
        axes.set_title(_title(scatter, say), fontsize=points(9), loc="left")
    for axes in every[-across:]:
        axes.set_xlabel(below)
    for axes in every[::across]:
        axes.set_ylabel(say("lag"))
    return picture


def _title(scatter: Scatter, say: Say) -> str:
    """Year and Moran's I, and how many units there are where some are missing."""
    units = len(scatter.places)
    key = "panel_fewer" if units < len(say.study.provinces) else "panel"
    text = say(key, year=scatter.year, moran=decimal(scatter.moran, 3), units=units)
    return typographic(text)


def _limits(values: list[float]) -> tuple[float, float]:
    """Limits around values with room for labels."""
    room = _ROOM * (max(values) - min(values))
    return min(values) - room, max(values) + room


def _draw(axes: Axes, scatter: Scatter) -> None:
    x: Array = np.array([p.value for p in scatter.places])
    y: Array = np.array([p.lag for p in scatter.places])
    axes.axhline(0, color=MUTED, lw=0.6, ls="--", zorder=0)
    axes.axvline(0, color=MUTED, lw=0.6, ls="--", zorder=0)
    ends: Array = np.array(axes.get_xlim())
    line = y.mean() + scatter.moran * ends
    axes.plot(ends, line, color=WARM, lw=1.1, zorder=1)
    axes.plot(x, y, "o", ms=3, color=ACCENT, mew=0)
    size = (_PANEL[0] * _INSIDE * 72, _PANEL[1] * _INSIDE * 72)
    letters = [LETTERS[BY_CODE[p.unit].en] for p in scatter.places]
    label_points(axes, x, y, letters, size, points(5.6), [(ends, line)])
