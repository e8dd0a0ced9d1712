"""Yearly means of variables by region."""

import math
from typing import get_args

import numpy as np

from pipeline.methods.baseline.trends.result import Line, Result
from pipeline.methods.baseline.trends.spec import TrendsFigure
from pipeline.models.task import Task
from pipeline.panel.provinces import BY_CODE
from pipeline.study.schema import Region

_REGIONS: tuple[Region, ...] = get_args(Region)


def estimate(task: Task[TrendsFigure]) -> Result:
    """Unweighted yearly means of each variable by region; regions without a unit are left out."""
    frame = task.panel.frame[task.spec.variables]
    region = np.array([BY_CODE[c].region for c in frame.index.get_level_values("province")])
    lines = []
    for variable in task.spec.variables:
        for name in _REGIONS:
            means = frame.loc[region == name, variable].groupby(level="year").mean()
            values = [v if math.isfinite(v) else None for v in means.astype(float)]
            if values:
                lines.append(Line(variable, name, [int(y) for y in means.index], values))
    return Result(task.facts(task.spec.variables), lines)
