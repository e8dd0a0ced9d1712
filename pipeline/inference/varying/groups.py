"""Are the treatment's coefficients equal in groups of rows? Bootstrap, permutation and interaction
tests.

Groups of whole clusters share the moments of the full sample: a weight of one for the clusters of a
group and zero for the others gives the separate regression of that group, year effects its own.
Groups that cut through clusters (periods) have moments each, on their own rows; one draw of
clusters then serves all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipeline.inference.collinear import Collinear
from pipeline.inference.draws import generator
from pipeline.inference.intervals import two_sided_p
from pipeline.inference.mediation import TOLERANCE, cluster_forms
from pipeline.inference.moments import Array, Ints, Moments, build_moments, codes, reduce
from pipeline.inference.ties import at_least
from pipeline.inference.within import WithinFit, within_fit

_CHUNK = 4096


@dataclass(frozen=True)
class GroupModel:
    """The model in K groups of a sample with G clusters.

    moments: one of all rows if `whole`, else one a group; members: the clusters with rows in each
    group
    strata: (G,) group of each cluster, zeros unless `whole`: every cluster lies in one group;
    controls: their number
    estimates, errors: (K,) coefficient of the treatment in each group and its CRV1 error, groups in
    sorted order
    """

    moments: tuple[Moments, ...]
    members: tuple[Ints, ...]
    strata: Ints
    whole: bool
    controls: int
    estimates: Array
    errors: Array

    def coefficients(self, weights: Array) -> Array:
        """Coefficients of the treatment (K, R) for cluster weights (R, G), NaN where a group's
        regression collapses."""
        out = []
        for k in range(len(self.errors)):
            moments = self.moments[0 if self.whole else k]
            own = weights * (self.strata == k) if self.whole else weights[:, self.members[k]]
            beta, _, smallest = reduce(moments, own, self.controls + 1)
            out.append(np.where(smallest > TOLERANCE, beta[-1, -1], np.nan))
        return np.stack(out)

    def reassigned(self, labels: Ints) -> tuple[Array, Array]:
        """Coefficients of the treatment and their cluster-robust variances, (K, R) each, with the
        clusters in the groups `labels` (R, G); groups of whole clusters only, NaN where a group's
        regression collapses."""
        groups = range(len(self.errors))
        found = [_slopes(self.moments[0], self.controls, (labels == k) * 1.0) for k in groups]
        return np.stack([b for b, _ in found]), np.stack([variance for _, variance in found])


@dataclass(frozen=True)
class GroupBootstrap:
    """Cluster bootstrap of the differences to the first group, R draws kept.

    coefficients: (K, R); differences: (K - 1, R); intervals: (K - 1, 2) percentile; p: (K - 1,)
    two-sided
    joint: p of all differences zero, None for two groups; dropped: draws in which a group collapsed
    """

    coefficients: Array
    differences: Array
    intervals: Array
    p: Array
    joint: float | None
    dropped: int


@dataclass(frozen=True)
class GroupPermutation:
    """p-value of equal coefficients, the sample's statistic, assignments used and dropped, `exact`
    if they are all."""

    p: float
    statistic: float
    draws: int
    dropped: int
    exact: bool


@dataclass(frozen=True)
class Wald:
    """Wald test F(df1, df2) and its p-value."""

    f: float
    df1: int
    df2: int
    p: float


def group_model(
    y: Array, x: Array, controls: Array, entity: Ints, time: Ints, cluster: Ints, group: Ints
) -> GroupModel:
    """Reduce the model to moments and fit each group. y, x (n,), controls (n, k), any k; entities
    lie within clusters.

    A constant `time` leaves year effects out. A cluster without rows in a group adds nothing there
    when drawn. Raises ValueError for fewer than two groups, a group of one cluster, or a model that
    a group does not identify.
    """
    z = np.column_stack([np.asarray(controls, float).reshape(len(y), -1), x, y])
    entity, time, cluster, group = codes(entity), codes(time), codes(cluster), codes(group)
    groups = int(group.max()) + 1
    if groups < 2:
        raise ValueError("equality needs at least two groups")
    whole = _nested(cluster, group)
    masks = [group == k for k in range(groups)]
    fits, parts = zip(
        *(_group(z, entity, time, cluster, rows, k) for k, rows in enumerate(masks)), strict=True
    )
    strata = np.zeros(int(cluster.max()) + 1, np.int64)
    if whole:
        strata[cluster] = group
        parts = (build_moments(z, entity, time, cluster),)
    return GroupModel(
        moments=parts,
        members=tuple(np.unique(cluster[rows]) for rows in masks),
        strata=strata,
        whole=whole,
        controls=z.shape[1] - 2,
        estimates=np.array([fit.beta[-1] for fit in fits]),
        errors=np.sqrt([fit.covariance[-1, -1] for fit in fits]),
    )


def _group(
    z: Array, entity: Ints, time: Ints, cluster: Ints, rows: NDArray[np.bool_], number: int
) -> tuple[WithinFit, Moments]:
    """The regression of the last column of z on the others in one group's rows, and its moments."""
    part, own = z[rows], codes(cluster[rows])
    entity, time = codes(entity[rows]), codes(time[rows])
    if own.max() == 0:
        raise ValueError(f"group {number} has one cluster: its error is not defined")
    try:
        fit = within_fit(part[:, -1], part[:, :-1], entity, time, own)
        return fit, build_moments(part, entity, time, own)
    except Collinear as error:
        raise ValueError(f"group {number}: {error}") from error


def _slopes(moments: Moments, controls: int, members: Array) -> tuple[Array, Array]:
    """The treatment's coefficient (R,) in the clusters `members` (R, G) of 0 and 1, and its
    variance by the clusters' scores, with the factor G / (G - 1)."""
    beta, _, smallest = reduce(moments, members, controls + 1)
    x, residual = np.zeros((2, moments.columns, len(members)))
    x[controls] = 1.0
    if controls:
        x[:controls] = -reduce(moments, members, controls)[0][:, 0]
    residual[-1] = 1.0
    residual[:-1] = -beta[:, -1]
    score = cluster_forms(moments, members)
    influence = members.T * score(x, residual) / (members.T * score(x, x)).sum(axis=0)
    clusters = members.sum(axis=1)
    variance = clusters / (clusters - 1) * (influence**2).sum(axis=0)
    kept = smallest > TOLERANCE
    return np.where(kept, beta[-1, -1], np.nan), np.where(kept, variance, np.nan)


def _nested(inner: Ints, outer: Ints) -> bool:
    """Whether every label of `inner` has one label of `outer`."""
    return len(np.unique(np.stack([inner, outer]), axis=1).T) == len(np.unique(inner))


def stratified_counts(seed: int, spec: str, draws: int, strata: Ints) -> Iterator[Array]:
    """How often each cluster is drawn, with replacement within its stratum, in arrays (<= chunk,
    G).

    Chunk c comes from stream 2c (permutations take the odd ones), and is drawn whole whatever part
    of it is asked for.
    """
    order, sizes = np.argsort(strata, kind="stable"), np.bincount(strata)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    g = len(strata)
    for number, start in enumerate(range(0, draws, _CHUNK)):
        size = min(_CHUNK, draws - start)
        picks = generator(seed, f"{spec}/groups", 2 * number).integers(
            0, np.repeat(sizes, sizes), size=(_CHUNK, g)
        )
        chosen = order[first + picks[:size]]
        flat = np.bincount((chosen + g * np.arange(size)[:, None]).ravel(), minlength=size * g)
        yield flat.reshape(size, g).astype(float)


def assignments(seed: int, spec: str, draws: int, strata: Ints) -> tuple[list[Ints], bool]:
    """Clusters re-assigned to groups, sizes kept, in arrays (<= chunk, G); all assignments if no
    more than `draws`.

    Returns the chunks and whether they are all assignments, the sample's among them.
    """
    sizes = [int(n) for n in np.bincount(strata)]
    if factorial(len(strata)) // prod(map(factorial, sizes)) <= draws:
        return [np.array(list(_every(len(strata), sizes)))], True
    size, starts = (_CHUNK, len(strata)), range(0, draws, _CHUNK)
    keys = [
        generator(seed, f"{spec}/groups", 2 * n + 1).random(size)[: draws - i]
        for n, i in enumerate(starts)
    ]
    return [strata[np.argsort(k, axis=1)] for k in keys], False


def _every(clusters: int, sizes: list[int]) -> Iterator[Ints]:
    """Every assignment to groups of these sizes: the last group is chosen, the others share the
    rest."""
    last = len(sizes) - 1
    if not last:
        yield np.zeros(clusters, np.int64)
    for chosen in combinations(range(clusters), sizes[last]) if last else ():
        free = np.delete(np.arange(clusters), chosen)
        for rest in _every(len(free), sizes[:last]):
            labels = np.full(clusters, last)
            labels[free] = rest
            yield labels


def bootstrap(
    model: GroupModel, seed: int, spec: str, draws: int = 9_999, level: float = 0.95
) -> GroupBootstrap:
    """Draw clusters with replacement, within groups where these are made of whole clusters.

    The joint p compares the sample's d'V^-1 d with (d_r - d)'V^-1 (d_r - d), V the covariance of
    the draws d_r of the differences. Groups of few clusters reject a true null too often: 8% at 5%
    with 10, 9 and 12 clusters, 23% with 3 and 28. Raises ValueError when no more draws than groups
    are left.
    """
    counts = stratified_counts(seed, spec, draws, model.strata)
    found = np.concatenate([model.coefficients(w) for w in counts], axis=1)
    kept = found[:, np.isfinite(found).all(axis=0)]
    if kept.shape[1] <= len(found):
        raise ValueError(
            f"{draws - kept.shape[1]} of {draws} draws collapse in a group: too few are left"
        )
    gaps, estimate = kept[1:] - kept[0], model.estimates[1:] - model.estimates[0]
    intervals = np.quantile(gaps, [(1 - level) / 2, (1 + level) / 2], axis=1).T
    joint = None
    if len(gaps) > 1:
        inverse = np.linalg.inv(np.cov(gaps))
        centred = gaps - estimate[:, None]
        distances = np.einsum("ir,ij,jr->r", centred, inverse, centred)
        extreme = at_least(distances, float(estimate @ inverse @ estimate)).sum()
        joint = float((1 + extreme) / (1 + gaps.shape[1]))
    return GroupBootstrap(kept, gaps, intervals, two_sided_p(gaps), joint, draws - kept.shape[1])


def permutation(
    model: GroupModel, seed: int, spec: str, draws: int = 9_999
) -> GroupPermutation | None:
    """Re-assign clusters to groups, sizes kept; None for groups that cut through clusters, where it
    is not defined.

    The statistic is sum_k (b_k - m)^2 / v_k about the weighted mean m, with the coefficients and
    the cluster-robust variances of the assignment itself: (b_2 - b_1)^2 / (v_1 + v_2) for two
    groups. p = (1 + #{>=}) / (1 + R), or the share of all assignments, ties counted as extreme in
    both. Exact if clusters are alike under the null, and close to its size where groups differ in
    precision: with 10 and 21 or 6 and 25 clusters of which the few have errors three times as large
    or 0.4 of the treatment's spread, .06 to .08 at 5%, where differences that are not studentised
    reject .16 to .36; with 3 clusters so of 31, .09 to .13. Source: Chung and Romano (2013), Annals
    of Statistics 41, 484-507.
    """
    if not model.whole:
        return None
    chunks, exact = assignments(seed, spec, draws, model.strata)
    observed = float(_spread(*model.reassigned(model.strata[None, :]))[0])
    values = np.concatenate([_spread(*model.reassigned(labels)) for labels in chunks])
    kept = values[np.isfinite(values)]
    extreme = int(at_least(kept, observed).sum())
    p = extreme / len(kept) if exact else (1 + extreme) / (1 + len(kept))
    return GroupPermutation(p, observed, len(kept), len(values) - len(kept), exact)


def _spread(b: Array, variances: Array) -> Array:
    """sum_k (b_k - m)^2 / v_k (R,) about the mean m weighted by precision; b, v (K, R)."""
    mean = (b / variances).sum(axis=0) / (1 / variances).sum(axis=0)
    return np.asarray(((b - mean) ** 2 / variances).sum(axis=0))


def interaction(
    y: Array, x: Array, controls: Array, entity: Ints, time: Ints, cluster: Ints, group: Ints
) -> Wald:
    """Wald test F(K - 1, G - 1) of equal coefficients in one regression of treatment x group with
    CRV1 errors.

    Controls, entity and year effects are common to the groups; group effects enter where these do
    not absorb them. Size at 5%: 9% with 10, 9 and 12 clusters, 17% with 3 and 28.
    Raises Collinear when a column is collinear given the effects.
    """
    entity, time, group = codes(entity), codes(time), codes(group)
    dummies = (group[:, None] == np.arange(group.max() + 1)).astype(float)
    effects = dummies[:, : 0 if _nested(entity, group) or _nested(time, group) else -1]
    right = np.column_stack(
        [np.asarray(controls, float).reshape(len(y), -1), effects, x[:, None] * dummies]
    )
    fit = within_fit(y, right, entity, time, codes(cluster))
    q = int(group.max())
    contrast = np.column_stack([np.zeros((q, right.shape[1] - q - 1)), -np.ones(q), np.eye(q)])
    gaps = contrast @ fit.beta
    f = float(gaps @ np.linalg.solve(contrast @ fit.covariance @ contrast.T, gaps)) / q
    return Wald(f, q, fit.df, float(stats.f.sf(f, q, fit.df)))
