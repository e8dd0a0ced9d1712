"""Least squares over coefficients and common factors: the search behind interactive effects.

For columns Z_0 = y, Z_1.. = x (N, T) and W(b) = Z_0 - sum_k b_k Z_k, the loss of b is the
sum of the T - r smallest eigenvalues of W'W (Bai 2009, section 3). With F the r leading
eigenvectors, M the projection off F and P the one on W F, its gradient and Gauss-Newton matrix are

    g_k = tr(Z_k M W'),    H_kl = tr(Z_k M Z_l') - tr(P Z_k M Z_l')

(from the expansion of Moon and Weidner 2015, Econometrica 83), and all of it comes from the cross
products Z_a'Z_b (T, T): the cost does not depend on the number of units. Panels stand side by side
on the first axis; those that have settled leave the loop.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array, Ints

ROUNDS = 2_000
# A search has settled when the next step promises less than this share of the loss.
_SETTLED = 1e-15
# Rounding of a sum of eigenvalues.
_ROUNDING = 1e-12
# A loss below this share of the outcome's variation is no loss.
_PERFECT = 1e-20
# Share of a regressor's variation beside the factors under which it counts as none.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Search:
    """Coefficients (R, k) where the loss (R,) is least, and whether the search settled (R,)."""

    beta: Array
    loss: Array
    settled: NDArray[np.bool_]


@dataclass(frozen=True)
class _Slope:
    """Loss (R,) at a point, its gradient (R, k), the step (R, k) to the next point and the share of
    the loss (R,) that it promises; NaN where the regressors have no variation beside the
    factors."""

    loss: Array
    step: Array
    gain: Array


def search(columns: Array, factors: int) -> Search:
    """Least squares of R panels' columns (R, 1 + k, N, T), y first, with `factors` factors.

    The loss may have several minima: two starts (without factors; net of the factors that y and x
    share), of whose ends the better one counts. A panel whose regressors are collinear beside the
    factors does not settle.
    """
    size = np.sqrt((columns**2).sum(axis=(2, 3)))
    products = _cross_products(columns / size[..., None, None])
    first, second = (_descend(products, b, factors) for b in _starts(products, factors))
    lower = second.loss < first.loss * (1 - _ROUNDING)
    better = second.settled & (lower | ~first.settled)
    beta = np.where(better[:, None], second.beta, first.beta) * size[:, :1] / size[:, 1:]
    loss = np.where(better, second.loss, first.loss) * size[:, 0] ** 2
    return Search(beta, loss, first.settled | second.settled)


def _cross_products(columns: Array) -> Array:
    """Z_a'Z_b (R, q, q, T, T) of q columns (R, q, N, T)."""
    r, q, n, t = columns.shape
    flat = columns.transpose(0, 2, 1, 3).reshape(r, n, q * t)
    products = (flat.transpose(0, 2, 1) @ flat).reshape(r, q, t, q, t)
    return np.ascontiguousarray(products.transpose(0, 1, 3, 2, 4))


def _starts(products: Array, factors: int) -> tuple[Array, Array]:
    """Coefficients (R, k) without factors, and net of the leading factors of all columns."""
    size = np.trace(products, axis1=-2, axis2=-1)
    shared = np.linalg.eigh(np.trace(products, axis1=1, axis2=2))[1]
    rest = shared[:, None, None, :, : products.shape[-1] - factors]
    net = np.einsum("rabtj,rabtj->rab", products @ rest, np.broadcast_to(rest, rest.shape))
    return _least_squares(size), _least_squares(net)


def _least_squares(size: Array) -> Array:
    """Coefficients (R, k) of the first column on the others from cross products (R, q, q)."""
    inverse = np.linalg.pinv(size[:, 1:, 1:], rcond=_NOTHING, hermitian=True)
    return np.asarray((inverse @ size[:, 1:, :1])[..., 0])


def _descend(products: Array, start: Array, factors: int) -> Search:
    """Gauss-Newton from `start` (R, k); a step that does not lower the loss is halved."""
    beta, loss = start.copy(), np.full(len(start), np.inf)
    settled = np.zeros(len(start), bool)
    step = np.zeros_like(start)
    active: Ints = np.arange(len(start))
    for _ in range(ROUNDS):
        here = _slope(products[active], beta[active] + step[active], factors)
        lower = here.loss <= loss[active] * (1 + _ROUNDING) + _PERFECT
        moved, stuck = active[lower], active[~lower]
        beta[moved] += step[moved]
        loss[moved], step[moved] = here.loss[lower], here.step[lower]
        step[stuck] /= 2
        settled[moved] = here.gain[lower] < _SETTLED
        active = active[~(lower & ~(here.gain >= _SETTLED))]
        if not active.size:
            break
    return Search(beta, loss, settled)


def _slope(products: Array, beta: Array, factors: int) -> _Slope:
    """Loss and step at beta (R, k) for cross products (R, q, q, T, T)."""
    weights = np.concatenate([np.ones((len(beta), 1)), -beta], axis=1)
    of_w = np.einsum("ra,rabts->rbts", weights, products)
    values, vectors = np.linalg.eigh(np.einsum("rb,rbts->rts", weights, of_w))
    few = values.shape[1] - factors
    rest, leading = vectors[:, None, :, :few], vectors[:, None, :, few:]
    loss = values[:, :few].sum(axis=1)
    w_x = of_w[:, 1:] @ rest
    gradient = np.einsum("rktj,rktj->rk", w_x, np.broadcast_to(rest, w_x.shape))
    x_x = products[:, 1:, 1:] @ rest[:, None]
    outer = np.einsum("rabtj,rtj->rab", x_x, rest[:, 0])
    on_loadings = np.swapaxes(leading, -2, -1) @ w_x
    sizes = np.maximum(values[:, few:], _PERFECT**2)
    inner = np.einsum("rkfj,rf,rlfj->rkl", on_loadings, 1 / sizes, on_loadings)
    step = _solved(outer - inner, gradient, outer)
    gain = (step * gradient).sum(axis=1) / np.maximum(loss, _PERFECT)
    return _Slope(loss, step, np.where(loss < _PERFECT, 0.0, gain))


def _solved(matrix: Array, side: Array, whole: Array) -> Array:
    """matrix^-1 side (R, k); NaN where the matrix has next to nothing left of `whole`."""
    least = np.linalg.eigvalsh(matrix)[:, 0]
    sound = least > _NOTHING * np.trace(whole, axis1=1, axis2=2)
    safe = np.where(sound[:, None, None], matrix, np.eye(matrix.shape[1]))
    step = np.linalg.solve(safe, side[..., None])[..., 0]
    return np.where(sound[:, None], step, np.nan)
