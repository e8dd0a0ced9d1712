"""What other weightings would make of the ranks of units and of the headline coefficient."""

import numpy as np
import pandas as pd

from pipeline.index.diagnosis import rank_correlation
from pipeline.methods.laboratory.alternatives.result import Alternative, Result
from pipeline.methods.laboratory.alternatives.spec import AlternativesTable
from pipeline.models.few_clusters import regression
from pipeline.models.grids import grid_of
from pipeline.models.indicators import scaled, standard_ratio
from pipeline.models.task import Task
from pipeline.results.estimate import Estimate
from pipeline.study.choices import ModelChoice
from pipeline.study.model import Model


def estimate(task: Task[AlternativesTable]) -> Result:
    """Correlations over all cells, moves of ranks in the last year with scores, the coefficient on
    the model's rows."""
    index, model = task.spec.index, task.model(task.spec.model)
    names = [index, *task.spec.variants(task.study)]
    coefficients = [_coefficient(task, model, name) for name in names]
    whole = task.panel.frame[names].dropna()
    scores = whole.to_numpy(float)
    spearman, kendall = rank_correlation(scores, "spearman"), rank_correlation(scores, "kendall")
    year = int(whole.index.get_level_values("year").max())
    ranks = {name: _ranks(task, name, year) for name in names}
    return Result(
        data=task.facts([*names, *model.variables]),
        index=index,
        model=model,
        year=year,
        alternatives=[
            _alternative(
                task,
                name,
                (float(spearman[0, i]), float(kendall[0, i])),
                ranks[index] - ranks[name],
                coefficients[i],
            )
            for i, name in enumerate(names)
        ],
    )


def _ranks(task: Task[AlternativesTable], name: str, year: int) -> pd.Series:
    """Rank of every unit in a year, 1 the highest score."""
    grid = grid_of(task.panel, name)
    return pd.Series(grid.values[:, grid.years.index(year)], grid.codes).rank(ascending=False)


def _alternative(
    task: Task[AlternativesTable],
    name: str,
    correlations: tuple[float, float],
    gained: pd.Series,
    coefficient: Estimate | None,
) -> Alternative:
    codes = [int(str(code)) for code in gained.index]
    places = gained.to_numpy(float)
    moved = np.abs(places)
    farthest = int(np.nanargmax(moved))
    return Alternative(
        variable=name,
        spearman=correlations[0],
        kendall=correlations[1],
        mean_move=float(np.nanmean(moved)),
        largest_move=float(moved[farthest]),
        farthest=codes[farthest],
        moves={c: float(v) for c, v in zip(codes, places, strict=True) if np.isfinite(v)},
        standardised=coefficient,
    )


def _coefficient(task: Task[AlternativesTable], model: Model, name: str) -> Estimate | None:
    """The standardised coefficient with an alternative in the index's place; None where the index
    has none."""
    own = _placed(task, model, name)
    if own is None:
        return None
    fitted = regression(task, own)
    return scaled(fitted.treatment, standard_ratio(task.panel, own, task.file))


def _placed(task: Task[AlternativesTable], model: Model, name: str) -> Model | None:
    """The model with an alternative in the place of the index."""
    if model.treatment == task.spec.index:
        return task.model(task.spec.model, ModelChoice(treatment=name))
    if model.outcome == task.spec.index:
        return task.model(task.spec.model, ModelChoice(outcome=name))
    return None
