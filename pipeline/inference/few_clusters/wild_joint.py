"""Restricted wild cluster bootstrap of a joint hypothesis: several coefficients are zero at
once."""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.few_clusters.blocks import block_products
from pipeline.inference.few_clusters.wild import WildTest, weight_vectors
from pipeline.inference.moments import Array, Ints, partial_out
from pipeline.inference.ties import at_least

_CHUNK = 2048


@dataclass(frozen=True)
class JointModel:
    """Cluster quantities of a model with q tested regressors: P (G, q) scores of the restricted
    residuals, D (G, q, q) cross products, E (G, q, k) with the basis of the nuisance columns, F (G,
    k) its products with the residuals."""

    p: Array
    d: Array
    e: Array
    f: Array

    @property
    def clusters(self) -> int:
        return len(self.p)


def joint_model(
    y: Array, x: Array, controls: Array, entity: Ints, time: Ints | None, cluster: Ints
) -> JointModel:
    """Reduce a model of y (n,) on tested x (n, q), controls (n, k) and effects to cluster
    quantities."""
    z, q = partial_out(np.column_stack([y, x]), controls, entity, time)
    u, xt = z[:, 0], z[:, 1:]
    right = u[:, None]
    return JointModel(
        p=block_products(xt, right, cluster)[:, :, 0],
        d=block_products(xt, xt, cluster),
        e=block_products(xt, q, cluster),
        f=block_products(q, right, cluster)[:, :, 0],
    )


def joint_statistics(model: JointModel, v: Array) -> Array:
    """Cluster-robust Wald statistics of H0: all tested coefficients are zero, for weights v (R, G);
    no factor."""
    inverse = np.linalg.inv(model.d.sum(axis=0))
    out = np.empty(len(v))
    for at in range(0, len(v), _CHUNK):
        w = v[at : at + _CHUNK]
        total = w @ model.p
        slopes = total @ inverse
        scores = w[:, :, None] * model.p - np.einsum("hij,rj->rhi", model.d, slopes, optimize=True)
        scores -= np.einsum("hik,rk->rhi", model.e, w @ model.f, optimize=True)
        meat = np.einsum("rhi,rhj->rij", scores, scores, optimize=True)
        out[at : at + _CHUNK] = np.einsum(
            "ri,ri->r", total, np.linalg.solve(meat, total[:, :, None])[:, :, 0]
        )
    return out


def joint_test(model: JointModel, seed: int, spec: str, draws: int = 9_999) -> WildTest:
    """p-value of the joint hypothesis, ties counted; Rademacher weights, all sign vectors when they
    are few."""
    chunks, enumerated = weight_vectors(seed, spec, draws, model.clusters, "rademacher")
    sample = float(joint_statistics(model, np.ones((1, model.clusters)))[0])
    extreme = sum(int(at_least(joint_statistics(model, v), sample).sum()) for v in chunks)
    total = sum(map(len, chunks))
    return WildTest(
        extreme / total if enumerated else (1 + extreme) / (1 + total), sample, total, enumerated
    )
