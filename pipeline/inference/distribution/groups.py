"""Values of weighted units in groups, checked once for every measure that splits inequality by
groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.inference.distribution.checks import amounts, one_length
from pipeline.inference.moments import Array, Ints, codes


@dataclass(frozen=True)
class Grouped:
    """n values of units in k groups.

    values, weights: (n,); group: (n,) codes 0..k-1; labels: (k,) sorted; sizes, means: (k,) sums of
    weights and means
    population, income: (k,) shares p_j of the weights and s_j of the weighted values; mean: of all
    units
    """

    values: Array
    weights: Array
    group: Ints
    labels: NDArray[np.generic]
    sizes: Array
    means: Array
    population: Array
    income: Array
    mean: float


def grouped(values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None) -> Grouped:
    """Values (n,) >= 0, labels (n,) and weights (n,) > 0, all 1 if None.

    Raises ValueError for other shapes, missing or negative values, values that are all zero,
    weights not positive.
    """
    x = np.asarray(values, float)
    w = np.ones_like(x) if weights is None else np.asarray(weights, float)
    labels = np.asarray(groups)
    if not one_length(x, w, labels):
        raise ValueError("values, groups and weights must be arrays (n,) of one length")
    if not amounts(x):
        raise ValueError(
            "a measure of inequality needs values that are finite, not negative and not all zero"
        )
    if not (amounts(w) and w.all()):
        raise ValueError("weights must be positive")
    group = codes(labels)
    sizes = np.bincount(group, w).astype(float)
    means = np.bincount(group, w * x) / sizes
    population = sizes / sizes.sum()
    mean = float(population @ means)
    return Grouped(
        x, w, group, np.unique(labels), sizes, means, population, population * means / mean, mean
    )
