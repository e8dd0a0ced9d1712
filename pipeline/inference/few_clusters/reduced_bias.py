"""CR2, the bias-reduced cluster-robust error of one coefficient, with Bell-McCaffrey degrees of
freedom.

W is an orthonormal basis of all columns net of the absorbed effects, its first column the treatment
net of the others divided by its norm sqrt(S). With C_g = W_g'W_g and q_g the first column of
(I - C_g)^(-1/2), the adjusted treatment of cluster g is

    a_g = (I - W_g W_g')^(-1/2) x~_g / S = W_g q_g / sqrt(S),

so that cross products per cluster are enough: V = sum_g (a_g'u_g)^2. Were the errors independent
with unit variance, V would be a quadratic form in them whose eigenvalues are those of

    Omega = diag(a_g'a_g) - (a'W)(a'W)',

and Satterthwaite's degrees of freedom are (tr Omega)^2 / tr(Omega^2). The inverse root is a
generalised one: a control that a cluster alone identifies is left out. Effects nested in the
clusters may be absorbed before, as a_g and the residuals are orthogonal to them.
Source: Bell and McCaffrey (2002); Pustejovsky and Tipton (2018), with theorem 2 as corrected.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.few_clusters.blocks import block_products
from pipeline.inference.few_clusters.net import Net
from pipeline.inference.moments import Array, Ints

# Eigenvalues of I - C_g below this are directions that the cluster alone identifies, and the part
# of the treatment in them that is more than rounding.
_SINGULAR = 1e-10
_PART = 1e-6


@dataclass(frozen=True)
class ReducedBias:
    """The estimate, its CR2 error, the degrees of freedom of its t distribution, and the clusters'
    parts (G,) in the error, the root of the sum of their squares."""

    estimate: float
    se: float
    df: float
    scores: Array


def reduced_bias(net: Net, cluster: Ints) -> ReducedBias:
    """CR2 and Bell-McCaffrey degrees of freedom of a model's coefficient, clusters 0..G-1 (n,).

    Units lie within clusters. The error and the degrees of freedom are NaN where one cluster alone
    identifies the coefficient.
    """
    size = float(np.linalg.norm(net.x))
    w = np.column_stack([net.x / size, net.basis])
    residuals = net.y - net.estimate * net.x
    blocks = block_products(w, w, cluster)
    q = _adjusted(blocks)
    scores = (q * block_products(w, residuals[:, None], cluster)[:, :, 0]).sum(axis=1)
    projected = np.einsum("gij,gj->gi", blocks, q)
    omega = np.diag((q * projected).sum(axis=1)) - projected @ projected.T
    error = float(np.linalg.norm(scores)) / size
    df = float(np.trace(omega) ** 2 / (omega**2).sum())
    return ReducedBias(net.estimate, error, df, scores / size)


def _adjusted(blocks: Array) -> Array:
    """First columns (G, k) of the generalised inverse roots of I - C_g; NaN where the coefficient
    is not identified without the cluster, which is where the treatment has a part in the kernel."""
    values, vectors = np.linalg.eigh(np.eye(blocks.shape[1]) - blocks)
    usable = values > _SINGULAR
    first = vectors[:, 0, :] * usable
    roots = first / np.sqrt(np.where(usable, values, 1.0))
    alone = (first**2).sum(axis=1) < 1 - _PART
    roots[alone] = np.nan
    return np.asarray((vectors @ roots[:, :, None])[:, :, 0])
