"""Contributions to the score of an index, and obstacle degrees."""

import numpy as np
from numpy.typing import NDArray

from pipeline.index.build import Indicators
from pipeline.index.diagnosis import contributions, obstacles
from pipeline.index.periods import rowwise
from pipeline.methods.laboratory.diagnosis.result import Result, Shares
from pipeline.methods.laboratory.diagnosis.spec import DiagnosisTable
from pipeline.models.grids import Array, grid_of
from pipeline.models.indicators import choice_of, indicators_of, require_scores
from pipeline.models.task import Task

_ROUNDING = 1e-12


def estimate(task: Task[DiagnosisTable]) -> Result:
    """Mean shares of every indicator in some years, and in how many units it is the largest
    obstacle in the last one.

    Raises Rejected for an index that is no weighted sum of values that are not negative, and for a
    year without scores.
    """
    index, years = task.spec.index, task.spec.years
    indicators = indicators_of(task, index)
    _require_sum(task, indicators)
    require_scores(task, index, years)
    when = indicators.context.years
    assert when is not None, "set when the indicators were read"
    weights = rowwise(indicators.weights(choice_of(task.study.indices[index])), when)
    made_of = contributions(indicators.x, weights)
    # Beyond a reference period's best there is no shortfall.
    falls_short = bool(indicators.x.max() <= 1 + _ROUNDING)
    held_back = obstacles(indicators.x, weights) if falls_short else np.full(made_of.shape, np.nan)
    last = held_back[when == years[-1]]
    first = _largest(last)
    means = [_means(made_of, held_back, when == year) for year in years]
    return Result(
        data=task.facts(indicators.names),
        index=index,
        years=list(years),
        indicators={
            name: Shares([m[0][j] for m in means], [m[1][j] for m in means], int(first[j]))
            for j, name in enumerate(indicators.names)
        },
        obstacles=falls_short,
        leaders=_leaders(task, indicators, last, years[-1]) if falls_short else [],
    )


def _require_sum(task: Task[DiagnosisTable], indicators: Indicators) -> None:
    """Raise Rejected unless the parts of a score add up to it."""
    index = task.study.indices[task.spec.index]
    if index.aggregate == "linear" and indicators.x.min() >= -_ROUNDING:
        return
    found = f"`{task.spec.index}`: {index.aggregate} of {index.normalise} values"
    expected = "a weighted sum of values that are not negative: only its parts add up to the score"
    remedy = "remove the table, or use a weighted sum of min-max values or ranks"
    raise task.refusal("diagnosis", found, expected, remedy, key="index")


def _means(
    made_of: Array, held_back: Array, rows: NDArray[np.bool_]
) -> tuple[list[float | None], list[float | None]]:
    """Mean contributions and obstacles over the units that have any."""
    return _mean(made_of[rows]), _mean(held_back[rows])


def _mean(shares: Array) -> list[float | None]:
    there = shares[np.isfinite(shares).all(axis=1)]
    if not len(there):
        return [None] * shares.shape[1]
    return [float(v) for v in there.mean(axis=0)]


def _largest(shares: Array) -> NDArray[np.int64]:
    """In how many rows each indicator has the largest share; rows without shares count nowhere."""
    there = shares[np.isfinite(shares).all(axis=1)]
    return np.bincount(there.argmax(axis=1), minlength=shares.shape[1]).astype(np.int64)


def _leaders(
    task: Task[DiagnosisTable], indicators: Indicators, shares: Array, year: int
) -> list[int]:
    """Units without any shortfall in a year."""
    when, who = indicators.context.years, indicators.context.provinces
    assert when is not None and who is not None, "set when the indicators were read"
    rows = who[when == year][~np.isfinite(shares).all(axis=1)]
    codes = grid_of(task.panel, task.spec.index).codes
    return [codes[int(i)] for i in rows]
