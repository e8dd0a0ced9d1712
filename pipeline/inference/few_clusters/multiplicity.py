"""Many tests at once: step-down adjusted p-values from joint bootstrap draws."""

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array
from pipeline.inference.ties import at_least


def romano_wolf(statistics: Array, draws: Array, exact: bool = False) -> Array:
    """Step-down max-|t| adjusted p-values.

    statistics: (S,) sample t; draws: (R, S) t under the null, all hypotheses from the same draws.
    Source: Romano and Wolf (2005, 2016), p = (1 + #{max* >= |t|}) / (1 + R), monotone in the order
    of |t|; `exact` where the draws enumerate all sign vectors, p = #/R. Ties count as extreme.
    """
    size, null = np.abs(statistics), np.abs(draws)
    order = np.argsort(-size, kind="stable")
    running = np.maximum.accumulate(null[:, order[::-1]], axis=1)[
        :, ::-1
    ]  # max over this and all less extreme ones
    p = _share(at_least(running, size[order]).sum(axis=0), len(null), exact)
    return _monotone(p, order)


def westfall_young(p_values: Array, draws: Array, exact: bool = False) -> Array:
    """Step-down min-p adjusted p-values.

    p_values: (S,) bootstrap p of each hypothesis; draws: (R, S) t under the null, turned into
    p-values by their rank.
    Source: Westfall and Young (1993), algorithm 2.8.
    """
    ranks = _p_of_draws(draws)
    order = np.argsort(p_values, kind="stable")
    running = np.minimum.accumulate(ranks[:, order[::-1]], axis=1)[:, ::-1]
    p = _share((running <= np.asarray(p_values)[order] * (1 + 1e-9)).sum(axis=0), len(draws), exact)
    return _monotone(p, order)


def minp_level(draws: Array, size: float) -> float:
    """The single level at which the smallest of S p-values falls with probability `size` when all
    hypotheses are true.

    draws: (R, S) t under the null. What a single test must reach for the min-p adjustment to call
    it significant.
    """
    return float(np.quantile(_p_of_draws(draws).min(axis=1), size, method="lower"))


def _p_of_draws(draws: Array) -> Array:
    """p-value (R, S) of every draw among all draws of its hypothesis, ties counted as extreme."""
    null = np.abs(draws)
    ranks = np.empty_like(null)
    for j, column in enumerate(null.T):
        ordered = np.sort(column)
        ranks[:, j] = (
            len(null) - np.searchsorted(ordered, column * (1 - 1e-9), side="left")
        ) / len(null)
    return ranks


def _share(extreme: NDArray[np.signedinteger], draws: int, exact: bool) -> Array:
    """p-values from counts: the draws are all there are (`exact`), or a sample that the data
    join."""
    return np.asarray(extreme / draws if exact else (1 + extreme) / (1 + draws))


def _monotone(p: Array, order: NDArray[np.signedinteger]) -> Array:
    out = np.empty_like(p)
    out[order] = np.maximum.accumulate(p)
    return out
