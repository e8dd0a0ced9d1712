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

    Both what normalises (range, mean or ranks) and the weights come from the rows of the period
    alone. Treatment and outcome change together; since their scales change too, coefficients
    compare in SD of outcome per SD of treatment. Raises Rejected where neither is an index.
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
    """Scores (units, years) with normalisation and weights from the rows that were known.

    Expanding: the rows up to the year, the first year with the second. Raises Rejected naming the
    indicator at fault.
    """
    years = ready.context.years
    assert years is not None, "set when the indicators were read"
    scores = np.full(len(years), np.nan)
    for t in np.unique(years):
        known = _known(years, int(t), ready.base_year, knowledge)
        seen = known | (years == t)
        x, weights = _weighed(ready, choice, normalise, known)
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


def _weighed(
    ready: Indicators, choice: Choice, normalise: str, known: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Normalised values (N, k) and weights (k,) that the known rows make. Raises Rejected naming
    the indicator at fault."""
    try:
        x = NORMALISATIONS[normalise](ready.raw, ready.signs, known)
        return x, WEIGHTINGS[choice.weights](x[known], ready.context.at(known))
    except WeightError as error:
        raise ready.refusal(error) from None
