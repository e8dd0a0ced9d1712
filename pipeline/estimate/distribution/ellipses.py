"""The ellipse figure: where the weight of a variable lies on the map, and how its centre moves."""

import numpy as np

from pipeline.estimate.distribution.cells import MINIMUM, grid_of, refused, require_sign
from pipeline.inference.distribution.ellipse import outline, path
from pipeline.panel.capitals import CAPITALS
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import BY_CODE
from pipeline.panel.result import Column, Result, Term
from pipeline.study.kinds import EllipseFigure
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: EllipseFigure) -> Result:
    """One column a year from the first to the last of the spec: centre, angle, axes, area; distance and bearing moved.

    `<year>/outline` of the years named holds the edge, a term a point: longitude its name, latitude its estimate;
    `provinces` those with weight and their shares in the last year.
    Only provinces with a value in every year carry weight, since a province that came or went would move the centre;
    years without any value are left out. Raises Rejected for negative values, or too few provinces.
    """
    file = str(study.paths.specs / f"{name}.toml")
    grid = grid_of(panel, spec.variable)
    require_sign(grid, file, "the values are weights", zero=True)
    span = range(min(spec.years), max(spec.years) + 1)
    years = [y for y in span if y in spec.years or len(grid.year(y)[0])]
    values = grid.values[:, [grid.years.index(y) for y in years]]
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    if len(rows) < MINIMUM or not values[rows].any(axis=0).all():
        raise refused(
            "too-few-values",
            file,
            spec.variable,
            f"{len(rows)} provinces have a value in every year of {years[0]}-{years[-1]}",
            f"at least {MINIMUM}, not all zero",
            "name other years",
        )
    capitals = [CAPITALS[BY_CODE[grid.codes[i]].en] for i in rows]
    longitude, latitude = (
        np.array([getattr(c, k) for c in capitals]) for k in ("longitude", "latitude")
    )
    track = path(longitude, latitude, values[rows])
    columns = []
    for t, (year, shape) in enumerate(zip(years, track.ellipses, strict=True)):
        numbers = {
            k: getattr(shape, k)
            for k in ("longitude", "latitude", "angle", "major", "minor", "area")
        }
        if t:
            numbers |= {"distance": track.distances[t - 1], "bearing": track.bearings[t - 1]}
        terms = [
            Term(k, "number", float(v) if np.isfinite(v) else None) for k, v in numbers.items()
        ]
        columns.append(Column(str(year), spec.variable, terms))
        if year in spec.years:
            edge = zip(*outline(shape, float(latitude.mean())), strict=True)
            terms = [Term(repr(float(x)), "outline", float(y)) for x, y in edge]
            columns.append(Column(f"{year}/outline", spec.variable, terms))
    last = values[rows, -1]
    terms = [
        Term(BY_CODE[grid.codes[i]].en, "weight", float(v))
        for i, v in zip(rows, last / last.sum(), strict=True)
    ]
    columns.append(Column("provinces", spec.variable, terms))
    return Result(
        name, spec.kind, columns, [*grid.missing(years), *data_notes(study, panel, [spec.variable])]
    )
