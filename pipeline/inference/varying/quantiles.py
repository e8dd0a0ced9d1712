"""Quantile regression with fixed effects by moments: one location and one scale regression, then a
quantile.

With Z the treatment and controls, y_it = a_i + Z_it'b + (d_i + Z_it'c) U_it, E U = 0, E|U| = 1, the
coefficients at tau are b + q(tau) c (Machado and Santos Silva 2019, Journal of Econometrics 213,
eq. 5 and 6, section 3.1):

    location   within regression of y on Z, residuals R
    scale      within regression of |R| on Z; its fitted values, entity part included, are the scale
    s
               (their 2R(1(R >= 0) - mean) gives the same: it differs from |R| by a multiple of R,
               orthogonal to Z)
    quantile   q(tau) of U = R / s

Year effects are regressors like any other, in both regressions. q(tau) is the inverse of the
empirical distribution function, the middle where it is flat (Stata's _pctile, Hyndman and Fan's
type 2). Rows whose fitted scale is not positive keep their U, as in xtqreg, which warns: their
share is returned. Rows of an entity seen once are left out: R and s are zero there. The scale is
biased towards zero in short panels, of order 1/T; nothing here corrects it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.draws import cluster_counts, enough
from pipeline.inference.mediation import TOLERANCE
from pipeline.inference.moments import (
    Array,
    Ints,
    Moments,
    build_moments,
    codes,
    demean,
    orthonormal_basis,
    reduce,
    time_columns,
)

_CELLS = 1 << 17  # rows x replicates at a time: what the cache holds


@dataclass(frozen=True)
class QuantileModel:
    """A sample of n rows, sorted by cluster and entity, reduced for weighting its G clusters; k
    regressors in Z.

    outcome: (n,) entity-demeaned; design: (n, p) orthonormal columns of entity-demeaned years, then
    of Z net of them
    factor: (k, k) upper triangular, the last k columns times it are Z net of years; cluster: (n,)
    codes
    starts: first row of each entity; products: (G, p, p) and scores: (G, p) of the design with
    itself and the outcome
    pivots: moments of [treatment, controls, outcome], which say whether a replicate identifies the
    model
    """

    outcome: Array
    design: Array
    factor: Array
    cluster: Ints
    starts: Ints
    products: Array
    scores: Array
    pivots: Moments


@dataclass(frozen=True)
class QuantileReplicates:
    """R replicates: location, scale (k, R); quantiles (taus, R) of U; not_positive (R,) share of
    rows; kept (R,)."""

    location: Array
    scale: Array
    quantiles: Array
    not_positive: Array
    kept: NDArray[np.bool_]

    def coefficients(self) -> Array:
        """b + q(tau) c, shape (taus, k, R)."""
        return np.asarray(self.location + self.quantiles[:, None, :] * self.scale)


@dataclass(frozen=True)
class QuantileRegression:
    """Estimates for k regressors, the treatment first, and R bootstrap draws kept.

    taus, quantiles: (taus,) of U; location, scale: (k,); coefficients: (taus, k)
    location_se, scale_se: (k,); se: (taus, k); intervals: (taus, k, 2) percentile
    location_draws, scale_draws: (k, R); draws: (taus, k, R); dropped: draws that do not hold
    not_positive: share of rows whose fitted scale is not positive; rows: rows used
    """

    taus: Array
    quantiles: Array
    location: Array
    scale: Array
    coefficients: Array
    location_se: Array
    scale_se: Array
    se: Array
    intervals: Array
    location_draws: Array
    scale_draws: Array
    draws: Array
    dropped: int
    not_positive: float
    rows: int


def quantile_model(
    y: Array, x: Array, controls: Array, entity: Ints, time: Ints, cluster: Ints
) -> QuantileModel:
    """Reduce a sample. y, x (n,), controls (n, k - 1), any k; entities lie within clusters, a
    constant `time` is none.

    Raises ValueError when a column of [treatment, controls, outcome] is collinear given the
    effects.
    """
    z = np.column_stack([x, np.asarray(controls, float).reshape(len(y), -1), y])
    entity = codes(entity)
    several = np.bincount(entity)[entity] > 1
    order = np.lexsort((entity, cluster))
    order = order[several[order]]
    z, entity, time, cluster = (
        z[order],
        codes(entity[order]),
        codes(np.asarray(time)[order]),
        codes(cluster[order]),
    )
    pivots = build_moments(z, entity, time, cluster)
    inner = demean(z, entity)
    years = orthonormal_basis(time_columns(entity, time))
    net = inner[:, :-1] - years @ (years.T @ inner[:, :-1])
    basis, factor = np.linalg.qr(net - years @ (years.T @ net))
    design = np.column_stack([years, basis])
    bounds = np.searchsorted(cluster, np.arange(int(cluster.max()) + 2))
    parts = [slice(*pair) for pair in pairwise(bounds)]
    products = np.stack([design[rows].T @ design[rows] for rows in parts])
    scores = np.stack([design[rows].T @ inner[rows, -1] for rows in parts])
    starts = np.flatnonzero(np.r_[True, np.diff(entity) != 0])
    return QuantileModel(inner[:, -1], design, factor, cluster, starts, products, scores, pivots)


def replicates(model: QuantileModel, weights: Array, taus: Array) -> QuantileReplicates:
    """Both regressions and the quantiles for cluster weights (R, G): a cluster drawn twice is two
    sets of entities.

    Numbers of replicates that are not kept mean nothing.
    """
    step = max(1, _CELLS // len(model.outcome))
    parts = [_replicates(model, weights[i : i + step], taus) for i in range(0, len(weights), step)]
    location, scale, quantiles, not_positive = (
        np.concatenate(p, axis=-1) for p in zip(*parts, strict=True)
    )
    kept = reduce(model.pivots, weights, len(model.factor))[2] > TOLERANCE
    return QuantileReplicates(location, scale, quantiles, not_positive, kept)


def _replicates(
    model: QuantileModel, weights: Array, taus: Array
) -> tuple[Array, Array, Array, Array]:
    g, p = model.scores.shape
    k = len(model.factor)
    normal = (weights @ model.products.reshape(g, -1)).reshape(-1, p, p)
    # A year that no drawn cluster has leaves the years dependent; the fitted values of drawn rows
    # are unique still
    inverse = np.linalg.pinv(normal, rcond=1e-10, hermitian=True)
    location = np.einsum("rij,rj->ri", inverse, weights @ model.scores)
    residuals = model.outcome - location @ model.design.T
    size = np.abs(residuals)
    rows = weights[:, model.cluster]
    scale = np.einsum("rij,rj->ri", inverse, (rows * size) @ model.design)
    lengths = np.diff(np.r_[model.starts, len(model.outcome)])
    means = np.add.reduceat(size, model.starts, axis=1) / lengths
    fitted = np.repeat(means, lengths, axis=1) + scale @ model.design.T
    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # rows of clusters not drawn may have no scale
        standardised = residuals / fitted
    share = (rows * (fitted <= 0)).sum(axis=1) / rows.sum(axis=1)
    solved = np.linalg.solve(model.factor, np.concatenate([location[:, -k:], scale[:, -k:]]).T)
    return (
        solved[:, : len(weights)],
        solved[:, len(weights) :],
        weighted_quantiles(standardised, rows, taus),
        share,
    )


def weighted_quantiles(values: Array, weights: Array, taus: Array) -> Array:
    """Quantiles (taus, R) of each row of values (R, n) repeated `weights` (R, n) times, whole
    numbers; type 2."""
    order = np.argsort(values, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    below = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    out = []
    for tau in taus:
        target = tau * below[:, -1:]
        # the sums are whole numbers: a margin of 1e-6 takes the rounding of tau * total, nothing
        # else
        low, high = (below < target - 1e-6).sum(axis=1), (below <= target + 1e-6).sum(axis=1)
        ends = np.take_along_axis(values, np.stack([low, high], axis=1), axis=1)
        out.append(ends.mean(axis=1))
    return np.stack(out)


def quantile_regression(
    y: Array,
    x: Array,
    controls: Array,
    entity: Ints,
    time: Ints,
    cluster: Ints,
    taus: Sequence[float],
    *,
    seed: int,
    spec: str,
    draws: int = 999,
    level: float = 0.95,
) -> QuantileRegression:
    """Estimates and a bootstrap by whole clusters, in which every step is repeated. Arguments as
    `quantile_model`.

    Raises ValueError for a tau outside (0, 1), collinear columns, a scale that does not vary, or
    fewer than two draws left.
    """
    levels = np.asarray(taus, float)
    if not ((levels > 0) & (levels < 1)).all():
        raise ValueError("taus lie strictly between 0 and 1")
    model = quantile_model(y, x, controls, entity, time, cluster)
    clusters = len(model.scores)
    sample = replicates(model, np.ones((1, clusters)), levels)
    _require_scale(model, sample)
    weights = list(cluster_counts(seed, f"{spec}/quantiles", draws, clusters))
    chunks = [replicates(model, w, levels) for w in weights]
    distinct = np.concatenate([enough(w, len(model.factor)) for w in weights])
    kept = distinct & np.concatenate([c.kept for c in chunks])
    if kept.sum() < 2:
        raise ValueError(f"{int((~kept).sum())} of {draws} draws collapse: too few are left")
    location = np.concatenate([c.location for c in chunks], axis=-1)[:, kept]
    scale = np.concatenate([c.scale for c in chunks], axis=-1)[:, kept]
    drawn = np.concatenate([c.coefficients() for c in chunks], axis=-1)[:, :, kept]
    tail = (1 - level) / 2
    return QuantileRegression(
        levels,
        sample.quantiles[:, 0],
        sample.location[:, 0],
        sample.scale[:, 0],
        sample.coefficients()[:, :, 0],
        location.std(axis=-1, ddof=1),
        scale.std(axis=-1, ddof=1),
        drawn.std(axis=-1, ddof=1),
        np.moveaxis(np.quantile(drawn, [tail, 1 - tail], axis=-1), 0, -1),
        location,
        scale,
        drawn,
        int((~kept).sum()),
        float(sample.not_positive[0]),
        len(model.outcome),
    )


def _require_scale(model: QuantileModel, sample: QuantileReplicates) -> None:
    """Raise ValueError where the scale does not vary beyond rounding: two years leave residuals of
    one size to each entity."""
    moved = float(np.linalg.norm(model.factor @ sample.scale))
    if moved <= 1e-12 * float(np.linalg.norm(model.outcome)):
        raise ValueError("the scale does not vary: at least three years are needed")
