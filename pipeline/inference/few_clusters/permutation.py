"""Randomisation inference: whole treatment paths permuted among the units that have a row in every
period; the others keep their own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.draws import generator
from pipeline.inference.moments import Array, Ints, orthonormal_basis, partial_out
from pipeline.inference.ties import at_least

_CHUNK = 1024


@dataclass(frozen=True)
class PermutationTest:
    """Two-sided p-value of the sharp null that the path a unit has does not matter, the estimate,
    the draws, and the number of complete units, whose paths were permuted."""

    p: float
    estimate: float
    draws: int
    complete: int


def complete_units(entity: Ints, time: Ints) -> Ints:
    """Codes of the units with a row in every period."""
    return np.flatnonzero(np.bincount(entity) == int(time.max()) + 1)


def path_coefficients(
    y: Array, x: Array, controls: Array, entity: Ints, time: Ints, orders: NDArray[np.signedinteger]
) -> tuple[Array, float]:
    """Coefficients of x under permutations (R, C) of the paths of the C complete units, and in the
    sample; cost O(C k) a permutation.

    Columns net of unit and time effects serve: what the effects take from the path of a complete
    unit is the same for all of them, so that permuting commutes with it and x'x does not change.
    M_C y is fixed; x_pi'M_C y comes from a C x C table, and so does Q'x_pi for the basis Q of the
    controls, as x_pi'M_C x_pi = x'x - |Q'x_pi|^2; units with gaps add the same to each. Raises
    ValueError where fewer than two units are complete.
    """
    units = complete_units(entity, time)
    if len(units) < 2:
        raise ValueError("paths can be permuted among units with a row in every period only")
    order = np.lexsort((time, entity))
    own = entity[order]
    z, q = _net_of_effects(np.column_stack([y, x, controls])[order], own, time[order])
    x = z[:, 1]
    # The residual outcome, then each basis vector of the controls
    basis = np.column_stack([z[:, 0] - q @ (q.T @ z[:, 0]), q])
    inside = np.isin(own, units)
    paths = x[inside].reshape(len(units), -1)
    # [j, c, i]: path of i in the place of j
    places = basis[inside].reshape(*paths.shape, -1)
    table = np.ascontiguousarray(np.einsum("it,jtc->jci", paths, places))
    kept = basis[~inside].T @ x[~inside]
    total = float(x @ x)

    def coefficients(pi: NDArray[np.signedinteger]) -> Array:
        sums = np.repeat(kept[:, None], len(pi), axis=1)
        for j, row in enumerate(table):
            sums += row.take(pi[:, j], axis=1)
        return np.asarray(sums[0] / (total - (sums[1:] ** 2).sum(axis=0)))

    chunks = [coefficients(orders[i : i + _CHUNK]) for i in range(0, len(orders), _CHUNK)]
    return np.concatenate(chunks), float(coefficients(np.arange(len(units))[None, :])[0])


def _net_of_effects(z: Array, entity: Ints, time: Ints) -> tuple[Array, Array]:
    """Columns y, x, controls (n, 2 + k) net of unit and time effects, and the orthonormal basis of
    the controls, without those of which rounding is all that is left."""
    net = partial_out(z, np.empty((len(z), 0)), entity, time)[0]
    controls, raw = net[:, 2:], z[:, 2:]
    left = np.linalg.norm(controls, axis=0) > 1e-10 * np.linalg.norm(raw, axis=0)
    return net, orthonormal_basis(controls[:, left])


def random_orders(seed: int, spec: str, draws: int, units: int) -> NDArray[np.signedinteger]:
    """Random permutations (draws, units); fewer draws are the first of more."""
    rng = generator(seed, f"{spec}/permutation")
    return np.argsort(rng.random((draws, units)), axis=1)


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
    """p-value (1 + #{|b_pi| >= |b|}) / (1 + draws).

    Raises ValueError where fewer than two units are complete or nothing is left of the treatment.
    """
    complete = len(complete_units(entity, time))
    orders = random_orders(seed, spec, draws, complete)
    permuted, estimate = path_coefficients(y, x, controls, entity, time, orders)
    if not np.isfinite(estimate):
        raise ValueError("the treatment has no variation beside the controls and the effects")
    extreme = int(at_least(np.abs(permuted), abs(estimate)).sum())
    return PermutationTest((1 + extreme) / (1 + draws), estimate, draws, complete)
