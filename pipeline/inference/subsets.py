"""All subsets of controls at once: a doubling tree of sweeps on one small matrix, clustered errors
from the same moments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.collinear import RANK
from pipeline.inference.moments import Array, Moments, cross_products


@dataclass(frozen=True)
class SubsetModels:
    """Every subset's estimate and CRV1 error for one treatment and outcome, arrays (2^p,).

    included: (2^p, p) which controls a model has; collinear: (2^p,) treatment or a control without
    variation of its own.
    """

    estimate: Array
    se: Array
    included: NDArray[np.bool_]
    collinear: NDArray[np.bool_]


def subset_models(
    moments: Moments, controls: int, treatments: list[int], outcomes: list[int]
) -> dict[tuple[int, int], SubsetModels]:
    """Models of every outcome on every treatment and every subset of the first `controls` columns.

    `moments` are not whitened (whitening would break the order of subsets). treatments, outcomes:
    positions of columns.
    Cost: 2^p sweeps of an m x m matrix shared by all pairs, then one product a treatment and one a
    pair.
    """
    s, included, collinear = _tree(moments, controls)
    forms = _full_sample_forms(moments)
    g, n = moments.clusters, moments.rows
    factor = g / (g - 1) * (n - 1) / (n - (1 + included.sum(axis=1) + moments.years))
    found = {}
    for x in treatments:
        variance = s[x, x]
        weak = collinear | (variance < RANK**2)
        pairs = {y: _pair(s, included, controls, x, y) for y in outcomes}
        residuals = {y: weights for y, (_, weights) in pairs.items()}
        squares = _squared_scores(forms, s, included, [*range(controls), x], residuals)
        for y, (estimate, _) in pairs.items():
            scale = moments.factor[y, y] / moments.factor[x, x]
            with np.errstate(divide="ignore", invalid="ignore"):
                se = np.sqrt(factor * squares[y]) / variance
            found[x, y] = SubsetModels(estimate * scale, se * scale, included, weak)
    return found


def _tree(moments: Moments, controls: int) -> tuple[Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Full-sample products (m, m, 2^p) with each subset of the controls swept out, which those are
    (2^p, p), and in which of them a control has no variation of its own (2^p,)."""
    s = cross_products(moments, np.ones((1, moments.clusters)))
    included = np.zeros((1, controls), dtype=bool)
    collinear = np.zeros(1, dtype=bool)
    for k in range(controls):
        pivot = s[k, k]
        bad = pivot < RANK**2  # columns have unit variation before the time effects are out
        s = np.concatenate([s, _sweep(s, k, np.where(bad, 1.0, pivot))], axis=2)
        grown = included.copy()
        grown[:, k] = True
        included = np.concatenate([included, grown])
        collinear = np.concatenate([collinear, collinear | bad])
    return s, included, collinear


def _squared_scores(
    forms: Array,
    s: Array,
    included: NDArray[np.bool_],
    used: list[int],
    residuals: dict[int, Array],
) -> dict[int, Array]:
    """sum_g (x~'e of cluster g)^2 (2^p,) for each outcome y, x the last column of `used`.

    forms: (G, m, m) products of each cluster; residuals: y -> weights (p + 1, 2^p) of the columns
    `used` in the residual of y, besides y itself.
    """
    controls = len(used) - 1
    side = np.vstack(
        [-np.where(included.T, s[:controls, used[-1]], 0.0), np.ones((1, len(included)))]
    )
    left, right = np.triu_indices(len(used))
    own = forms[:, np.array(used)[left], np.array(used)[right]]
    squares = {y: np.empty(len(included)) for y in residuals}
    chunk = max(64, 16_000_000 // len(forms) // 8)
    for at in range(0, len(included), chunk):
        part = slice(at, at + chunk)
        m = side[:, part]
        for y, weights in residuals.items():
            # x~'e of each cluster is bilinear in the two combinations: one product with the forms
            e = weights[:, part]
            crossed = m[left] * e[right] + m[right] * e[left]
            both = np.where((left == right)[:, None], m[left] * e[left], crossed)
            scores = own @ both + forms[:, used, y] @ m
            squares[y][part] = np.einsum("gk,gk->k", scores, scores)
    return squares


def _sweep(s: Array, k: int, pivot: Array) -> Array:
    """Column k swept out of each matrix (m, m, K): afterwards s[k, j] is the coefficient of column
    j on k, for every j that is not swept itself."""
    row = s[k] / pivot
    out = s - s[:, k][:, None] * row[None]
    out[k] = row
    return np.asarray(out)


def _pair(
    s: Array, included: NDArray[np.bool_], controls: int, x: int, y: int
) -> tuple[Array, Array]:
    """Coefficient of y on x, and the weights (controls + 1, K) of controls and x in the residual,
    besides y itself."""
    beta = s[x, y] / np.where(s[x, x] > 0, s[x, x], np.nan)
    return beta, np.vstack(
        [-np.where(included.T, s[:controls, y] - beta * s[:controls, x], 0.0), -beta[None]]
    )


def _full_sample_forms(moments: Moments) -> Array:
    """Cross products of each cluster with the full sample's time effects out, (G, m, m)."""
    size = moments.size
    upper = np.triu_indices(size)
    full = np.empty((moments.clusters, size, size))
    full[:, upper[0], upper[1]] = moments.packed
    full[:, upper[1], upper[0]] = moments.packed
    if moments.year_sums is None:
        lead = moments.leading
        total = full.sum(axis=0)
        projection = np.vstack(
            [
                -np.linalg.pinv(total[:lead, :lead], hermitian=True) @ total[:lead, lead:],
                np.eye(size - lead),
            ]
        )
        forms = np.einsum("ai,gab,bj->gij", projection, full, projection, optimize=True)
        return np.asarray(forms)
    sums = moments.year_sums.reshape(moments.clusters, -1, moments.columns)
    mean = sums.sum(axis=0) / moments.entities.sum()
    cross = np.einsum("gti,tj->gij", sums, mean)
    return np.asarray(
        full - cross - cross.transpose(0, 2, 1) + moments.entities[:, None, None] * (mean.T @ mean)
    )
