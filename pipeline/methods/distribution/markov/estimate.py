"""Transitions between quantile classes, alone and given the class of the neighbours."""

import numpy as np

from pipeline.inference.distribution.markov import (
    Transitions,
    lag_classes,
    paths_over_map,
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
from pipeline.results.estimate import Draws


def estimate(task: Task[MarkovTable]) -> Result:
    """Matrices of all units and given the neighbours' class, with the test that the latter are one.

    Raises Rejected for fewer values than classes, or values relative to a mean that are not
    positive.
    """
    k = task.spec.classes
    grid = grid_of(task.panel, task.spec.variable)
    usable_years(task, grid)
    values = _values(task, grid)
    near = contiguity(grid.codes) > 0
    try:
        classes, cuts = quantile_classes(values, k)
        given, lag_cuts = lag_classes(values, classes, near, k)
        spatial = spatial_markov(classes, given, k, k)
        test = paths_over_map(values, near, k, task.seed, task.stream, task.spec.draws)
    except ValueError as error:
        expected, remedy = f"values for {k} classes", "name fewer classes"
        variable = grid.variable
        raise task.refusal("markov", str(error), expected, remedy, variable=variable) from None
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
        test=Homogeneity(
            spatial.test.likelihood_ratio, test.p, Draws(test.draws, test.draws, task.seed)
        ),
        unlinked=int((classes[:, :-1] >= 0)[given[:, :-1] < 0].sum()),
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


def _matrix(found: Transitions) -> Matrix:
    counts = found.counts.sum(axis=1)
    rows = [
        Moves(int(count), [finite(p) for p in row])
        for count, row in zip(counts, found.probabilities, strict=True)
    ]
    return Matrix(rows, [finite(p) for p in found.ergodic])
