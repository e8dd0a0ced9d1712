"""Moran scatter plots and standard deviational ellipses."""

import numpy as np
from matplotlib import colormaps
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.panel.capitals import CAPITALS
from pipeline.panel.result import Column, Result
from pipeline.report.figures.labels import label_points
from pipeline.report.figures.style import ACCENT, INK, MUTED, WARM
from pipeline.report.figures.tiles import LETTERS
from pipeline.report.numbers import decimal, typographic
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import EllipseFigure, MoranScatter

_PANEL = (3.5, 3.1)  # inches
_INSIDE = 0.86  # share of a panel that its axes take, about


def draw_moran(
    study: Study, spec: MoranScatter, results: dict[str, Result], language: str
) -> Figure:
    """One panel a year: provinces by their letter codes, the line whose slope is Moran's I, dashed lines at the means."""
    columns = {c.key: c for c in results["self"].columns}
    across = 1 if len(spec.years) == 1 else 2
    down = -(-len(spec.years) // across)
    width, height = _PANEL
    figure, all_axes = plt.subplots(
        down,
        across,
        figsize=(width * across, height * down),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for axes in all_axes.ravel()[len(spec.years) :]:
        axes.axis("off")
    every = {
        k: np.array(
            [t.estimate for c in columns.values() if c.key.endswith(k) for t in c.terms], float
        )
        for k in ("value", "lag")
    }
    (left, right), (low, high) = (_range(every[k]) for k in ("value", "lag"))
    for axes, year in zip(all_axes.ravel(), spec.years, strict=False):
        axes.set(xlim=(left, right), ylim=(low, high))
        _scatter(axes, columns[f"{year}/value"], columns[f"{year}/lag"])
        slope = columns[f"{year}/value"].statistics["moran"]
        n = len(columns[f"{year}/value"].terms)
        fewer = f", n = {n}" if n < len(study.provinces) else ""
        axes.set_title(
            typographic(f"{year}: I = {decimal(float(slope or 0), 3)}{fewer}"),
            fontsize=9,
            loc="left",
        )
    for axes in all_axes[-1]:
        axes.set_xlabel(
            word("standardised_value", language).format(label=study.label(spec.variable, language))
        )
    for axes in all_axes[:, 0]:
        axes.set_ylabel(word("lag_axis", language))
    return figure


def _range(values: np.ndarray) -> tuple[float, float]:
    """Limits around values with room for labels."""
    room = 0.09 * float(np.ptp(values))
    return float(values.min()) - room, float(values.max()) + room


def _scatter(axes: Axes, value: Column, lag: Column) -> None:
    x, y = (np.array([t.estimate for t in c.terms], float) for c in (value, lag))
    axes.axhline(0, color=MUTED, lw=0.6, ls="--", zorder=0)
    axes.axvline(0, color=MUTED, lw=0.6, ls="--", zorder=0)
    ends = np.array(axes.get_xlim())
    slope = y.mean() + float(value.statistics["moran"] or 0) * ends
    axes.plot(ends, slope, color=WARM, lw=1.1, zorder=1)
    axes.plot(x, y, "o", ms=3, color=ACCENT, mew=0)
    size = (_PANEL[0] * _INSIDE * 72, _PANEL[1] * _INSIDE * 72)
    label_points(axes, x, y, [LETTERS[t.name] for t in value.terms], size, 5.6, [(ends, slope)])


def draw_ellipse(
    study: Study, spec: EllipseFigure, results: dict[str, Result], language: str
) -> Figure:
    """At the left the capitals with the ellipses, at the right the path of the centre through all years.

    Years are written at the centres of the ellipses and at the path's ends only, as those between lie too close.
    """
    columns = {c.key: c for c in results["self"].columns}
    figure, (country, near) = plt.subplots(
        1, 2, figsize=(7.2, 3.8), width_ratios=(1.5, 1), layout="constrained"
    )
    weighted = [
        t.name for t in columns["provinces"].terms
    ]  # in order: a mean over a set varies in its last bit
    parallel = float(np.mean([CAPITALS[p].latitude for p in weighted]))
    shades = colormaps["viridis_r"](np.linspace(0.2, 0.9, len(spec.years)))
    edges = []
    for year, shade in zip(sorted(spec.years), shades, strict=True):
        edge = columns[f"{year}/outline"].terms
        edges.append(
            (np.array([float(t.name) for t in edge]), np.array([t.estimate for t in edge], float))
        )
        country.plot(*edges[-1], color=shade, lw=1.3, label=str(year))
    _capitals(country, weighted, edges, word("no_weight", language))
    centres = {
        int(k): (float(c.term("longitude").estimate or 0), float(c.term("latitude").estimate or 0))
        for k, c in columns.items()
        if k.isdigit()
    }
    x, y = np.array(list(centres.values())).T
    country.plot(x, y, color=WARM, lw=1.2)
    country.legend(loc="lower left", fontsize=7.5)
    country.set_title(word("ellipses", language), fontsize=9, loc="left")
    near.plot(x, y, "-", color=WARM, lw=0.9, zorder=1)
    for year, shade in zip(sorted(spec.years), shades, strict=True):
        near.plot(*centres[year], "o", color=shade, ms=5, zorder=2)
    near.plot(x, y, "o", color=WARM, ms=2.2, zorder=3)
    _square(near, x, y, parallel)
    named = sorted({*spec.years, min(centres), max(centres)})
    at_x, at_y = np.array([centres[k] for k in named]).T
    label_points(near, at_x, at_y, [str(k) for k in named], (2.4 * 72, 2.4 * 72), 6.2, [(x, y)])
    near.set_title(word("centre_path", language), fontsize=9, loc="left")
    for axes in (country, near):
        axes.set_aspect(1 / np.cos(np.radians(parallel)), anchor="N")
        axes.set_xlabel(word("longitude", language), fontsize=8)
        axes.set_ylabel(word("latitude", language), fontsize=8)
        axes.tick_params(labelsize=7)
    return figure


def _capitals(
    axes: Axes, weighted: list[str], edges: list[tuple[np.ndarray, np.ndarray]], hollow: str
) -> None:
    """Dots with letter codes, hollow for provinces without weight."""
    x, y = (np.array([getattr(CAPITALS[p], k) for p in LETTERS]) for k in ("longitude", "latitude"))
    there = np.array([p in weighted for p in LETTERS])
    axes.plot(x[there], y[there], "o", ms=2.6, color=INK, mew=0.5)
    if not there.all():
        axes.plot(x[~there], y[~there], "o", ms=2.6, color=INK, mfc="white", mew=0.5, label=hollow)
    axes.set(xlim=(84, 132), ylim=(16, 50))
    label_points(axes, x, y, list(LETTERS.values()), (3.7 * 72, 3.1 * 72), 5.4, edges)


def _square(axes: Axes, x: np.ndarray, y: np.ndarray, parallel: float) -> None:
    """Limits of one length in km both ways, so that the path keeps its directions and has room for its labels."""
    stretch = float(np.cos(np.radians(parallel)))
    half = 0.62 * max(float(np.ptp(x)) * stretch, float(np.ptp(y)), 1e-3)
    middle = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    axes.set(
        xlim=(middle[0] - half / stretch, middle[0] + half / stretch),
        ylim=(middle[1] - half, middle[1] + half),
    )
    axes.ticklabel_format(useOffset=False)
    axes.xaxis.set_major_locator(plt.MaxNLocator(4))
    axes.yaxis.set_major_locator(plt.MaxNLocator(5))
