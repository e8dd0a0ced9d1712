"""A panel reduced to cross-product moments per cluster: every resampling after this is algebra on small matrices.

The within transform of an entity does not change when clusters are drawn, dropped or weighted, so for cluster weights w
(bootstrap counts, jackknife 0/1) the cross products with entity and time effects absorbed are

    balanced panels    S(w) = sum_g w_g A_g - B(w)'B(w) / N_w,   N_w = sum_g w_g n_g,
    any other panel    time dummies as leading explicit columns, S(w) = sum_g w_g A_g, eliminated with the rest,

with A_g the cluster's cross products of entity-demeaned columns and B_g their sums by year over the entities of g.
Columns are whitened first with the R factor of a QR of the full-sample two-way-demeaned data, so that every pivot is the
share of full-sample variation left: a collapsed replicate shows as a small pivot and is dropped and counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Moments:
    """Cluster moments of m columns in elimination order.

    products: (G, m', m') cross products of whitened columns, m' = m + explicit time columns
    year_sums: (G, T * m) sums by year of whitened columns, None unless the panel is balanced
    entities: (G,) entities in each cluster; factor: (m, m) upper triangular R with Z = whitened R
    leading: explicit time columns before the m columns
    """

    products: Array
    year_sums: Array | None
    entities: Array
    factor: Array
    leading: int

    @property
    def clusters(self) -> int:
        return len(self.products)

    @property
    def columns(self) -> int:
        return len(self.factor)


def _codes(labels: NDArray[np.generic]) -> Ints:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _demean(z: Array, codes: Ints) -> Array:
    counts = np.bincount(codes).astype(float)
    sums = np.zeros((len(counts), z.shape[1]))
    np.add.at(sums, codes, z)
    return np.asarray(z - (sums / counts[:, None])[codes])


def time_columns(entity: Ints, time: Ints) -> Array:
    """Entity-demeaned year dummies, one year left out, shape (n, T - 1)."""
    dummies = (time[:, None] == np.arange(1, time.max() + 1)[None, :]).astype(float)
    return _demean(dummies, entity)


def build_moments(
    z: Array, entity: NDArray[np.generic], time: NDArray[np.generic] | None, cluster: NDArray[np.generic]
) -> Moments:
    """Moments of z (n, m), columns in the order in which they will be eliminated.

    Entity effects are always absorbed; time effects unless `time` is None. Entities lie within clusters. Raises
    ValueError when a column is collinear with those before it or with the effects, naming its position.
    """
    entities, clusters = _codes(entity), _codes(cluster)
    n_clusters = int(clusters.max()) + 1
    inner = _demean(np.asarray(z, float), entities)
    owner = np.zeros(int(entities.max()) + 1, np.int64)
    owner[entities] = clusters
    per_cluster = np.bincount(owner, minlength=n_clusters).astype(float)
    leading = np.zeros((len(z), 0))
    balanced = False
    years = np.zeros(len(z), np.int64)
    if time is not None:
        years = _codes(time)
        balanced = len(z) == (entities.max() + 1) * (years.max() + 1) and (
            len(np.unique(entities * (years.max() + 1) + years)) == len(z)
        )
        leading = time_columns(entities, years)
    scale = np.sqrt((inner**2).sum(axis=0))
    constant = scale <= 1e-10 * np.sqrt((np.asarray(z, float) ** 2).sum(axis=0))  # rounding is all that is left
    scale[constant] = np.inf
    both = np.asarray(np.linalg.qr(np.column_stack([leading, inner / scale]), mode="r"))
    k = leading.shape[1]
    pivots = np.abs(np.diag(both))[k:]
    weak = np.flatnonzero(pivots < 1e-9)
    if weak.size:
        raise ValueError(f"column {int(weak[0])} is collinear with the columns before it or with the effects")
    signs = np.sign(np.diag(both)[k:])
    factor = both[k:, k:] * signs[:, None] * scale
    white = np.linalg.solve(factor.T, inner.T).T
    full = white if balanced else np.column_stack([leading, white])
    products = np.zeros((n_clusters, full.shape[1], full.shape[1]))
    for g in range(n_clusters):
        rows = full[clusters == g]
        products[g] = rows.T @ rows
    sums: Array | None = None
    if balanced:
        by_year = np.zeros((n_clusters, int(years.max()) + 1, z.shape[1]))
        np.add.at(by_year, (clusters, years), white)
        sums = by_year.reshape(n_clusters, -1)
    return Moments(products, sums, per_cluster, factor, 0 if balanced else k)


def cross_products(moments: Moments, weights: Array) -> Array:
    """S(w) of each replicate with effects absorbed, shape (m, m, R), for cluster weights (R, G)."""
    size = moments.products.shape[1]
    s = (weights @ moments.products.reshape(moments.clusters, -1)).T.reshape(size, size, len(weights))
    if moments.year_sums is not None:
        m = moments.columns
        b = (weights @ moments.year_sums).T.reshape(-1, m, len(weights))
        s = s - np.einsum("tir,tjr->ijr", b, b) / (weights @ moments.entities)
    for _ in range(moments.leading):
        pivot = s[0, 0]
        safe = np.where(pivot > 1e-10, pivot, np.inf)  # a year absent from the replicate
        s = s[1:, 1:] - s[1:, :1] * s[:1, 1:] / safe
    return np.ascontiguousarray(s)


def eliminate(s: Array, order: int) -> tuple[Array, Array, Array]:
    """Sweep the first `order` columns out of S (m, m, R).

    Returns (coefficients, remainder, smallest pivot): coefficients (order, m - order, R) of every later column on the
    first ones, remainder (m - order, m - order, R) their residual cross products, smallest pivot (R,) as a share of the
    full-sample variation. Source: the LDL' elimination of the normal equations.
    """
    rows: list[Array] = []
    smallest = np.full(s.shape[2], np.inf)
    for _ in range(order):
        pivot = s[0, 0]
        smallest = np.minimum(smallest, pivot)
        row = s[0, 1:] / np.where(pivot > 0, pivot, np.nan)
        rows.append(row)
        s = s[1:, 1:] - s[1:, :1] * row[None]
    m = s.shape[0] + order
    coefficients = np.empty((order, s.shape[0], s.shape[2]))
    for k in range(order - 1, -1, -1):  # back substitution
        value = rows[k][order - k - 1 :].copy()
        for later in range(k + 1, order):
            value -= rows[k][later - k - 1] * coefficients[later]
        coefficients[k] = value
    assert coefficients.shape[1] == m - order
    return coefficients, s, smallest
