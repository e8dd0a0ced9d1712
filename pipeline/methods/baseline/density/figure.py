"""The figure of densities: one line a year, later years darker."""

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from pipeline.methods.baseline.density.result import Result
from pipeline.methods.baseline.density.spec import DensityFigure
from pipeline.methods.shown import Shown
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import panels, points
from pipeline.report.say import Say


def figure(shown: Shown, spec: DensityFigure, say: Say) -> Figure:
    """One density a year, later years darker."""
    result = shown.mine(Result)
    label = fitted(say.label(result.variable), 4.3, points(9))
    picture, (axes,) = panels(5.2, 3.0 + beyond([label], points(9)))
    shades = colormaps["viridis_r"](np.linspace(0.15, 0.9, len(result.densities)))
    for density, shade in zip(result.densities, shades, strict=True):
        axes.plot(result.grid, density.values, color=shade, lw=1.6, label=str(density.year))
    axes.set_xlabel(label)
    axes.set_ylabel(say("density"))
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)
    return picture
