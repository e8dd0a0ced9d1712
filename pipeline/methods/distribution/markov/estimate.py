"""Transitions between quantile classes, alone and given the class of the neighbours."""

import numpy as np

from pipeline.inference.distribution.markov import (
    Transitions,
    quantile_classes,
    spatial_markov,
    transitions,
)
from pipeline.methods.distribution.markov.result import Homogeneity, Matrix, Moves, Result
from pipeline.methods.distribution.markov.spec import MarkovTable
from pipeline.models.grids import (
    HAINAN,
    Array,
    Grid,
    finite,
    grid_of,
    require_positive,
    usable_years,
)
from pipeline.models.task import Task
from pipeline.panel.provinces import contiguity


def estimate(task: Task[MarkovTable]) -> Result:
    """Matrices of all units and given the neighbours' class, with the test that the latter are one.

    Raises Rejected for fewer values than classes, or values relative to a mean that are not
    positive.
    """
    k = task.spec.classes
    grid = grid_of(task.panel, task.spec.variable)
    usable_years(task, grid)
    values = _values(task, grid)
    lags = _lags(grid, values)
    try:
        classes, cuts = quantile_classes(values, k)
        lag_classes, lag_cuts = quantile_classes(np.where(classes >= 0, lags, np.nan), k)
        spatial = spatial_markov(classes, lag_classes, k, k)
    except ValueError as error:
        expected, remedy = f"values for {k} classes", "name fewer classes"
        variable = grid.variable
        raise task.refusal("markov", str(error), expected, remedy, variable=variable) from None
    test = spatial.test
    p = float(test.p_likelihood_ratio) if test.df else None
    return Result(
        data=task.facts([grid.variable]),
        variable=grid.variable,
        classes=k,
        relative=task.spec.relative,
        cuts=[float(c) for c in cuts],
        lag_cuts=[float(c) for c in lag_cuts],
        sizes=[int((classes == c).sum()) for c in range(k)],
        every=_matrix(transitions(classes, k)),  # moves of units without neighbours too
        given=[_matrix(t) for t in spatial.given],
        test=Homogeneity(test.likelihood_ratio, test.df, p),
        unlinked=int((classes[:, :-1] >= 0)[lag_classes[:, :-1] < 0].sum()),
        hainan=HAINAN in grid.codes,
        left_out=grid.missing,
    )


def _values(task: Task[MarkovTable], grid: Grid) -> Array:
    """The values (n, T), over the mean of their year where the spec wants them relative."""
    if not task.spec.relative:
        return grid.values
    require_positive(task, grid, "values are divided by their mean")
    counts = np.isfinite(grid.values).sum(axis=0)
    means = np.full(len(counts), np.nan)
    np.divide(np.nansum(grid.values, axis=0), counts, out=means, where=counts > 0)
    return np.asarray(grid.values / means)


def _lags(grid: Grid, values: Array) -> Array:
    """Mean of the neighbours' values (n, T), of those that are there in the year; NaN where none
    is."""
    lags = np.full(values.shape, np.nan)
    w = (contiguity(grid.codes) > 0).astype(float)
    known = np.isfinite(values)
    counts = w @ known
    np.divide(w @ np.where(known, values, 0.0), counts, out=lags, where=counts > 0)
    return lags


def _matrix(found: Transitions) -> Matrix:
    counts = found.counts.sum(axis=1)
    rows = [
        Moves(int(count), [finite(p) for p in row])
        for count, row in zip(counts, found.probabilities, strict=True)
    ]
    return Matrix(rows, [finite(p) for p in found.ergodic])
