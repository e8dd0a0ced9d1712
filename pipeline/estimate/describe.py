"""Descriptive results: summary statistics, yearly means by region, densities, one year's map."""

import numpy as np
from scipy.stats import gaussian_kde

from pipeline.inference.distribution.markov import quantile_classes
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import BY_CODE, REGIONS
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import (
    Descriptives,
    DistributionFigure,
    TileMapFigure,
    TrendsFigure,
    Weights,
)
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def descriptives(study: Study, panel: Panel, name: str, spec: Descriptives) -> Result:
    """N, mean, standard deviation (overall, between provinces, within them), minimum, median, maximum.

    Within is the deviation of a cell from its province's mean, between the deviation of province means: Stata's xtsum.
    """
    frame = panel.frame[spec.variables]
    means = frame.groupby(level="province").mean()
    inner = frame - means.loc[frame.index.get_level_values("province")].set_index(frame.index)
    parts = {
        "n": frame.count(),
        "mean": frame.mean(),
        "sd": frame.std(),
        "between": means.std(),
        "within": inner.std(),
        "min": frame.min(),
        "median": frame.median(),
        "max": frame.max(),
    }
    columns = [
        Column(k, None, [Term(v, k, float(s[v])) for v in spec.variables]) for k, s in parts.items()
    ]
    return Result(name, spec.kind, columns, data_notes(study, panel, spec.variables))


def weights(study: Study, panel: Panel, name: str, spec: Weights) -> Result:
    """Weights of an index's indicators, a column a weighting, and their entropies; one term an indicator."""
    by_weighting = panel.weights[spec.index]
    columns = [
        Column(k, None, [Term(v, "weight", w) for v, w in ws.items()])
        for k, ws in by_weighting.items()
    ]
    entropies = panel.notes["entropies"][spec.index]
    if all(
        e is not None and np.isfinite(e) for e in entropies.values()
    ):  # undefined for values below zero
        columns.append(
            Column("entropies", None, [Term(v, "entropy", e) for v, e in entropies.items()])
        )
    variables = list(study.indices[spec.index].indicators())
    cells = int(panel.frame[variables].notna().all(axis=1).sum())
    own = study.indices[spec.index]
    note = Note(
        "weights",
        {
            "cells": cells,
            "shift": own.shift,
            "normalise": own.normalise,
            "period": own.period,
            "entropies": columns[-1].key == "entropies",
        },
    )
    return Result(name, spec.kind, columns, [note, *data_notes(study, panel, variables)])


def trends(study: Study, panel: Panel, name: str, spec: TrendsFigure) -> Result:
    """Unweighted yearly means of each variable by region; one column a variable and region, one term a year."""
    frame = panel.frame[spec.variables]
    region = np.array([BY_CODE[c].region for c in frame.index.get_level_values("province")])
    columns = []
    for variable in spec.variables:
        for r in REGIONS:
            means = frame.loc[region == r, variable].groupby(level="year").mean()
            terms = [Term(str(y), "mean", float(v)) for y, v in means.items()]
            columns.append(Column(f"{variable}/{r}", variable, terms))
    return Result(name, spec.kind, columns, data_notes(study, panel, spec.variables))


def distribution(study: Study, panel: Panel, name: str, spec: DistributionFigure) -> Result:
    """Gaussian kernel density (Scott's bandwidth) of a variable over provinces in each year, on one grid of 200."""
    values = panel.frame[spec.variable]
    span = float(values.max() - values.min())
    grid = np.linspace(float(values.min()) - 0.3 * span, float(values.max()) + 0.3 * span, 200)
    columns = []
    for year in spec.years:
        cells = values.xs(year, level="year").dropna().to_numpy()
        density = gaussian_kde(cells)(grid)
        terms = [
            Term(repr(float(x)), "density", float(d)) for x, d in zip(grid, density, strict=True)
        ]
        columns.append(Column(str(year), spec.variable, terms))
    return Result(name, spec.kind, columns, data_notes(study, panel, [spec.variable]))


def tilemap(study: Study, panel: Panel, name: str, spec: TileMapFigure) -> Result:
    """The value of a variable in each province in one year, one term a province; with classes, a column of their cuts."""
    cells = panel.frame[spec.variable].xs(spec.year, level="year")
    terms = [Term(BY_CODE[int(str(code))].en, "value", float(v)) for code, v in cells.items()]
    columns = [Column(str(spec.year), spec.variable, terms)]
    if spec.classes == "quartiles":
        _, cuts = quantile_classes(cells.to_numpy(float), 4)
        columns.append(
            Column(
                "quartiles",
                spec.variable,
                [],
                {f"cut_{i}": float(c) for i, c in enumerate(cuts, start=1)},
            )
        )
    return Result(name, spec.kind, columns, data_notes(study, panel, [spec.variable]))
