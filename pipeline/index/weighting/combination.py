"""Game-theoretic combination of weightings (博弈论组合赋权): the compromise that lies nearest to
all of them."""

from collections.abc import Mapping

import numpy as np

from pipeline.index.contract import Array, Context, Weigher, WeightError


def coefficients(vectors: Array) -> Array:
    """How much of each weight vector the compromise takes, (m,), before it is made to sum to 1.

    vectors: W (m, k), a weight vector a row. Each asks that the mixture sum_l a_l w_l come as near
    to it as its own coefficient can bring it; the derivative of |sum_l a_l w_l - w_i|^2 by a_i is 0
    where sum_l a_l w_l'w_i = w_i'w_i, which for all i is W W' a = diag(W W'). Vectors that depend
    on each other get the shortest solution.
    Source: 陈加良 (2003), 基于博弈论的组合赋权评价方法研究, 福建电脑 (9), 15-16.
    """
    gram = vectors @ vectors.T
    # Equal vectors differ by rounding: what is below 1e-12 of the largest singular value is zero.
    return np.asarray(np.linalg.lstsq(gram, np.diag(gram), rcond=1e-12)[0])


def combine(vectors: Array) -> Array:
    """Weights (k,): the vectors W (m, k) mixed in the proportions |a| / sum |a| of `coefficients`.

    The size of a coefficient counts, as in the source, so that weights stay positive. Equal weights
    always get the coefficient 0 beside one other vector, for their product with any weights is 1/k,
    their own square: nothing of them is left in the compromise.
    """
    share = np.abs(coefficients(vectors))
    return np.asarray(share @ vectors / share.sum())


def combining(registry: Mapping[str, Weigher]) -> Weigher:
    """The weighting that combines those of `registry` that `Context.combine` names, two or more.

    It raises WeightError for fewer than two names, an unknown or a repeated one, and whatever the
    combined ones raise.
    """

    def weigh(x: Array, context: Context) -> Array:
        names = context.combine
        if len(names) < 2 or len(set(names)) < len(names) or not set(names) <= set(registry):
            raise WeightError(
                f"a combination needs two or more different weightings of {', '.join(registry)}; "
                f"got {names}"
            )
        return combine(np.stack([registry[name](x, context) for name in names]))

    return weigh
