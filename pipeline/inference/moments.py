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
    """Columns of z (n, m) less their (weighted) means within groups; m may be 0."""
    if not z.shape[1]:
        return z
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
    clusters. `weights` (n,) weigh the rows (analytic weights). Without
    whitening (for models on subsets of columns, whose order whitening would break) columns are
    scaled only. Raises ValueError when a column is collinear with those before it or with the
    effects, naming its position.
    """
    z = np.asarray(z, float)
    if weights is not None:
        weights = np.asarray(weights, float) / np.mean(weights)
    entities, clusters = codes(entity), codes(cluster)
    n_clusters = int(clusters.max()) + 1
    n_entities = int(entities.max()) + 1
    inner = demean(z, entities, weights)
    owner = np.zeros(n_entities, np.int64)
    owner[entities] = clusters
    per_cluster = np.bincount(owner, minlength=n_clusters).astype(float)
    years = codes(time) if time is not None else np.zeros(len(z), np.int64)
    n_years = int(years.max()) + 1
    balanced = len(z) == n_entities * n_years and len(np.unique(entities * n_years + years)) == len(
        z
    )
    leading = time_columns(entities, years, weights)
    k = leading.shape[1]
    if (
        weights is not None
    ):  # year means are weighted too, so that year sums no longer serve: explicit columns do
        root = np.sqrt(weights)[:, None]
        inner, leading, balanced = inner * root, leading * root, False
    scale = np.sqrt((inner**2).sum(axis=0))
    constant = scale <= 1e-10 * np.sqrt((z**2).sum(axis=0))  # rounding is all that is left
    scale[constant] = np.inf
    both = np.asarray(np.linalg.qr(np.column_stack([leading, inner / scale]), mode="r"))
    pivots = np.abs(np.diag(both))[k:]
    weak = np.flatnonzero(pivots < 1e-9)
    if weak.size and (whiten or constant.any()):
        raise ValueError(
            f"column {int(weak[0])} is collinear with the columns before it or with the effects"
        )
    if whiten:
        factor = both[k:, k:] * np.sign(np.diag(both)[k:])[:, None] * scale
        white = np.linalg.solve(factor.T, inner.T).T
    else:
        factor = np.diag(scale)
        white = inner / scale
    full = white if balanced else np.column_stack([leading, white])
    order = np.argsort(clusters, kind="stable")
    bounds = np.searchsorted(clusters[order], np.arange(n_clusters + 1))
    upper = np.triu_indices(full.shape[1])
    sizes = np.diff(bounds)
    if (sizes == sizes[0]).all():
        blocks = full[order].reshape(n_clusters, sizes[0], -1)
        packed = (blocks.transpose(0, 2, 1) @ blocks)[:, upper[0], upper[1]]
    else:
        parts = (full[order[bounds[g] : bounds[g + 1]]] for g in range(n_clusters))
        packed = np.stack([(rows.T @ rows)[upper] for rows in parts])
    sums: Array | None = None
    if balanced and n_years > 1 and time is not None:
        cells = clusters * n_years + years
        by_year = np.stack(
            [np.bincount(cells, column, n_clusters * n_years) for column in white.T], axis=-1
        )
        by_year = np.einsum(
            "gtm,tc->gcm", by_year.reshape(n_clusters, n_years, -1), contrasts(n_years)
        )
        sums = round_to_grid(by_year.reshape(n_clusters, -1), 2 * n_clusters)
    packed = round_to_grid(packed, 2 * n_clusters)
    return Moments(packed, sums, per_cluster, factor, 0 if balanced else k, len(z), n_years)


def cross_products(moments: Moments, weights: Array) -> Array:
    """S(w) of each replicate with effects absorbed, shape (m, m, R), for cluster weights (R, G)."""
    return _unpack(_absorb(moments, weights), moments.columns)


def _unpack(rows: list[list[Array]], m: int) -> Array:
    s = np.empty((m, m, rows[0][0].shape[0]))
    for i in range(m):
        for j in range(i, m):
            s[i, j] = s[j, i] = rows[i][j - i]
    return s


def _absorb(moments: Moments, weights: Array) -> list[list[Array]]:
    """Upper triangle of S(w) as rows[i][j - i], arrays over replicates, time effects out."""
    size = moments.size
    flat = moments.packed.T @ weights.T
    starts = np.concatenate([[0], np.cumsum(size - np.arange(size))])
    rows = [[flat[starts[i] + j] for j in range(size - i)] for i in range(size)]
    if moments.year_sums is not None:
        m = moments.columns
        b = (moments.year_sums.T @ weights.T).reshape(-1, m, len(weights))
        inverse = 1.0 / (weights @ moments.entities)
        for i in range(m):
            for j in range(i, m):
                rows[i][j - i] -= np.einsum("tr,tr->r", b[:, i], b[:, j]) * inverse
    for _ in range(moments.leading):
        pivot = rows[0][0]
        safe = np.where(pivot > 1e-10, pivot, np.inf)  # a year absent from the replicate
        rows = _sweep(rows, safe)
    return rows


def _sweep(rows: list[list[Array]], pivot: Array) -> list[list[Array]]:
    """Eliminate the first column: the upper triangle of the Schur complement."""
    first = rows[0]
    for i in range(1, len(rows)):
        share = first[i] / pivot
        for j in range(i, len(rows)):
            rows[i][j - i] = rows[i][j - i] - share * first[j]
    return rows[1:]


def eliminate(s: Array, order: int) -> tuple[Array, Array, Array]:
    """Sweep the first `order` columns out of S (m, m, R).

    Returns (coefficients, remainder, smallest pivot): coefficients (order, m - order, R) of every
    later column on the first ones, remainder (m - order, m - order, R) their residual cross
    products, smallest pivot (R,) as a share of the full-sample variation. Source: the LDL'
    elimination of the normal equations.
    """
    m = s.shape[0]
    rows = [[s[i, j] for j in range(i, m)] for i in range(m)]
    return _eliminate_rows(rows, order)


def reduce(moments: Moments, weights: Array, order: int) -> tuple[Array, Array, Array]:
    """`eliminate` of `cross_products`, without unpacking in between; coefficients and products in
    the data's units.

    With Z = W R, R upper triangular, the first block of Z is W1 R11 and the later one W1 R12 + W2
    R22; hence beta = R11^-1 (beta_w R22 + R12), and the residual products are R22' rest R22.
    """
    coefficients, rest, smallest = _eliminate_rows(_absorb(moments, weights), order)
    r11, r12, r22 = (
        moments.factor[:order, :order],
        moments.factor[:order, order:],
        moments.factor[order:, order:],
    )
    beta = np.einsum("ijr,jk->ikr", coefficients, r22) + r12[:, :, None]
    inverse = np.linalg.inv(r11)
    beta = np.einsum("hi,ikr->hkr", inverse, beta)
    return beta, np.einsum("ji,jkr,kl->ilr", r22, rest, r22, optimize=True), smallest


def _eliminate_rows(rows: list[list[Array]], order: int) -> tuple[Array, Array, Array]:
    draws = rows[0][0].shape[0]
    later = len(rows) - order
    smallest = np.full(draws, np.inf)
    pivot_rows: list[list[Array]] = []
    for _ in range(order):
        pivot = rows[0][0]
        smallest = np.minimum(smallest, pivot)
        safe = np.where(pivot > 0, pivot, np.nan)
        pivot_rows.append([x / safe for x in rows[0][1:]])
        rows = _sweep(rows, safe)
    coefficients = np.empty((order, later, draws))
    for k in range(order - 1, -1, -1):  # back substitution
        for c in range(later):
            value = pivot_rows[k][order - k - 1 + c].copy()
            for j in range(k + 1, order):
                value -= pivot_rows[k][j - k - 1] * coefficients[j, c]
            coefficients[k, c] = value
    rest = _unpack(rows, later) if later else np.empty((0, 0, draws))
    return coefficients, rest, smallest
