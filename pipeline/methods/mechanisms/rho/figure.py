"""The figure of indirect effects along the correlation of the two errors."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.methods.mechanisms.rho.result import Curve, Result
from pipeline.methods.mechanisms.rho.spec import RhoFigure
from pipeline.methods.shown import Shown
from pipeline.report import notes
from pipeline.report.numbers import typographic
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, LEAST, MUTED, WARM, panels, set_key
from pipeline.report.say import Say

# The height of the axes comes from curves within this rho: at its ends they run away.
_WITHIN = 0.75


def figure(shown: Shown, spec: RhoFigure, say: Say) -> Figure:
    """One panel a mechanism: a*b along rho with its band; the dashed line is the rho at which it
    vanishes."""
    result = shown.mine(Result)
    curves = result.curves
    width = max(LEAST, 1.9 * len(curves) + 0.4)
    room = (width - 0.7) / len(curves) - 0.1
    titles = [fitted(say.label(curve.mediator), room, 7) for curve in curves]
    height = 2.55 + beyond(titles, 7)
    picture, every = panels(width, height, across=len(curves), share_y=True)
    for axes, curve, title in zip(every, curves, titles, strict=True):
        _draw(axes, curve, title, say)
    inner = [p.indirect for c in curves for p in c.points if abs(p.rho) < _WITHIN]
    reach = 1.25 * max(map(abs, inner))
    every[0].set_ylim(-reach, reach)
    every[0].set_ylabel(say("indirect_axis"))
    told = [say("key", level=say.level()), *notes.withheld(say, result.draws)]
    set_key(picture, say.sentences(told))
    return picture


def _draw(axes: Axes, curve: Curve, title: str, say: Say) -> None:
    rho = [p.rho for p in curve.points]
    low, high = (
        np.array([getattr(p.interval, end) for p in curve.points], float) for end in ("low", "high")
    )
    axes.fill_between(rho, low, high, color=ACCENT, alpha=0.2, lw=0)
    axes.plot(rho, [p.indirect for p in curve.points], color=ACCENT, lw=1.4)
    axes.axhline(0, color=MUTED, lw=0.7)
    axes.axvline(curve.zero, color=WARM, lw=0.8, ls="--")
    zero = typographic(say("zero_at", rho=say.number(curve.zero, 2)))
    axes.set_title(f"{title}\n{zero}", fontsize=7)
    axes.set_xlabel(say("rho"), fontsize=7.5)
