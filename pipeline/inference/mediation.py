"""Mediation by algebra: a, b, direct, indirect and total of every replicate from one
elimination."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array, Moments, eliminate, reduce

TOLERANCE = 1e-6


@dataclass(frozen=True)
class MediationDraws:
    """Effects of R replicates, each mediator on its own: a, b (mediators, R); total (R,).

    kept: (R,) false for collapsed replicates; jointly: (R,) false also where the mediators collapse
    on each other; rest: (mediators + 1, mediators + 1, R) residual cross products of the mediators
    and the outcome given treatment and controls; errors: (mediators, R) cluster-robust errors of
    a*b if asked.
    """

    a: Array
    b: Array
    total: Array
    kept: NDArray[np.bool_]
    jointly: NDArray[np.bool_]
    rest: Array
    errors: Array | None = None

    @property
    def indirect(self) -> Array:
        return self.a * self.b

    @property
    def direct(self) -> Array:
        return self.total - self.indirect

    def parallel(self) -> tuple[Array, Array]:
        """b (mediators, R) and direct (R,) of the model with all mediators; total - direct = sum_k
        a_k b_k.

        Source: Gelbach (2016): the parts do not depend on the order of entry.
        """
        k = len(self.a)
        coefficients, _, _ = eliminate(self.rest, k)
        b = coefficients[:, 0]
        return b, self.total - (self.a * b).sum(axis=0)

    def chain(self, first: int, second: int) -> dict[str, Array]:
        """Paths treatment -> first -> second -> outcome: through each alone, through both, and
        direct; they add to total."""
        s = self.rest
        slope = s[first, second] / s[first, first]
        pick = np.ix_([first, second, len(self.a)], [first, second, len(self.a)])
        b = eliminate(s[pick], 2)[0][:, 0]
        own = self.a[second] - slope * self.a[first]
        paths = {
            "first": self.a[first] * b[0],
            "second": own * b[1],
            "both": self.a[first] * slope * b[1],
        }
        return {**paths, "direct": self.total - sum(paths.values())}


def mediation_effects(
    moments: Moments, controls: int, mediators: int, weights: Array, *, errors: bool = False
) -> MediationDraws:
    """Effects for cluster weights (R, G); columns of the moments are [controls, treatment,
    mediators, outcome].

    M_k = a_k X + C + effects; Y = c'_k X + b_k M_k + C + effects; Y = c X + C + effects on one
    sample, so that c = c'_k + a_k b_k exactly. A replicate whose smallest pivot is below
    `TOLERANCE` is marked as not kept.
    """
    effects, residual, smallest = reduce(moments, weights, controls + 1)
    a, total = effects[-1, :-1], effects[-1, -1]
    variance = residual[np.arange(mediators), np.arange(mediators)]
    full = (moments.factor[controls + 1 :, controls + 1 : -1] ** 2).sum(
        axis=0
    )  # net of controls and treatment
    smallest = np.minimum(smallest, (variance / full[:, None]).min(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        b = residual[:-1, -1] / variance
    kept = smallest > TOLERANCE
    own = np.abs(np.diag(moments.factor))[controls + 1 : -1]
    _, _, joint = eliminate(residual[:-1, :-1] / np.outer(own, own)[:, :, None], mediators)
    found = MediationDraws(a, b, total, kept, kept & (joint > TOLERANCE), residual)
    if not errors:
        return found
    chunks = [
        _errors(moments, controls, mediators, weights[i : i + 512])
        for i in range(0, len(weights), 512)
    ]
    return MediationDraws(
        a, b, total, found.kept, found.jointly, residual, np.concatenate(chunks, axis=1)
    )


def _errors(moments: Moments, controls: int, mediators: int, weights: Array) -> Array:
    """Cluster-robust error of a*b in each replicate, by the delta method on the clusters'
    influences (no factor).

    The influence of cluster g on a is x~_g'e_g / x~'x~ and on b is m~_g'u_g / m~'m~, residuals of
    the replicate's own regressions; a*b moves by b times the first plus a times the second,
    covariance between the two included.
    """
    k, draws = controls + 1, len(weights)
    gamma, rest, _ = reduce(
        moments, weights, k
    )  # (k, later, R): every later column on controls and treatment
    onto, _, _ = (
        reduce(moments, weights, controls) if controls else (np.zeros((0, 1, draws)), None, None)
    )
    width = moments.columns
    x = np.zeros((width, draws))
    x[controls] = 1.0
    x[:controls] = -onto[:, 0] if controls else 0.0
    later = np.zeros((mediators + 1, width, draws))
    for c in range(mediators + 1):
        later[c, k + c] = 1.0
        later[c, :k] = -gamma[:, c]
    score = cluster_forms(moments, weights)
    x_variance = (weights.T * score(x, x)).sum(axis=0)
    out = np.empty((mediators, draws))
    for c in range(mediators):
        a, b = gamma[controls, c], rest[c, -1] / rest[c, c]
        influence_a = score(x, later[c]) / x_variance
        influence_b = score(later[c], later[-1] - b * later[c]) / rest[c, c]
        influence = b * influence_a + a * influence_b
        out[c] = np.sqrt((weights.T * influence**2).sum(axis=0))
    return out


def cluster_forms(moments: Moments, weights: Array) -> Callable[[Array, Array], Array]:
    """The function (l, r) -> (G, R): l'Z_g'Z_g r with the replicate's time effects taken out of
    both sides.

    l, r: (m, R) combinations of the data's columns.
    """
    size = moments.size
    upper = np.triu_indices(size)
    full = np.empty((moments.clusters, size, size))
    full[:, upper[0], upper[1]] = moments.packed
    full[:, upper[1], upper[0]] = moments.packed
    unwhiten = moments.factor  # Z = W R: a combination of Z is R times it of W
    if moments.year_sums is None:
        # Explicit time columns: project both sides on them within the replicate.
        s = np.einsum("rg,gij->ijr", weights, full)
        lead = moments.leading
        inverse = np.linalg.pinv(np.moveaxis(s[:lead, :lead], -1, 0), rcond=1e-10, hermitian=True)
        slopes = np.einsum("rij,jkr->ikr", inverse, s[:lead, lead:])

        def extend(side: Array) -> Array:
            white = unwhiten @ side
            return np.concatenate([-np.einsum("ikr,kr->ir", slopes, white), white])

        def with_columns(left: Array, right: Array) -> Array:
            products = np.einsum("ir,gij,jr->gr", extend(left), full, extend(right), optimize=True)
            return np.asarray(products)

        return with_columns
    sums = moments.year_sums.reshape(moments.clusters, -1, moments.columns)
    means = np.einsum("rg,gtm->tmr", weights, sums) / (weights @ moments.entities)

    def with_means(left: Array, right: Array) -> Array:
        a, b = unwhiten @ left, unwhiten @ right
        mean_a, mean_b = np.einsum("tmr,mr->tr", means, a), np.einsum("tmr,mr->tr", means, b)
        products = np.einsum("ir,gij,jr->gr", a, full, b, optimize=True)
        own_a, own_b = np.einsum("gtm,mr->gtr", sums, a), np.einsum("gtm,mr->gtr", sums, b)
        cross = np.einsum("gtr,tr->gr", own_a, mean_b) + np.einsum("gtr,tr->gr", own_b, mean_a)
        return np.asarray(
            products - cross + moments.entities[:, None] * (mean_a * mean_b).sum(axis=0)
        )

    return with_means
