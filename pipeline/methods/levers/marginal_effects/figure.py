"""The effect along each lever: one panel a lever, the lever's histogram below the curve."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.methods.levers.marginal_effects.result import Curve, Result
from pipeline.methods.levers.marginal_effects.spec import MarginalFigure
from pipeline.methods.shown import Shown
from pipeline.report import notes
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, LEAST, MUTED, panels, points, set_key
from pipeline.report.say import Say

_ACROSS = 3


def figure(shown: Shown, spec: MarginalFigure, say: Say) -> Figure:
    """Shaded the band with clustered errors, dashed that of the bootstrap."""
    result = shown.mine(Result)
    curves = result.curves
    across = min(_ACROSS, len(curves))
    down = -(-len(curves) // across)
    width = max(LEAST, 2.35 * across)
    room = (width - 0.7) / across - 0.2
    titles = [fitted(say.label(curve.lever), room, points(8)) for curve in curves]
    below = [fitted(_proxy(curve, say), room, points(7)) for curve in curves]
    treatment, outcome = say.label(result.model.treatment), say.label(result.model.outcome)
    effect = fitted(say("effect_axis", treatment=treatment, outcome=outcome), 1.4, points(7.5))
    more = beyond([effect], points(7.5)), beyond(titles, points(8)) + beyond(below, points(7))
    picture, every = panels(width + more[0], (2.15 + more[1]) * down, down, across, share_y=True)
    for axes in every[len(curves) :]:
        axes.axis("off")
    for axes, curve, title, proxy in zip(every, curves, titles, below, strict=False):
        _draw(axes, curve)
        axes.set_title(title, fontsize=points(8))
        axes.set_xlabel(proxy, fontsize=points(7))
        axes.tick_params(labelsize=points(7))
    for axes in every[::across]:
        axes.set_ylabel(effect, fontsize=points(7.5))
    told = [say("key", level=say.level()), *notes.withheld(say, result.draws)]
    set_key(picture, say.sentences(told))
    return picture


def _proxy(curve: Curve, say: Say) -> str:
    """The label of the variable that measures a lever, where another does."""
    proxy = say.study.lever_proxies.get(curve.lever)
    return say.label(proxy) if proxy else ""


def _draw(axes: Axes, curve: Curve) -> None:
    x = [point.at for point in curve.points]
    effects = [point.effect for point in curve.points]
    low, high = (np.array([getattr(e, end) for e in effects], float) for end in ("low", "high"))
    axes.fill_between(x, low, high, color=ACCENT, alpha=0.2, lw=0)
    axes.plot(x, [e.value for e in effects], color=ACCENT, lw=1.4)
    for end in ("low", "high"):
        bound = np.array([getattr(point.bootstrap, end) for point in curve.points], float)
        axes.plot(x, bound, color=ACCENT, lw=0.8, ls="--")
    axes.axhline(0, color=MUTED, lw=0.7)
    _histogram(axes, curve)


def _histogram(axes: Axes, curve: Curve) -> None:
    """The lever's histogram, in the lowest quarter and behind the curve."""
    shares = [bar.share for bar in curve.bars]
    below = axes.twinx()
    left, width = [bar.left for bar in curve.bars], curve.width * 0.92
    below.bar(left, shares, width=width, align="edge", color=MUTED, alpha=0.35, lw=0)
    below.set_ylim(0, 4 * max(shares))
    below.axis("off")
    below.set_in_layout(False)  # it lies inside the other's frame
    axes.set_zorder(below.get_zorder() + 1)
    axes.patch.set_visible(False)
