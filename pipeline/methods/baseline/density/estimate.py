"""Kernel densities of a variable over units."""

import numpy as np
from scipy.stats import gaussian_kde

from pipeline.methods.baseline.density.result import Density, Result
from pipeline.methods.baseline.density.spec import DensityFigure
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected

_POINTS = 200
_MARGIN = 0.3  # of the range, at either end of the grid


def estimate(task: Task[DensityFigure]) -> Result:
    """Gaussian kernel density (Scott's bandwidth) of a variable in each year, on one grid.

    Raises Rejected for a year without three different values.
    """
    variable = task.spec.variable
    values = task.panel.frame[variable]
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low)
    grid = np.linspace(low - margin, high + margin, _POINTS)
    densities = []
    for year in task.spec.years:
        cells = values.xs(year, level="year").dropna().to_numpy()
        if len(np.unique(cells)) < 3:
            raise _refused(task, year)
        densities.append(Density(year, [float(d) for d in gaussian_kde(cells)(grid)]))
    return Result(task.facts([variable]), variable, [float(x) for x in grid], densities)


def _refused(task: Task[DensityFigure], year: int) -> Rejected:
    found = f"fewer than three different values in {year}"
    remedy = "name other years, or supply the missing cells"
    expected = "values that differ between provinces"
    variable = task.spec.variable
    return task.refusal("density", found, expected, remedy, key="years", variable=variable)
