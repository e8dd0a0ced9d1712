"""Theil's T, split exactly into inequality between groups and within them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from pipeline.inference.distribution.groups import grouped
from pipeline.inference.moments import Array


@dataclass(frozen=True)
class Theil:
    """T = between + within of k groups in the sorted order of their labels.

    groups: (k,) labels; population, income: (k,) shares p_j of the weights and s_j of the weighted
    values
    of_group: (k,) T_j inside each group; within_parts: (k,) s_j T_j, which add up to `within`
    between_parts: (k,) s_j ln(s_j / p_j), which add up to `between`; below zero for a group poorer
    than the mean
    """

    total: float
    between: float
    within: float
    groups: NDArray[np.generic]
    population: Array
    income: Array
    of_group: Array
    within_parts: Array
    between_parts: Array


def theil(values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None) -> Theil:
    """Decompose Theil's T of values (n,) >= 0 with labels (n,) and weights (n,) > 0 (population;
    default 1).

    T = sum_i p_i r_i ln r_i with r_i = x_i / mean and p_i the share of the weights; in nats; 0 ln 0
    = 0; T_j of a group of zeros is 0. Raises ValueError as `grouped` does.
    Source: Theil (1967), Economics and Information Theory, ch. 4; the split by groups as in
    Shorrocks (1980).
    """
    data = grouped(values, groups, weights)
    x, w, own = data.values, data.weights, data.means[data.group]
    ratio = np.divide(x, own, out=np.zeros_like(x), where=own > 0)
    of_group = np.bincount(data.group, w * xlogy(ratio, ratio)) / data.sizes
    between_parts = xlogy(data.income, data.income / data.population)
    return Theil(
        total=float(w @ xlogy(x / data.mean, x / data.mean) / w.sum()),
        between=float(between_parts.sum()),
        within=float(data.income @ of_group),
        groups=data.labels,
        population=data.population,
        income=data.income,
        of_group=of_group,
        within_parts=data.income * of_group,
        between_parts=between_parts,
    )
