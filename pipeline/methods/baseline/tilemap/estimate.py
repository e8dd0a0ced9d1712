"""The value of a variable in each unit in one year."""

import numpy as np

from pipeline.inference.distribution.markov import quantile_classes
from pipeline.methods.baseline.tilemap.result import Result
from pipeline.methods.baseline.tilemap.spec import TileMapFigure
from pipeline.models.task import Task


def estimate(task: Task[TileMapFigure]) -> Result:
    """Values of the year, and the cuts between quarters where asked for. Raises Rejected where the
    year is empty."""
    variable, year = task.spec.variable, task.spec.year
    cells = task.panel.frame[variable].xs(year, level="year")
    values = {int(str(code)): float(v) for code, v in cells.items() if np.isfinite(v)}
    if len(set(values.values())) < 2:
        found, remedy = f"fewer than two different values in {year}", "name another year"
        expected = "values that differ between provinces"
        raise task.refusal("tilemap", found, expected, remedy, key="year", variable=variable)
    cuts: list[float] = []
    if task.spec.classes == "quartiles":
        cuts = [float(c) for c in quantile_classes(cells.to_numpy(float), 4)[1]]
    return Result(task.facts([variable]), variable, year, values, cuts)
