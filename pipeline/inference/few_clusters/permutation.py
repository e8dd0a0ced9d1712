"""Randomisation inference: whole treatment paths permuted across provinces, on balanced panels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.draws import generator
from pipeline.inference.moments import Array, Ints, demean
from pipeline.inference.ties import at_least

_CHUNK = 1024


@dataclass(frozen=True)
class PermutationTest:
    """Two-sided p-value of the sharp null that the path a province has does not matter, the
    estimate, the draws."""

    p: float
    estimate: float
    draws: int


def path_coefficients(
    y: Array, x: Array, controls: Array, entity: Ints, time: Ints, orders: NDArray[np.signedinteger]
) -> tuple[Array, float]:
    """Coefficients of x under permutations (R, G) of whole paths, and in the sample; cost O(G k) a
    permutation.

    M_C y is fixed; X_pi'M_C y comes from a G x G table, and so does Q'X_pi for the basis Q of the
    controls, as X_pi'M_C X_pi = X'X - |Q'X_pi|^2. Raises ValueError on an unbalanced panel.
    """
    g, t = int(entity.max()) + 1, int(time.max()) + 1
    if len(y) != g * t:
        raise ValueError("paths can be permuted on a balanced panel only")
    order = np.lexsort((time, entity))
    z = np.column_stack([y, x, np.asarray(controls, float).reshape(len(y), -1)])[order]
    z = demean(demean(z, np.repeat(np.arange(g), t)), np.tile(np.arange(t), g))
    q = np.linalg.qr(z[:, 2:])[0]
    yt = z[:, 0] - q @ (q.T @ z[:, 0])
    paths = z[:, 1].reshape(g, t)
    # [j, c, i]: path of i in the place of j; c = 0 with the residual outcome, then with each basis
    # vector of the controls
    basis = np.column_stack([yt, q]).reshape(g, t, -1)
    table = np.ascontiguousarray(np.einsum("it,jtc->jci", paths, basis))
    total = float((paths**2).sum())

    def coefficients(pi: NDArray[np.signedinteger]) -> Array:
        sums = table[0].take(pi[:, 0], axis=1)
        for j in range(1, g):
            sums += table[j].take(pi[:, j], axis=1)
        return np.asarray(sums[0] / (total - (sums[1:] ** 2).sum(axis=0)))

    chunks = [coefficients(orders[i : i + _CHUNK]) for i in range(0, len(orders), _CHUNK)]
    return np.concatenate(chunks), float(coefficients(np.arange(g)[None, :])[0])


def permutation_test(
    y: Array,
    x: Array,
    controls: Array,
    entity: Ints,
    time: Ints,
    seed: int,
    spec: str,
    draws: int = 9_999,
) -> PermutationTest:
    """p-value (1 + #{|b_pi| >= |b|}) / (1 + draws)."""
    g = int(entity.max()) + 1
    rng = generator(seed, f"{spec}/permutation")
    orders = np.argsort(rng.random((draws, g)), axis=1)
    permuted, estimate = path_coefficients(y, x, controls, entity, time, orders)
    if not np.isfinite(estimate):
        raise ValueError("the treatment has no variation beside the controls and the effects")
    extreme = int(at_least(np.abs(permuted), abs(estimate)).sum())
    return PermutationTest((1 + extreme) / (1 + draws), estimate, draws)
