"""Where the weight of a variable lies on the map, and how its centre moves."""

import numpy as np

from pipeline.inference.distribution.ellipse import Ellipse, Path, outline, path
from pipeline.methods.distribution.ellipse.result import Edge, Result, Shape
from pipeline.methods.distribution.ellipse.spec import EllipseFigure
from pipeline.models.grids import MINIMUM, Grid, finite, grid_of, require_amounts
from pipeline.models.task import Task
from pipeline.panel.capitals import CAPITALS
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import BY_CODE


def estimate(task: Task[EllipseFigure]) -> Result:
    """One shape a year from the first to the last of the spec, with its edge in the years named.

    Only units with a value in every year carry weight, since a unit that came or went would move
    the centre; years without any value are left out. Raises Rejected for negative values, or too
    few units.
    """
    grid = grid_of(task.panel, task.spec.variable)
    require_amounts(task, grid, "the values are weights")
    grid = grid.during(_years(task, grid))
    whole = grid.complete
    if len(whole.codes) < MINIMUM or not whole.values.any(axis=0).all():
        raise _refused(task, whole)
    capitals = [CAPITALS[BY_CODE[code].en] for code in whole.codes]
    longitude = np.array([c.longitude for c in capitals])
    latitude = np.array([c.latitude for c in capitals])
    parallel = float(latitude.mean())
    track = path(longitude, latitude, whole.values)
    last = whole.values[:, -1]
    return Result(
        data=task.facts([grid.variable]),
        variable=grid.variable,
        shapes=[
            _shape(track, t, year, parallel if year in task.spec.years else None)
            for t, year in enumerate(whole.years)
        ],
        weights={c: float(v) for c, v in zip(whole.codes, last / last.sum(), strict=True)},
        parallel=parallel,
        left_out=grid.missing,
    )


def _years(task: Task[EllipseFigure], grid: Grid) -> list[int]:
    """The years from the first to the last of the spec, less those between without any value."""
    named = task.spec.years
    span = range(min(named), max(named) + 1)
    return [year for year in span if year in named or len(grid.year(year)[0])]


def _refused(task: Task[EllipseFigure], whole: Grid) -> Rejected:
    span = f"{whole.years[0]}-{whole.years[-1]}"
    found = f"{len(whole.codes)} provinces have a value in every year of {span}"
    expected, remedy = f"at least {MINIMUM}, not all zero", "name other years"
    return task.refusal("too-few-values", found, expected, remedy, variable=whole.variable)


def _shape(track: Path, t: int, year: int, parallel: float | None) -> Shape:
    """The t-th shape of a track; with its edge where a parallel is given."""
    of = track.ellipses[t]
    return Shape(
        year=year,
        longitude=of.longitude,
        latitude=of.latitude,
        angle=finite(of.angle),
        major=of.major,
        minor=of.minor,
        area=of.area,
        distance=finite(track.distances[t - 1]) if t else None,
        bearing=finite(track.bearings[t - 1]) if t else None,
        edge=None if parallel is None else _edge(of, parallel),
    )


def _edge(of: Ellipse, parallel: float) -> Edge:
    longitudes, latitudes = outline(of, parallel)
    return Edge([float(x) for x in longitudes], [float(y) for y in latitudes])
