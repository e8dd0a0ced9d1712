"""Ellipses on the map of the capitals, and the path of the centre."""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.methods.distribution.ellipse.result import Edge, Result
from pipeline.methods.distribution.ellipse.spec import EllipseFigure
from pipeline.methods.shown import Shown
from pipeline.panel.capitals import CAPITALS
from pipeline.panel.provinces import BY_CODE
from pipeline.report.pictures.labels import Array, label_points
from pipeline.report.pictures.style import INK, WARM, panels, points
from pipeline.report.pictures.tiles import LETTERS
from pipeline.report.say import Say

# Degrees east and north that hold every capital.
_COUNTRY = ((84, 132), (16, 50))
_LEFT = (3.7 * 72, 3.1 * 72)  # size of the left panel in points of type, about
_RIGHT = (2.4 * 72, 2.4 * 72)


def figure(shown: Shown, spec: EllipseFigure, say: Say) -> Figure:
    """At the left the capitals with the ellipses, at the right the path of the centre through all
    years.

    Years are written at the centres of the ellipses and at the path's ends only, as those between
    lie too close.
    """
    result = shown.mine(Result)
    picture, (country, near) = panels(7.2, 3.8, 1, 2, widths=(1.5, 1))
    shades = _shades(result)
    _draw_country(country, result, shades, say)
    _draw_path(near, result, shades, say)
    for axes in (country, near):
        axes.set_aspect(1 / np.cos(np.radians(result.parallel)), anchor="N")
        axes.set_xlabel(say("longitude"), fontsize=points(8))
        axes.set_ylabel(say("latitude"), fontsize=points(8))
        axes.tick_params(labelsize=points(7))
    return picture


def _shades(result: Result) -> dict[int, tuple[float, ...]]:
    """Year -> colour of its ellipse, later years darker."""
    years = [shape.year for shape in result.shapes if shape.edge is not None]
    colours = colormaps["viridis_r"](np.linspace(0.2, 0.9, len(years)))
    return {year: tuple(colour) for year, colour in zip(years, colours, strict=True)}


def _centres(result: Result) -> tuple[Array, Array]:
    """Degrees east and north of the centre, year by year."""
    x = np.array([shape.longitude for shape in result.shapes])
    return x, np.array([shape.latitude for shape in result.shapes])


def _draw_country(
    axes: Axes, result: Result, shades: dict[int, tuple[float, ...]], say: Say
) -> None:
    edges = {shape.year: _corners(shape.edge) for shape in result.shapes if shape.edge is not None}
    for year, edge in edges.items():
        axes.plot(*edge, color=shades[year], lw=1.3, label=str(year))
    _draw_capitals(axes, result, list(edges.values()), say("no_weight"))
    axes.plot(*_centres(result), color=WARM, lw=1.2)
    axes.legend(loc="lower left", fontsize=points(7.5))
    axes.set_title(say("ellipses"), fontsize=points(9), loc="left")


def _corners(edge: Edge) -> tuple[Array, Array]:
    return np.array(edge.longitudes), np.array(edge.latitudes)


def _draw_capitals(
    axes: Axes, result: Result, edges: list[tuple[Array, Array]], hollow: str
) -> None:
    """Dots with letter codes, hollow for units without weight."""
    weighted = {BY_CODE[code].en for code in result.weights}
    x = np.array([CAPITALS[name].longitude for name in LETTERS])
    y = np.array([CAPITALS[name].latitude for name in LETTERS])
    there = np.array([name in weighted for name in LETTERS])
    axes.plot(x[there], y[there], "o", ms=2.6, color=INK, mew=0.5)
    if not there.all():
        axes.plot(x[~there], y[~there], "o", ms=2.6, color=INK, mfc="white", mew=0.5, label=hollow)
    axes.set(xlim=_COUNTRY[0], ylim=_COUNTRY[1])
    label_points(axes, x, y, list(LETTERS.values()), _LEFT, points(5.4), edges)


def _draw_path(axes: Axes, result: Result, shades: dict[int, tuple[float, ...]], say: Say) -> None:
    x, y = _centres(result)
    years = [shape.year for shape in result.shapes]
    axes.plot(x, y, "-", color=WARM, lw=0.9, zorder=1)
    for year, shade in shades.items():
        at = years.index(year)
        axes.plot(x[at], y[at], "o", color=shade, ms=5, zorder=2)
    axes.plot(x, y, "o", color=WARM, ms=2.2, zorder=3)
    _square(axes, x, y, result.parallel)
    named = sorted({*shades, years[0], years[-1]})
    at_named = [years.index(year) for year in named]
    texts = [str(year) for year in named]
    label_points(axes, x[at_named], y[at_named], texts, _RIGHT, points(6.2), [(x, y)])
    axes.set_title(say("path"), fontsize=points(9), loc="left")


def _square(axes: Axes, x: Array, y: Array, parallel: float) -> None:
    """Limits of one length in km both ways, so that the path keeps its directions and has room for
    its labels."""
    stretch = float(np.cos(np.radians(parallel)))
    half = 0.62 * max(float(np.ptp(x)) * stretch, float(np.ptp(y)), 1e-3)
    middle = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    wide = half / stretch
    axes.set(xlim=(middle[0] - wide, middle[0] + wide), ylim=(middle[1] - half, middle[1] + half))
    axes.ticklabel_format(useOffset=False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(5))
