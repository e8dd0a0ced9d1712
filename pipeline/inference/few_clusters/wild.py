"""Restricted wild cluster bootstrap of one coefficient, with entity and time effects absorbed.

With x~ the treatment net of controls and effects, u = y~ - r x~ the residuals under H0: beta = r, Q
an orthonormal basis of the controls and time effects (entity-demeaned) and v the clusters' weights,
the bootstrap statistic is

    t*(v) = p'v / sqrt(sum_h (M v)_h^2),   p_g = x~_g'u_g,   M_hg = 1(g = h) p_g - x~_h'x~_h p_g / S
    - (Q_h'x~_h)'(Q_g'u_g)

and p and M are linear in r, so that an interval by inversion needs two products in all and
quadratics in r after that.
Source: Roodman, MacKinnon, Nielsen and Webb (2019); WCR31 with jackknife-transformed residuals:
MacKinnon, Nielsen and Webb (2023). Small-sample factors cancel and are left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

import numpy as np

from pipeline.inference.draws import generator
from pipeline.inference.moments import Array, Ints, partial_out
from pipeline.inference.ties import at_least

Weights = Literal["rademacher", "webb"]
Residuals = Literal["WCR11", "WCR31"]
_WEBB = np.sqrt(np.array([1.5, 1.0, 0.5]))
_CHUNK = 8192


@dataclass(frozen=True)
class WildModel:
    """What the bootstrap needs of a model: p = p0 - r p1 (G,), M = m0 - r m1 (G, G), the estimate
    and the scores (G,) of its residuals.

    variation: x~'x~, what is left of the treatment beside controls and effects
    """

    p0: Array
    p1: Array
    m0: Array
    m1: Array
    estimate: float
    scores: Array
    variation: float

    @property
    def clusters(self) -> int:
        return len(self.p0)

    @property
    def se(self) -> float:
        """The estimate's CR0 error."""
        return float(np.sqrt((self.scores**2).sum())) / self.variation

    def t(self, r: float) -> float:
        """Cluster-robust t of H0: beta = r in the sample, without small-sample factor."""
        return (self.estimate - r) / self.se


@dataclass(frozen=True)
class WildTest:
    """p-value of H0 with ties counted, the sample t, the number of draws and whether they enumerate
    all sign vectors."""

    p: float
    statistic: float
    draws: int
    enumerated: bool
    low: float | None = None
    high: float | None = None


def wild_model(
    y: Array,
    x: Array,
    controls: Array,
    entity: Ints,
    time: Ints | None,
    cluster: Ints,
    residuals: Residuals = "WCR11",
) -> WildModel:
    """Reduce a model to cluster quantities. y, x (n,), controls (n, k) of any k; entities lie
    within clusters.

    `time` None leaves time effects out. Entity effects are absorbed always.
    """
    return wild_models(y[:, None], x, controls, entity, time, cluster, residuals)[0]


def wild_models(
    outcomes: Array,
    x: Array,
    controls: Array,
    entity: Ints,
    time: Ints | None,
    cluster: Ints,
    residuals: Residuals,
) -> list[WildModel]:
    """The models of several outcomes (n, m) on one treatment, as `wild_model` of each. All but
    their errors is linear in the outcome."""
    z, q = partial_out(np.column_stack([outcomes, x]), controls, entity, time)
    xt = z[:, -1]
    groups = int(cluster.max()) + 1
    u = z if residuals == "WCR11" else jackknifed(z, q, cluster, entity)
    s = float(xt @ xt)
    d = np.bincount(cluster, xt * xt, groups)
    e = _by_cluster(q, xt, cluster, groups)

    def parts(u: Array) -> tuple[Array, Array]:
        p: Array = np.bincount(cluster, xt * u, groups).astype(float)
        return p, np.diag(p) - np.outer(d, p) / s - e @ _by_cluster(q, u, cluster, groups).T

    p1, m1 = parts(u[:, -1])

    def model(yt: Array, u0: Array) -> WildModel:
        p0, m0 = parts(u0)
        beta = float(xt @ yt) / s
        scores = np.bincount(cluster, xt * (yt - beta * xt), groups).astype(float)
        return WildModel(p0, p1, m0, m1, beta, scores, s)

    return [model(yt, u0) for yt, u0 in zip(z.T[:-1], u.T[:-1], strict=True)]


def _by_cluster(columns: Array, side: Array, cluster: Ints, groups: int) -> Array:
    """Sums over each cluster of the columns (n, k) times one side (n,), shape (G, k)."""
    if not columns.shape[1]:
        return np.zeros((groups, 0))
    return np.stack([np.bincount(cluster, column * side, groups) for column in columns.T], axis=1)


def jackknifed(columns: Array, q: Array, cluster: Ints, entity: Ints) -> Array:
    """Residuals (n, m) divided by the cluster block of the annihilator of effects and basis q
    (n, k); pseudo-inverse where effects make it singular."""
    out = columns.copy()
    for g in range(int(cluster.max()) + 1):
        rows = np.flatnonzero(cluster == g)
        own = (entity[rows][:, None] == np.unique(entity[rows])[None, :]).astype(float)
        block = np.eye(len(rows)) - own / own.sum(axis=0) @ own.T - q[rows] @ q[rows].T
        out[rows] = np.linalg.pinv(block, rcond=1e-10, hermitian=True) @ out[rows]
    return out


@lru_cache(maxsize=4)
def weight_vectors(
    seed: int, spec: str, draws: int, clusters: int, weights: Weights
) -> tuple[tuple[Array, ...], bool]:
    """Cluster weights in chunks (<= 8192, G), and whether they are all 2^G sign vectors (when no
    more than `draws`). The tests of a study share them: they are drawn once and not to be written
    to."""
    if weights == "rademacher" and 2**clusters <= draws:
        return (_kept(np.array(list(product([1.0, -1.0], repeat=clusters)))),), True
    draw = _signs if weights == "rademacher" else _webb
    starts = enumerate(range(0, draws, _CHUNK))
    generators = ((generator(seed, f"{spec}/wild", k), draws - start) for k, start in starts)
    return tuple(_kept(draw(rng, clusters)[:left]) for rng, left in generators), False


def _signs(rng: np.random.Generator, clusters: int) -> Array:
    """A chunk of random signs (8192, G)."""
    drawn = np.frombuffer(rng.bytes(_CHUNK * ((clusters + 7) // 8)), np.uint8)
    bits = np.unpackbits(drawn.reshape(_CHUNK, -1), axis=1)
    return np.asarray(1.0 - 2.0 * bits[:, :clusters], float)


def _webb(rng: np.random.Generator, clusters: int) -> Array:
    """A chunk of Webb's six-point weights (8192, G)."""
    values = np.concatenate([-_WEBB, _WEBB])
    return np.asarray(values[rng.integers(0, 6, (_CHUNK, clusters), dtype=np.uint8)])


def _kept(vectors: Array) -> Array:
    """Vectors that nobody can change."""
    vectors.flags.writeable = False
    return vectors


def wild_statistics(model: WildModel, v: Array, r: float = 0.0) -> Array:
    """t*(v) under H0: beta = r for each row of weights v (R, G)."""
    p, m = model.p0 - r * model.p1, model.m0 - r * model.m1
    return np.asarray((v @ p) / np.sqrt(((v @ m.T) ** 2).sum(axis=1)))


def wild_test(
    model: WildModel,
    seed: int,
    spec: str,
    draws: int = 99_999,
    weights: Weights = "rademacher",
    level: float | None = None,
) -> WildTest:
    """Two-sided p-value of H0: beta = 0, ties counted as extreme; with `level`, an interval by
    inversion.

    Where all sign vectors are enumerated the sample's own two count as extreme, also by WCR31,
    whose transformed residuals do not reproduce the sample: no p is below 2 / 2^G.
    """
    chunks, enumerated = weight_vectors(seed, spec, draws, model.clusters, weights)
    t = model.t(0.0)
    extreme = sum(int(at_least(np.abs(wild_statistics(model, v)), abs(t)).sum()) for v in chunks)
    total = sum(map(len, chunks))
    p = max(extreme, 2) / total if enumerated else (1 + extreme) / (1 + total)
    if level is None:
        return WildTest(p, t, total, enumerated)
    low, high = invert_test(model, chunks, enumerated, 1 - level)
    return WildTest(p, t, total, enumerated, low, high)


def invert_test(
    model: WildModel, chunks: Sequence[Array], enumerated: bool, alpha: float
) -> tuple[float | None, float | None]:
    """Where the p-value crosses alpha, going out from the estimate; None where it does not within
    50 standard errors."""
    # |t*(r)| >= |t(r)| in quadratics of r: numerator (n0 - r n1)^2, denominator sum_h (a_h - r
    # b_h)^2
    stacked = [np.stack([v @ model.p0, v @ model.p1, *_denominator(model, v)]) for v in chunks]
    n0, n1, d0, d1, d2 = np.concatenate(stacked, axis=1)
    se = model.se

    def p_value(r: float) -> float:
        bar = ((model.estimate - r) / se) ** 2 * (d0 - 2 * r * d1 + r * r * d2)
        extreme = int(at_least((n0 - r * n1) ** 2, bar).sum())
        return extreme / len(n0) if enumerated else (1 + extreme) / (1 + len(n0))

    def crossing(direction: int) -> float | None:
        def inside(steps: float) -> bool:
            return p_value(model.estimate + direction * steps * se) > alpha

        steps = _crossing(inside)
        return None if steps is None else model.estimate + direction * steps * se

    return crossing(-1), crossing(1)


def _crossing(inside: Callable[[float], bool]) -> float | None:
    """Where `inside` ends, going out from 0 by growing steps, then halving; None beyond 50."""
    low, step = 0.0, 0.5
    while inside(low + step):
        low += step
        step *= 1.3
        if low > 50:
            return None
    high = low + step
    while high - low >= 1e-7:
        middle = (low + high) / 2
        low, high = (middle, high) if inside(middle) else (low, middle)
    return (low + high) / 2


def _denominator(model: WildModel, v: Array) -> tuple[Array, Array, Array]:
    a, b = v @ model.m0.T, v @ model.m1.T
    return (a * a).sum(axis=1), (a * b).sum(axis=1), (b * b).sum(axis=1)
