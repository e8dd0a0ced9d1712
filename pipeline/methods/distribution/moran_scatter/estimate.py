"""Standardised values and their neighbours' means, in some years."""

import numpy as np

from pipeline.methods.distribution.moran_scatter.result import Place, Result, Scatter
from pipeline.methods.distribution.moran_scatter.spec import MoranScatter
from pipeline.models.grids import MINIMUM, Grid, grid_of
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import contiguity


def estimate(task: Task[MoranScatter]) -> Result:
    """One scatter a year. Raises Rejected for a year with too few values, or one value only."""
    grid = grid_of(task.panel, task.spec.variable)
    return Result(
        data=task.facts([task.spec.variable]),
        variable=task.spec.variable,
        scatters=[_scatter(task, grid, year) for year in task.spec.years],
        left_out=grid.during(task.spec.years).missing,
    )


def _scatter(task: Task[MoranScatter], grid: Grid, year: int) -> Scatter:
    values, codes = grid.year(year)
    if len(values) < MINIMUM or np.ptp(values) <= 1e-12 * np.abs(values).max():
        found = f"{len(values)} values in {year}, or all the same"
        raise _refused(task, found, f"values of at least {MINIMUM} provinces that differ")
    w = contiguity(codes)
    if not w.any():
        found = f"no province with a value in {year} has a neighbour with one"
        raise _refused(task, found, "values of provinces that lie side by side")
    z = (values - values.mean()) / values.std()
    lag = w @ z
    slope = float(len(z) / w.sum() * (z @ lag) / (z @ z))
    places = [
        Place(code, float(v), float(mean)) for code, v, mean in zip(codes, z, lag, strict=True)
    ]
    return Scatter(year, slope, places)


def _refused(task: Task[MoranScatter], found: str, expected: str) -> Rejected:
    remedy, variable = "name another year", task.spec.variable
    return task.refusal("moran", found, expected, remedy, variable=variable)
