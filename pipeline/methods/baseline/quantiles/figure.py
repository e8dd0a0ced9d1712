"""The quantile process: the treatment's coefficient along the quantiles of the outcome."""

import numpy as np
from matplotlib.figure import Figure

from pipeline.methods.baseline.quantiles.result import Result
from pipeline.methods.baseline.quantiles.spec import QuantilesFigure
from pipeline.methods.shown import Shown
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, MUTED, WARM, panels, points, set_key
from pipeline.report.say import Say


def figure(shown: Shown, spec: QuantilesFigure, say: Say) -> Figure:
    """The coefficient at each quantile with its band; dashed the location coefficient."""
    result = shown.table(spec.table, Result)
    at = [q.tau for q in result.quantiles]
    value, low, high = (
        np.array([getattr(q.treatment, part) for q in result.quantiles], float)
        for part in ("value", "low", "high")
    )
    size = points(9)
    outcome, treatment = say.label(result.model.outcome), say.label(result.model.treatment)
    below = fitted(say("quantile_axis", outcome=outcome), 3.6, size)
    beside = fitted(say("effect_axis", treatment=treatment), 1.7, size)
    picture, (axes,) = panels(4.6 + beyond([beside], size), 2.7 + beyond([below], size))
    axes.fill_between(at, low, high, color=ACCENT, alpha=0.2, lw=0)
    axes.plot(at, value, "o-", color=ACCENT, lw=1.4, ms=3.5)
    axes.axhline(result.location.value, color=WARM, lw=0.8, ls="--")
    axes.axhline(0, color=MUTED, lw=0.7)
    axes.set_xticks(at)
    axes.set_xlabel(below)
    axes.set_ylabel(beside)
    set_key(picture, say("key", level=say.level()))
    return picture
