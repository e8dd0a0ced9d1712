"""Ranks of units by an index in some years."""

import numpy as np
import pandas as pd

from pipeline.index.diagnosis import rank_correlation
from pipeline.methods.laboratory.index_ranks.result import Result, Standing, Unit
from pipeline.methods.laboratory.index_ranks.spec import IndexRanksTable
from pipeline.models.grids import Array, finite, grid_of
from pipeline.models.indicators import require_scores
from pipeline.models.task import Task


def estimate(task: Task[IndexRanksTable]) -> Result:
    """Score and rank of every unit in each year. Raises Rejected for a year without scores."""
    index, years = task.spec.index, task.spec.years
    require_scores(task, index, years)
    grid = grid_of(task.panel, index)
    scores = grid.values[:, [grid.years.index(year) for year in years]]
    ranks = pd.DataFrame(scores).rank(ascending=False).to_numpy(float)
    several = len(years) > 1
    units = [
        Unit(
            code,
            [Standing(finite(s), finite(r)) for s, r in zip(of_scores, of_ranks, strict=True)],
            finite(of_ranks[0] - of_ranks[-1]) if several else None,
        )
        for code, of_scores, of_ranks in zip(grid.codes, scores, ranks, strict=True)
    ]
    kendall = _kendall(scores[:, [0, -1]]) if several else None
    return Result(task.facts([index]), index, list(years), units, kendall)


def _kendall(ends: Array) -> float | None:
    """Tau-b of two years' scores over the units that have both; None where one year has one score
    only."""
    both = ends[np.isfinite(ends).all(axis=1)]
    return finite(rank_correlation(both, "kendall")[0, 1])
