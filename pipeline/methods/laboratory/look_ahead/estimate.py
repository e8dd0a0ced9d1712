"""The headline coefficient with weights that could be known at the time."""

from dataclasses import replace
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.index.build import Choice, Indicators
from pipeline.index.normalise import NORMALISATIONS
from pipeline.index.weighting import WEIGHTINGS, WeightError
from pipeline.methods.laboratory.look_ahead.result import Column, Knowledge, Result
from pipeline.methods.laboratory.look_ahead.spec import LookAheadTable
from pipeline.models.few_clusters import regression
from pipeline.models.grids import Array
from pipeline.models.indicators import column_of, indicators_of, standard_ratio
from pipeline.models.task import Task
from pipeline.study.model import Model


def estimate(task: Task[LookAheadTable]) -> Result:
    """One column a state of knowledge.

    The weights come from the rows of the period alone. What normalises (range, mean or ranks) is of
    one period for all years, the base year unless all years are known: ranges that change from year
    to year multiply the levels by a factor of the year, which year effects do not absorb (levels
    that correlate by .64 and nothing net of effects gave .23 SD with the years so far, rejected in
    .75 of panels at 5%; on the base year's range .00 and .03). Treatment and outcome change
    together; since their scales change too, coefficients compare in SD of outcome per SD of
    treatment. Raises Rejected where neither is an index.
    """
    model = task.model(task.spec.model)
    indices = [v for v in (model.treatment, model.outcome) if v in task.study.indices]
    if not indices:
        found = f"neither `{model.treatment}` nor `{model.outcome}` is an index"
        expected = "an index as treatment or outcome"
        raise task.refusal("look-ahead", found, expected, "remove the table", key="model")
    ready = {index: indicators_of(task, index) for index in indices}
    columns = [_column(task, model, ready, knowledge) for knowledge in get_args(Knowledge)]
    return Result(task.facts(model.variables), indices, task.study.spec.base_year, columns)


def _column(
    task: Task[LookAheadTable], model: Model, ready: dict[str, Indicators], knowledge: Knowledge
) -> Column:
    """The model with its indices made from what was known."""
    rebuilt = {}
    for index, indicators in ready.items():
        own = task.study.indices[index]
        weights = "equal" if knowledge == "equal" else own.weights
        choice = Choice(weights, "pooled", own.aggregate)
        scores = as_known(indicators, choice, own.normalise, knowledge)
        rebuilt[index] = column_of(task, scores)
    panel = replace(task.panel, frame=task.panel.frame.assign(**rebuilt))
    fitted = regression(task, model, panel)
    ratio = standard_ratio(panel, model, task.file)
    return Column(knowledge, fitted, fitted.treatment.value * ratio)


def as_known(ready: Indicators, choice: Choice, normalise: str, knowledge: Knowledge) -> Array:
    """Scores (units, years) with weights from the rows that were known, on one scale for all years.

    Expanding: the rows up to the year, the first year with the second. Raises Rejected naming the
    indicator at fault.
    """
    years = ready.context.years
    assert years is not None, "set when the indicators were read"
    scores = np.full(len(years), np.nan)
    for t in np.unique(years):
        known = _known(years, int(t), ready.base_year, knowledge)
        seen = known | (years == t)
        x = _normalised(ready, normalise, _scale(years, ready.base_year, knowledge))
        weights = _weighed(ready, choice, normalise, known)
        whole = np.ones((1, int(seen.sum())), bool)
        part = replace(ready, whole=whole, x=x[seen], context=ready.context.at(seen))
        row = np.tile(weights, (len(np.unique(years[seen])), 1))
        scores[years == t] = part.score(choice, row)[0][years[seen] == t]
    grid = np.full(ready.whole.shape, np.nan)
    grid[ready.whole] = scores
    return grid


def _known(
    years: NDArray[np.int64], year: int, base: int, knowledge: Knowledge
) -> NDArray[np.bool_]:
    """Rows known in a year."""
    if knowledge == "base_year":
        return np.asarray(years == base)
    if knowledge == "per_year":
        return np.asarray(years == year)
    if knowledge == "expanding":
        axis = np.unique(years)
        return np.asarray(years <= max(year, int(axis[min(1, len(axis) - 1)])))
    return np.ones(len(years), bool)


def _scale(years: NDArray[np.int64], base: int, knowledge: Knowledge) -> NDArray[np.bool_]:
    """Rows whose range, mean or ranks are those of all years' scores."""
    if knowledge in ("pooled", "equal"):
        return np.ones(len(years), bool)
    return np.asarray(years == base)


def _normalised(ready: Indicators, normalise: str, rows: NDArray[np.bool_]) -> Array:
    """Values (N, k) on the scale of some rows. Raises Rejected naming the indicator at fault."""
    try:
        return NORMALISATIONS[normalise](ready.raw, ready.signs, rows)
    except WeightError as error:
        raise ready.refusal(error) from None


def _weighed(ready: Indicators, choice: Choice, normalise: str, known: NDArray[np.bool_]) -> Array:
    """Weights (k,) that the known rows make on their own scale. Raises Rejected naming the
    indicator at fault."""
    x = _normalised(ready, normalise, known)[known]
    try:
        return WEIGHTINGS[choice.weights](x, ready.context.at(known))
    except WeightError as error:
        raise ready.refusal(error) from None
