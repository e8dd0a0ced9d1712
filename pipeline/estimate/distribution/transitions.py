"""Markov tables: moves between quantile classes, alone and given the class of the neighbours."""

import numpy as np

from pipeline.estimate.distribution.cells import Cells, Grid, grid_of, refused, require_sign
from pipeline.inference.distribution.markov import (
    Transitions,
    quantile_classes,
    spatial_markov,
    transitions,
)
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import contiguity
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Markov
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Markov) -> Result:
    """Column `all`, then `lag/1` to `lag/k` (rows i, columns j: `i/j`, with counts and ergodic shares), then `test`.

    Raises Rejected for fewer values than classes, or values relative to a mean that are not positive.
    """
    file, k = str(study.paths.specs / f"{name}.toml"), spec.classes
    grid = grid_of(panel, spec.variable)
    grid.usable_years(file)
    values = grid.values
    if spec.relative:
        require_sign(grid, file, "values are divided by their mean", zero=False)
        counts = np.isfinite(values).sum(axis=0)
        values = values / np.divide(
            np.nansum(values, axis=0), counts, out=np.full(len(counts), np.nan), where=counts > 0
        )
    lags = _lags(grid, values)
    try:
        classes, cuts = quantile_classes(values, k)
        lag_classes, lag_cuts = quantile_classes(np.where(classes >= 0, lags, np.nan), k)
        spatial = spatial_markov(classes, lag_classes, k, k)
    except ValueError as error:
        raise refused(
            "markov",
            file,
            spec.variable,
            str(error),
            f"values for {k} classes",
            "name fewer classes",
        ) from None
    # All moves, those of provinces without neighbours too.
    columns = [_matrix("all", spec.variable, transitions(classes, k))]
    columns += [_matrix(f"lag/{c}", spec.variable, t) for c, t in enumerate(spatial.given, start=1)]
    test = spatial.test
    p = float(test.p_likelihood_ratio) if test.df else None
    columns.append(
        Column(
            "test",
            spec.variable,
            [
                Term("likelihood_ratio", "statistic", test.likelihood_ratio, p=p),
                Term("df", "count", test.df),
                Term("p", "p", p),
            ],
        )
    )
    unlinked = int((classes[:, :-1] >= 0)[lag_classes[:, :-1] < 0].sum())
    sizes = [int((classes == c).sum()) for c in range(k)]
    note = Note(
        "markov",
        {
            "classes": k,
            "relative": spec.relative,
            "cuts": cuts.tolist(),
            "lag_cuts": lag_cuts.tolist(),
            "sizes": sizes,
            "unlinked": unlinked,
            "hainan": 460000 in grid.codes,
        },
    )
    return Result(
        name,
        spec.kind,
        columns,
        [note, *grid.missing(), *data_notes(study, panel, [spec.variable])],
    )


def _lags(grid: Grid, values: Cells) -> Cells:
    """Mean of the neighbours' values (n, T), of those that are there in the year; NaN where none is."""
    lags = np.full(values.shape, np.nan)
    w = contiguity(grid.codes) > 0
    known = np.isfinite(values)
    counts = w.astype(float) @ known
    np.divide(w.astype(float) @ np.where(known, values, 0.0), counts, out=lags, where=counts > 0)
    return lags


def _matrix(key: str, variable: str, matrix: Transitions) -> Column:
    terms = []
    for i, row in enumerate(matrix.probabilities, start=1):
        terms.append(Term(f"count/{i}", "count", int(matrix.counts[i - 1].sum())))
        terms += [Term(f"{i}/{j}", "probability", _known(p)) for j, p in enumerate(row, start=1)]
    terms += [
        Term(f"ergodic/{j}", "probability", _known(p))
        for j, p in enumerate(matrix.ergodic, start=1)
    ]
    return Column(key, variable, terms, {"moves": int(matrix.counts.sum())})


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
