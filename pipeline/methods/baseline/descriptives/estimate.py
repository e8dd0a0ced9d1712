"""Summary statistics of variables over the whole panel."""

import math

from pipeline.methods.baseline.descriptives.result import Result, Summary
from pipeline.methods.baseline.descriptives.spec import DescriptivesTable
from pipeline.models.task import Task


def estimate(task: Task[DescriptivesTable]) -> Result:
    """N, mean, standard deviation (overall, between units, within them), minimum, median, maximum.

    Within is the deviation of a cell from its unit's mean, between the deviation of unit means:
    Stata's xtsum.
    """
    names = task.spec.variables
    frame = task.panel.frame[names]
    groups = frame.groupby(level="province")
    inner = frame - groups.transform("mean")
    means = groups.mean()
    parts = {
        "mean": frame.mean(),
        "sd": frame.std(),
        "between": means.std(),
        "within": inner.std(),
        "min": frame.min(),
        "median": frame.median(),
        "max": frame.max(),
    }
    found = {
        name: Summary(
            n=int(frame[name].count()),
            **{key: _known(float(values[name])) for key, values in parts.items()},
        )
        for name in names
    }
    return Result(task.facts(names), found)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
