"""Units by class of coordination."""

import numpy as np

from pipeline.formula.proxies.coupling import CLASSES, classify
from pipeline.methods.laboratory.coordination_classes.result import Class, Result, Year
from pipeline.methods.laboratory.coordination_classes.spec import CoordinationTable
from pipeline.models.grids import Grid, grid_of
from pipeline.models.indicators import require_scores
from pipeline.models.task import Task


def estimate(task: Task[CoordinationTable]) -> Result:
    """The number of units in each class, and the mean degree, in some years.

    Raises Rejected for a variable outside [0, 1], and for a year without values.
    """
    variable, years = task.spec.variable, task.spec.years
    require_scores(task, variable, years)
    grid = grid_of(task.panel, variable)
    _require_degrees(task, grid)
    degrees = [grid.year(year)[0] for year in years]
    k = len(CLASSES)
    counts = np.stack([np.bincount(classify(d), minlength=k) for d in degrees], axis=1)
    return Result(
        data=task.facts([variable]),
        variable=variable,
        years=[Year(y, float(d.mean())) for y, d in zip(years, degrees, strict=True)],
        classes=[
            Class(c.code, i / k, (i + 1) / k, [int(n) for n in counts[i]])
            for i, c in enumerate(CLASSES)
        ],
    )


def _require_degrees(task: Task[CoordinationTable], grid: Grid) -> None:
    """Raise Rejected unless every value lies in [0, 1]."""
    wrong = grid.values[(grid.values < 0) | (grid.values > 1)]
    if wrong.size:
        found = f"{wrong.size} cells outside [0, 1], from {wrong.min():g} to {wrong.max():g}"
        remedy = "name a variable made by coordination([...])"
        expected = "a degree of coordination"
        raise task.refusal("coordination", found, expected, remedy, variable=grid.variable)
