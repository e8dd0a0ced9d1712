"""The weights of an index, with what another sample of units would make of them."""

import numpy as np

from pipeline.index.uncertainty import reweightings
from pipeline.methods.laboratory.index_system.result import Result
from pipeline.methods.laboratory.index_system.spec import IndexSystemTable
from pipeline.models.indicators import GIVEN, choice_of, indicators_of, weighings_of
from pipeline.models.task import Task
from pipeline.results.estimate import Draws, Estimate, Interval


def estimate(task: Task[IndexSystemTable]) -> Result:
    """The weight of every indicator and its percentile interval over draws of whole units."""
    index = task.study.indices[task.spec.index]
    indicators = indicators_of(task, task.spec.index)
    weights = indicators.weights(choice_of(index)).mean(axis=0)
    draws = reweightings(
        indicators.raw,
        indicators.signs,
        index.weights,
        indicators.context,
        task.seed,
        task.stream,
        task.spec.draws,
        index.normalise,
        index.period,
        task.study.spec.base_year,
        indicators.reference,
    )
    kept = draws[np.isfinite(draws).all(axis=1)]
    if len(kept) < len(draws) / 2:
        found = f"{len(kept)} of {len(draws)} draws of whole provinces admit weights"
        remedy = "an indicator moves in too few provinces: remove it, or choose other weights"
        raise task.refusal("collapsed-draws", found, "at least half of them", remedy, key="index")
    low, high = np.quantile(kept, [(1 - task.level) / 2, (1 + task.level) / 2], axis=0)
    estimates = [
        Estimate(float(w), interval=Interval(float(a), float(b), "percentile"))
        for w, a, b in zip(weights, low, high, strict=True)
    ]
    return Result(
        data=task.facts(indicators.names),
        index=task.spec.index,
        weighting=index.weights,
        period=index.period,
        from_data=bool(weighings_of(index) - GIVEN),
        weights=dict(zip(indicators.names, estimates, strict=True)),
        cells=len(indicators.x),
        draws=Draws(task.spec.draws, len(kept), task.seed),
    )
