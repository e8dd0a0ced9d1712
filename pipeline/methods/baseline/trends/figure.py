"""The figure of yearly means: one panel a variable, one line a region."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.methods.baseline.trends.result import Result
from pipeline.methods.baseline.trends.spec import TrendsFigure
from pipeline.methods.shown import Shown
from pipeline.panel.provinces import REGIONS
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import GROUPS, panels, points
from pipeline.report.say import Say


def figure(shown: Shown, spec: TrendsFigure, say: Say) -> Figure:
    """One panel a variable, one line a region."""
    result = shown.mine(Result)
    across = len(spec.variables)
    titles = [fitted(say.label(v), 2.7, points(9)) for v in spec.variables]
    height = 2.9 + beyond(titles, points(9))
    picture, all_axes = panels(3.4 * across, height, across=across)
    for axes, variable, title in zip(all_axes, spec.variables, titles, strict=True):
        for line in (x for x in result.lines if x.variable == variable):
            means = np.array(line.means, float)
            colour = GROUPS[REGIONS.index(line.region)]
            axes.plot(line.years, means, color=colour, lw=1.6, label=say(f"region_{line.region}"))
        axes.set_title(title, fontsize=points(9), loc="left")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    all_axes[0].legend(fontsize=8)
    return picture
