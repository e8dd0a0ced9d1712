"""Yearly means by region, densities by year, a tile map: figures of the panel itself."""

import numpy as np
from matplotlib import colormaps
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline.panel.provinces import PROVINCES, REGIONS
from pipeline.panel.result import Result
from pipeline.report.figures.style import MUTED, REGION_COLOURS
from pipeline.report.numbers import plain
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import DistributionFigure, TileMapFigure, TrendsFigure

# Column and row of each province's tile, north-west at the top left.
TILES = {
    "Heilongjiang": (7, 0), "Inner Mongolia": (5, 1), "Jilin": (7, 1), "Xinjiang": (0, 2), "Gansu": (2, 2),
    "Ningxia": (3, 2), "Beijing": (5, 2), "Tianjin": (6, 2), "Liaoning": (7, 2), "Qinghai": (1, 3), "Shaanxi": (3, 3),
    "Shanxi": (4, 3), "Hebei": (5, 3), "Shandong": (6, 3), "Tibet": (0, 4), "Sichuan": (2, 4), "Chongqing": (3, 4),
    "Hubei": (4, 4), "Henan": (5, 4), "Jiangsu": (6, 4), "Shanghai": (7, 4), "Guizhou": (3, 5), "Hunan": (4, 5),
    "Jiangxi": (5, 5), "Anhui": (6, 5), "Zhejiang": (7, 5), "Yunnan": (2, 6), "Guangxi": (3, 6), "Guangdong": (4, 6),
    "Fujian": (6, 6), "Hainan": (4, 7),
}  # fmt: skip


def draw_trends(study: Study, spec: TrendsFigure, results: dict[str, Result], language: str) -> Figure:
    """One panel a variable, one line a region."""
    result = results["self"]
    figure, all_axes = plt.subplots(1, len(spec.variables), figsize=(3.4 * len(spec.variables), 2.9),
                                    layout="constrained", squeeze=False)  # fmt: skip
    for axes, variable in zip(all_axes[0], spec.variables, strict=True):
        for region in REGIONS:
            column = next(c for c in result.columns if c.key == f"{variable}/{region}")
            years = [int(t.name) for t in column.terms]
            if years:
                axes.plot(years, [t.estimate for t in column.terms], color=REGION_COLOURS[region], lw=1.6,
                          label=word(region, language))  # fmt: skip
        axes.set_title(study.label(variable, language), fontsize=9, loc="left")
        axes.xaxis.set_major_locator(plt.MaxNLocator(5, integer=True))
    all_axes[0][0].legend(fontsize=8)
    return figure


def draw_distribution(study: Study, spec: DistributionFigure, results: dict[str, Result], language: str) -> Figure:
    """One density a year, later years darker."""
    figure, axes = plt.subplots(figsize=(5.2, 3.0), layout="constrained")
    shades = colormaps["viridis_r"](np.linspace(0.15, 0.9, len(spec.years)))
    for column, shade in zip(results["self"].columns, shades, strict=True):
        axes.plot([float(t.name) for t in column.terms], [t.estimate for t in column.terms], color=shade, lw=1.6,
                  label=column.key)  # fmt: skip
    axes.set_xlabel(study.label(spec.variable, language))
    axes.set_ylabel(word("density", language))
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)
    return figure


def draw_tilemap(study: Study, spec: TileMapFigure, results: dict[str, Result], language: str) -> Figure:
    """One tile a province, placed roughly as on a map; the value is printed in the tile."""
    values = {t.name: t.estimate for t in results["self"].columns[0].terms}
    known = [v for v in values.values() if v is not None]
    low, high = min(known), max(known)
    figure, axes = plt.subplots(figsize=(5.6, 5.0), layout="constrained")
    scale = colormaps["YlGnBu"]
    for province in PROVINCES:
        x, y = TILES[province.en]
        value = values.get(province.en)
        share = 0.0 if value is None else (value - low) / (high - low)
        face = "#eeeeee" if value is None else scale(0.08 + 0.8 * share)
        axes.add_patch(Rectangle((x, -y), 0.94, 0.94, facecolor=face, edgecolor=MUTED, lw=0.4))
        ink = "white" if share > 0.62 else "#222222"
        name = province.zh if language == "zh" else province.en.replace(" ", "\n")
        size = 9 if language == "zh" else 6 if len(province.en) > 9 else 7
        axes.text(x + 0.47, -y + 0.60, name, ha="center", va="center", fontsize=size, color=ink, linespacing=0.9)
        axes.text(x + 0.47, -y + 0.22, plain(value), ha="center", va="center", fontsize=7, color=ink)
    axes.set_xlim(-0.1, 8.1)
    axes.set_ylim(-7.1, 1.05)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure
