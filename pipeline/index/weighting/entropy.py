"""Entropy weights (熵值法): an indicator counts the more, the less evenly it is spread over the
cells."""

import numpy as np

from pipeline.index.contract import Array, Context, WeightError, check_indicators
from pipeline.index.normalise import nonnegative


def checked(e: Array) -> Array:
    """The entropies e (k,) themselves, all of them in [0, 1].

    Raises WeightError for one outside. The usual mistake is the constant: with 1/ln(years) instead
    of 1/ln(cells) the entropies of 31 provinces x 10 years come out at 2.0 to 2.5, 1 - e is
    negative and the order of the weights reversed.
    """
    wrong = np.flatnonzero((e < -1e-12) | (e > 1 + 1e-12) | ~np.isfinite(e))
    if wrong.size:
        raise WeightError(
            f"its entropy is {e[wrong[0]]:.4f}, outside [0, 1]: the constant must be 1/ln(number "
            "of cells)",
            int(wrong[0]),
        )
    return e


def entropies(x: Array, shift: float) -> Array:
    """Entropy of each indicator, -(1/ln N) sum p ln p with p = (x + shift) / sum and N the number
    of cells.

    x: (N, k), not negative once shifted. Raises WeightError for a negative cell and for an entropy
    outside [0, 1].
    Source: Shannon (1948); Hwang and Yoon (1981), chapter 2. The constant is 1/ln of the number of
    cells in the sum, not of the years or the provinces.
    """
    shifted = x + shift
    negative = np.flatnonzero((shifted < 0).any(axis=0))
    if negative.size:
        raise WeightError(
            "the indicator has negative values, of which no shares can be taken", int(negative[0])
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        p = shifted / shifted.sum(axis=0)
        e = -np.where(p == 0, 0.0, p * np.log(p)).sum(axis=0) / np.log(len(p))
    return checked(np.asarray(e))


def weigh(x: Array, context: Context) -> Array:
    """Entropy weights d / sum d with d = 1 - entropy.

    x: (N, k). Columns that reach below 0 (z-scores, values below a base period's range) are first
    moved up by their minimum; min-max values are taken as they are. Raises WeightError as
    `entropies` and for a column that does not vary.
    """
    check_indicators(x)
    d = 1 - entropies(nonnegative(x), context.shift)
    return np.asarray(d / d.sum())
