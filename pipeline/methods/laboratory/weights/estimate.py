"""The weights that the construction of the panel recorded."""

import math
from collections.abc import Mapping

from pipeline.methods.laboratory.weights.result import Result, Weighting
from pipeline.methods.laboratory.weights.spec import WeightsTable
from pipeline.models.task import Task


def estimate(task: Task[WeightsTable]) -> Result:
    """Weights of an index's indicators by each weighting, and their entropies."""
    index, panel = task.spec.index, task.panel
    variables = list(task.study.indices[index].indicators())
    return Result(
        data=task.facts(variables),
        index=index,
        weightings=[Weighting(name, dict(w)) for name, w in panel.weights[index].items()],
        entropies=_entropies(panel.notes["entropies"][index]),
        cells=int(panel.frame[variables].notna().all(axis=1).sum()),
    )


def _entropies(recorded: Mapping[str, float | None]) -> dict[str, float] | None:
    """Entropies by indicator; None where one is undefined, as of values below zero."""
    found = {v: e for v, e in recorded.items() if e is not None and math.isfinite(e)}
    return found if len(found) == len(recorded) else None
