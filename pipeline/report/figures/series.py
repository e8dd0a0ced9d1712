"""Yearly means by region, densities by year: figures of the panel itself."""

import numpy as np
from matplotlib import colormaps
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from pipeline.panel.provinces import REGIONS
from pipeline.panel.result import Result
from pipeline.report.figures.style import REGION_COLOURS
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import DistributionFigure, TrendsFigure


def draw_trends(
    study: Study, spec: TrendsFigure, results: dict[str, Result], language: str
) -> Figure:
    """One panel a variable, one line a region."""
    result = results["self"]
    figure, all_axes = plt.subplots(
        1,
        len(spec.variables),
        figsize=(3.4 * len(spec.variables), 2.9),
        layout="constrained",
        squeeze=False,
    )
    for axes, variable in zip(all_axes[0], spec.variables, strict=True):
        for region in REGIONS:
            column = next(c for c in result.columns if c.key == f"{variable}/{region}")
            years = [int(t.name) for t in column.terms]
            if years:
                axes.plot(
                    years,
                    [t.estimate for t in column.terms],
                    color=REGION_COLOURS[region],
                    lw=1.6,
                    label=word(region, language),
                )
        axes.set_title(study.label(variable, language), fontsize=9, loc="left")
        axes.xaxis.set_major_locator(plt.MaxNLocator(5, integer=True))
    all_axes[0][0].legend(fontsize=8)
    return figure


def draw_distribution(
    study: Study, spec: DistributionFigure, results: dict[str, Result], language: str
) -> Figure:
    """One density a year, later years darker."""
    figure, axes = plt.subplots(figsize=(5.2, 3.0), layout="constrained")
    shades = colormaps["viridis_r"](np.linspace(0.15, 0.9, len(spec.years)))
    for column, shade in zip(results["self"].columns, shades, strict=True):
        axes.plot(
            [float(t.name) for t in column.terms],
            [t.estimate for t in column.terms],
            color=shade,
            lw=1.6,
            label=column.key,
        )
    axes.set_xlabel(study.label(spec.variable, language))
    axes.set_ylabel(word("density", language))
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)
    return figure
