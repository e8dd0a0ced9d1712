"""A panel reduced to cross-product moments per cluster: every resampling after this is algebra on
small matrices.

The within transform of an entity does not change when clusters are drawn, dropped or weighted, so
for cluster weights w (bootstrap counts, jackknife 0/1) the cross products with entity and time
effects absorbed are

    balanced panels    S(w) = sum_g w_g A_g - B(w)'B(w) / N_w,   N_w = sum_g w_g n_g,
    any other panel    time dummies as leading explicit columns, S(w) = sum_g w_g A_g, eliminated
    with the rest,

with A_g the cluster's cross products of entity-demeaned columns and B_g their sums by year over the
entities of g. Columns are whitened first with the R factor of a QR of the full-sample
two-way-demeaned data, so that every pivot is the share of full-sample variation left: a collapsed
replicate shows as a small pivot and is dropped and counted.

Moments are rounded once to a power-of-two grid on which every integer-weighted sum of total weight
up to twice the
number of clusters is exact in binary64: a replicate's effects have the same bits whatever the order
of the sum, the number of threads or the chunk it is computed in (on one kind of processor: the
whitening itself is not rounded).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.inference.collinear import RANK, ROUNDING, Collinear
from pipeline.inference.sweeps import Rows, eliminate_rows, matrix_of, rows_of, sweep

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Moments:
    """Cluster moments of m columns in elimination order.

    packed: (G, P) upper triangles of cross products of the whitened columns, explicit time columns
    first
    year_sums: (G, (T - 1) * m) orthonormal year contrasts of the columns' sums, None unless the
    panel is balanced
    entities: (G,) entities in each cluster; factor: (m, m) upper triangular R with Z = whitened R
    leading: explicit time columns before the m columns; rows, years: size of the panel
    """

    packed: Array
    year_sums: Array | None
    entities: Array
    factor: Array
    leading: int
    rows: int
    years: int

    @property
    def clusters(self) -> int:
        return len(self.packed)

    @property
    def columns(self) -> int:
        return len(self.factor)

    @property
    def size(self) -> int:
        """Columns of the packed products: explicit time columns and the m columns."""
        return self.leading + self.columns


def codes(labels: ArrayLike) -> Ints:
    """Labels as integers 0..K-1 in sorted order."""
    return np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int64)


def demean(z: Array, groups: Ints, weights: Array | None = None) -> Array:
    """Columns of z (n, m) less their (weighted) means within groups; m may be 0.

    Centred first: the sums of what is large beside its variation would lose its digits.
    """
    if not z.shape[1]:
        return z
    z = z - z.mean(axis=0)
    counts = np.bincount(groups, weights).astype(float)
    sums = np.column_stack(
        [np.bincount(groups, column if weights is None else column * weights) for column in z.T]
    )
    return np.asarray(z - (sums / counts[:, None])[groups])


def time_columns(entity: Ints, time: Ints, weights: Array | None = None) -> Array:
    """Entity-demeaned year dummies, one year left out, shape (n, T - 1)."""
    dummies = (time[:, None] == np.arange(1, time.max() + 1)[None, :]).astype(float)
    return demean(dummies, entity, weights)


def orthonormal_basis(columns: Array) -> Array:
    """Orthonormal basis (n, rank) of the columns (n, k): by singular values, so that dependent
    columns cost nothing."""
    if not columns.shape[1]:
        return columns
    size = np.sqrt((columns**2).sum(axis=0))
    left, values, _ = np.linalg.svd(columns / np.where(size > 0, size, 1.0), full_matrices=False)
    return np.asarray(left[:, values > 1e-10])


def partial_out(z: Array, controls: Array, entity: Ints, time: Ints | None) -> tuple[Array, Array]:
    """Columns of z (n, m) net of controls (n, k), entity and time effects, and the basis of
    controls and time effects."""
    inner = demean(np.asarray(controls, float).reshape(len(z), -1), entity)
    basis = orthonormal_basis(
        inner if time is None else np.column_stack([time_columns(entity, time), inner])
    )
    z = demean(z, entity)
    z = z - basis @ (basis.T @ z)
    return z - basis @ (
        basis.T @ z
    ), basis  # twice: the residual of a residual is exact to rounding


def contrasts(years: int) -> Array:
    """Orthonormal contrasts (T, T - 1): year sums of demeaned columns add to zero, so T - 1 numbers
    hold them."""
    return np.linalg.qr(np.column_stack([np.ones(years), np.eye(years)[:, 1:]]))[0][:, 1:]


def round_to_grid(x: Array, total_weight: int) -> Array:
    """Round to a power-of-two grid fine enough, and coarse enough that sums of `total_weight` terms
    are exact."""
    largest = float(np.abs(x).max(initial=0.0))
    if largest == 0:
        return x
    bits = int(np.ceil(np.log2(largest))) + int(np.ceil(np.log2(max(total_weight, 2)))) + 1
    grid = 2.0 ** (bits - 53)
    return np.asarray(np.round(x / grid) * grid)


def build_moments(
    z: Array,
    entity: ArrayLike,
    time: ArrayLike | None,
    cluster: ArrayLike,
    *,
    weights: Array | None = None,
    whiten: bool = True,
) -> Moments:
    """Moments of z (n, m), columns in the order in which they will be eliminated.

    Entity effects are always absorbed; time effects unless `time` is None. Entities lie within
    clusters. `weights` (n,) weigh the rows (analytic weights). Without whitening (for models on
    subsets of columns, whose order whitening would break) columns are scaled only. Raises Collinear
    with the position of a column that is collinear with those before it or with the effects.
    """
    z = np.asarray(z, float)
    if weights is not None:
        weights = np.asarray(weights, float) / np.mean(weights)
    entities, clusters = codes(entity), codes(cluster)
    years = np.zeros(len(z), np.int64) if time is None else codes(time)
    balanced = weights is None and _balanced(entities, years)
    leading, inner = time_columns(entities, years, weights), demean(z, entities, weights)
    if weights is not None:
        # Year means are weighted too, so that year sums no longer serve: explicit columns do.
        root = np.sqrt(weights)[:, None]
        leading, inner = leading * root, inner * root
    scale = np.sqrt((inner**2).sum(axis=0))
    constant = scale <= ROUNDING * np.sqrt((z**2).sum(axis=0))  # rounding is all that is left
    scale[constant] = np.inf
    white, factor = _whitened(leading, inner, scale, whiten)
    grid = 2 * (int(clusters.max()) + 1)
    return Moments(
        packed=round_to_grid(
            _packed(white if balanced else np.column_stack([leading, white]), clusters), grid
        ),
        year_sums=round_to_grid(_year_sums(white, clusters, years), grid)
        if balanced and leading.shape[1]
        else None,
        entities=_entities(entities, clusters),
        factor=factor,
        leading=0 if balanced else leading.shape[1],
        rows=len(z),
        years=int(years.max()) + 1,
    )


def _balanced(entities: Ints, years: Ints) -> bool:
    """Whether every entity has one row in every year."""
    cells = (int(entities.max()) + 1) * (int(years.max()) + 1)
    pairs = entities * (int(years.max()) + 1) + years
    return len(entities) == cells == len(np.unique(pairs))


def _entities(entities: Ints, clusters: Ints) -> Array:
    """Number of entities in each cluster (G,)."""
    owner = np.zeros(int(entities.max()) + 1, np.int64)
    owner[entities] = clusters
    return np.bincount(owner, minlength=int(clusters.max()) + 1).astype(float)


def _whitened(leading: Array, inner: Array, scale: Array, whiten: bool) -> tuple[Array, Array]:
    """Columns (n, m) whitened, or scaled only, and their factor (m, m); raises Collinear.

    Scaled columns may be collinear, as subsets of them need not be; none may be constant.
    """
    k = leading.shape[1]
    both = np.linalg.qr(np.column_stack([leading, inner / scale]), mode="r")
    triangle = np.asarray(both)[k:, k:]
    pivots = np.diag(triangle)
    weak = np.flatnonzero(np.abs(pivots) < RANK)
    if weak.size and (whiten or np.isinf(scale).any()):
        raise Collinear(int(weak[0]))
    if not whiten:
        return inner / scale, np.diag(scale)
    factor = triangle * np.sign(pivots)[:, None] * scale
    return np.asarray(np.linalg.solve(factor.T, inner.T).T, float), factor


def _packed(full: Array, clusters: Ints) -> Array:
    """Upper triangles (G, P) of each cluster's cross products of the columns (n, size)."""
    order = np.argsort(clusters, kind="stable")
    sizes = np.bincount(clusters)
    upper = np.triu_indices(full.shape[1])
    if (sizes == sizes[0]).all():
        blocks = full[order].reshape(len(sizes), sizes[0], -1)
        return np.asarray((blocks.transpose(0, 2, 1) @ blocks)[:, upper[0], upper[1]])
    parts = np.split(full[order], np.cumsum(sizes)[:-1])
    return np.stack([(rows.T @ rows)[upper] for rows in parts])


def _year_sums(white: Array, clusters: Ints, years: Ints) -> Array:
    """Orthonormal year contrasts (G, (T - 1) * m) of each cluster's sums of the columns (n, m)."""
    groups, periods = int(clusters.max()) + 1, int(years.max()) + 1
    cells = clusters * periods + years
    sums = np.stack([np.bincount(cells, x, groups * periods) for x in white.T], axis=-1)
    by_year = np.einsum("gtm,tc->gcm", sums.reshape(groups, periods, -1), contrasts(periods))
    return np.asarray(by_year.reshape(groups, -1))


def cross_products(moments: Moments, weights: Array) -> Array:
    """S(w) of each replicate with effects absorbed, shape (m, m, R), for cluster weights (R, G)."""
    return matrix_of(_absorb(moments, weights), len(weights))


def _absorb(moments: Moments, weights: Array) -> Rows:
    """Upper triangle of S(w) by rows, arrays over replicates, time effects out."""
    size = moments.size
    flat = moments.packed.T @ weights.T
    starts = np.concatenate([[0], np.cumsum(size - np.arange(size))])
    rows = [[flat[starts[i] + j] for j in range(size - i)] for i in range(size)]
    if moments.year_sums is not None:
        _take_year_means(rows, moments.year_sums, moments.entities, weights)
    for _ in range(moments.leading):
        pivot = rows[0][0]
        safe = np.where(pivot > 1e-10, pivot, np.inf)  # a year absent from the replicate
        rows = sweep(rows, safe)
    return rows


def _take_year_means(rows: Rows, year_sums: Array, entities: Array, weights: Array) -> None:
    """Subtract B(w)'B(w) / N_w from the rows, in place."""
    m = len(rows)
    b = (year_sums.T @ weights.T).reshape(-1, m, len(weights))
    inverse = 1.0 / (weights @ entities)
    for i in range(m):
        for j in range(i, m):
            rows[i][j - i] -= np.einsum("tr,tr->r", b[:, i], b[:, j]) * inverse


def eliminate(s: Array, order: int) -> tuple[Array, Array, Array]:
    """Sweep the first `order` columns out of S (m, m, R).

    Returns (coefficients, remainder, smallest pivot): coefficients (order, m - order, R) of every
    later column on the first ones, remainder (m - order, m - order, R) their residual cross
    products, smallest pivot (R,) as a share of the full-sample variation. Source: the LDL'
    elimination of the normal equations.
    """
    return eliminate_rows(rows_of(s), order)


def reduce(moments: Moments, weights: Array, order: int) -> tuple[Array, Array, Array]:
    """`eliminate` of `cross_products`, without unpacking in between; coefficients and products in
    the data's units.

    With Z = W R, R upper triangular, the first block of Z is W1 R11 and the later one W1 R12 + W2
    R22; hence beta = R11^-1 (beta_w R22 + R12), and the residual products are R22' rest R22.
    """
    coefficients, rest, smallest = eliminate_rows(_absorb(moments, weights), order)
    above, r22 = moments.factor[:order], moments.factor[order:, order:]
    r11, r12 = above[:, :order], above[:, order:]
    beta = np.einsum("ijr,jk->ikr", coefficients, r22) + r12[:, :, None]
    inverse = np.linalg.inv(r11)
    beta = np.einsum("hi,ikr->hkr", inverse, beta)
    return beta, np.einsum("ji,jkr,kl->ilr", r22, rest, r22, optimize=True), smallest
