"""A panel made ready for the search of thresholds: candidates, and columns net of everything that
is not a threshold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array, Ints, demean, partial_out
from pipeline.inference.ties import rounding

Bools = NDArray[np.bool_]
_CHUNK = 256


@dataclass(frozen=True)
class ThresholdModel:
    """A panel of n rows made ready for the search over C candidates, for up to K thresholds; rows
    as they were given.

    y, x, q (n,), controls (n, p), entity, time, cluster (n,) codes from 0, time None without time
    effects
    outcome: (n,) y net of x, controls and effects; basis: (n, b) orthonormal basis of those but the
    entity effects
    gammas: (C,) candidates, ascending; eligible: (K, C) which of them may be the threshold added as
    number k
    norms: (C,) squared size of d_gamma net of the fixed columns
    order: (n,) rows in order of q; below: (C,) rows with q <= gamma; below_by_cluster: (C, G) the
    same by cluster
    minimum_rows: (K,) and minimum_clusters: the least that a regime may hold
    """

    y: Array
    x: Array
    q: Array
    controls: Array
    entity: Ints
    time: Ints | None
    cluster: Ints
    outcome: Array
    basis: Array
    gammas: Array
    eligible: Bools
    norms: Array
    order: Ints
    below: Ints
    below_by_cluster: Ints
    minimum_rows: Array
    minimum_clusters: int

    @property
    def df(self) -> int:
        """Hansen's scale of F and LR: rows - entities, n(T - 1) in a balanced panel. Slopes are not
        counted."""
        return len(self.y) - int(self.entity.max()) - 1

    def numerators(self, v: Array) -> Array:
        """d_gamma'v for v (R, n) net of the fixed columns, shape (R, C)."""
        return np.asarray(np.cumsum((v * self.x)[:, self.order], axis=1)[:, self.below - 1])

    def products(self, at: Ints) -> Array:
        """Products of the net columns of the candidates numbered `at` (m,) with those of all, shape
        (m, C)."""
        out = np.empty((len(at), len(self.gammas)))
        for start in range(0, len(at), _CHUNK):
            part = at[start : start + _CHUNK]
            net = net_columns(self.x, self.q, self.gammas[part], self.entity, self.basis)
            out[start : start + _CHUNK] = self.numerators(net.T)
        return out

    def apart(self, stage: int, at: Ints) -> Bools:
        """Whether the regime between the candidates `at` (m,) and each other holds enough, as
        number `stage` + 1."""
        rows = np.abs(self.below[at][:, None] - self.below) >= self.minimum_rows[stage]
        for k, one in enumerate(at):
            between = (self.below_by_cluster != self.below_by_cluster[one]).sum(axis=1)
            rows[k] &= between >= self.minimum_clusters
        return np.asarray(rows)


def candidates(
    q: Array, trim: float, grid: int | None, cluster: Ints, minimum_clusters: int = 1
) -> Array:
    """Values of q (n,) that leave at least the share `trim` of the rows and `minimum_clusters`
    clusters on each side.

    All distinct values when `grid` is None, else the quantiles of the distinct values at `grid`
    even steps from trim to 1 - trim, as Stata's xthreg (Wang 2015). Ascending. Raises ValueError
    with the best split when none is admissible.
    """
    values = _distinct(q)
    if grid is not None:
        values = np.unique(
            np.quantile(values, np.linspace(trim, 1 - trim, grid), method="inverted_cdf")
        )
    n, groups = len(q), int(cluster.max()) + 1
    rows = np.searchsorted(np.sort(q), values, side="right")
    smallest, largest = np.full(groups, np.inf), np.full(groups, -np.inf)
    np.minimum.at(smallest, cluster, q)
    np.maximum.at(largest, cluster, q)
    left = np.searchsorted(np.sort(smallest), values, side="right")
    right = groups - np.searchsorted(np.sort(largest), values, side="right")
    needed = _minimum_rows(trim, n)
    fewest = np.minimum(rows, n - rows)
    enough = fewest >= needed
    if not enough.any():
        k = int(np.argmax(fewest))
        raise ValueError(
            f"no threshold leaves at least {int(needed)} rows on each side: the best leaves "
            f"{rows[k]} and {n - rows[k]}"
        )
    both = np.where(enough, np.minimum(left, right), -1)
    if both.max() < minimum_clusters:
        k = int(np.argmax(both))
        raise ValueError(
            f"no threshold leaves at least {minimum_clusters} clusters on each side: "
            f"the best leaves {left[k]} and {right[k]}"
        )
    return np.asarray(values[both >= minimum_clusters], float)


def _distinct(q: Array) -> Array:
    """Distinct values in ascending order; of values that only rounding tells apart, the largest."""
    values = np.unique(q)
    return np.asarray(values[np.append(np.diff(values) > rounding(values), True)])


def _minimum_rows(trim: float, rows: int) -> float:
    """Rows that a regime must hold, one at least; a share that is whole but for rounding counts as
    whole."""
    return max(1.0, float(np.ceil(trim * rows - 1e-9)))


def net_columns(x: Array, q: Array, gammas: Array, entity: Ints, basis: Array) -> Array:
    """Columns x 1(q <= gamma) net of the entity effects and the basis, shape (n, m)."""
    d = demean(x[:, None] * (q[:, None] <= gammas), entity)
    d = d - basis @ (basis.T @ d)
    return np.asarray(
        d - basis @ (basis.T @ d)
    )  # twice: the residual of a residual is exact to rounding


def threshold_model(
    y: Array,
    x: Array,
    q: Array,
    controls: Array,
    entity: Ints,
    time: Ints | None,
    cluster: Ints,
    *,
    trim: float | Sequence[float] = 0.05,
    grid: int | None = 400,
    minimum_clusters: int = 1,
) -> ThresholdModel:
    """Make a panel ready: y, x, q (n,), controls (n, p) of any p; codes from 0, entities within
    clusters.

    `time` None leaves time effects out; each entity's rows then stand in the order of time. `trim`
    is the share of rows that a regime must hold, one number or one for each number of thresholds.
    Raises ValueError when no threshold is admissible or x does not vary on the two sides of any.
    """
    controls = np.asarray(controls, float).reshape(len(y), -1)
    trims = [trim] * 3 if isinstance(trim, float | int) else list(trim)
    by_stage = [candidates(q, share, grid, cluster, minimum_clusters) for share in trims]
    gammas = np.unique(np.concatenate(by_stage))
    net, basis = partial_out(
        np.asarray(y, float)[:, None], np.column_stack([x, controls]), entity, time
    )
    parts = [gammas[k : k + _CHUNK] for k in range(0, len(gammas), _CHUNK)]
    norms = np.concatenate(
        [(net_columns(x, q, part, entity, basis) ** 2).sum(axis=0) for part in parts]
    )
    order = np.argsort(q, kind="stable")
    size = np.cumsum(x[order] ** 2)[np.searchsorted(q[order], gammas, side="right") - 1]
    varies = norms > 1e-20 * size  # else rounding is all that is left
    eligible = np.stack([np.isin(gammas[varies], one) for one in by_stage])
    if not eligible.any(axis=1).all():
        raise ValueError("the regressor does not vary on both sides of any admissible threshold")
    gammas, norms = gammas[varies], norms[varies]
    groups = int(cluster.max()) + 1
    cells = np.searchsorted(gammas, q) * groups + cluster
    counts = np.bincount(cells, minlength=(len(gammas) + 1) * groups).reshape(-1, groups)[:-1]
    return ThresholdModel(
        y=np.asarray(y, float),
        x=np.asarray(x, float),
        q=np.asarray(q, float),
        controls=controls,
        entity=entity,
        time=time,
        cluster=cluster,
        outcome=net[:, 0],
        basis=basis,
        gammas=gammas,
        eligible=eligible,
        norms=norms,
        order=order,
        below=np.searchsorted(q[order], gammas, side="right"),
        below_by_cluster=counts.cumsum(axis=0),
        minimum_rows=np.array([_minimum_rows(share, len(q)) for share in trims]),
        minimum_clusters=minimum_clusters,
    )
