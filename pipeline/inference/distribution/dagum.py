"""Dagum's decomposition of the Gini coefficient by groups, in O(n log n + n k^2) for n values in k
groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.inference.distribution.groups import grouped
from pipeline.inference.moments import Array


@dataclass(frozen=True)
class Dagum:
    """G = within + net_between + transvariation, each >= 0, of k groups in the sorted order of
    their labels.

    gini, within, net_between, transvariation: G, G_w, G_nb, G_t
    groups: (k,) labels; population, income: (k,) shares p_j of the weights and s_j of the weighted
    values
    between: (k, k) G_jh, on its diagonal G_jj; affluence: (k, k) E max(x_j - x_h, 0), x_j and x_h
    drawn from j and h
    distance: (k, k) D_jh in [0, 1], 0 on the diagonal
    Of a pair, Dagum's d_jh is the `affluence` of the richer group over the poorer one and his p_jh
    the other way round.
    """

    gini: float
    within: float
    net_between: float
    transvariation: float
    groups: NDArray[np.generic]
    population: Array
    income: Array
    between: Array
    affluence: Array
    distance: Array

    @property
    def shares(self) -> Array:
        """(3,) shares of G within groups, net between them, and of transvariation; NaN when all
        values are equal."""
        parts = np.array([self.within, self.net_between, self.transvariation])
        return parts / self.gini if self.gini > 0 else np.full(3, np.nan)


def dagum(values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None) -> Dagum:
    """Decompose the Gini coefficient of values (n,) >= 0 with labels (n,) and weights (n,) > 0
    (population; default 1).

    All means of pairs come from one sort: E max(x_j - x_h, 0) is the integral of F_h (1 - F_j), and
    with h = j it is half of Gini's mean difference. No term is negative, so that nothing cancels
    and no part can fall below zero. D_jh is 0 where j and h hold one value only. Raises ValueError
    as `grouped` does.
    Source: Dagum (1997), Empirical Economics 22, 515-531, with its D_jh = (d_jh - p_jh) / (d_jh +
    p_jh); weights of units stand for as many people with the unit's value.
    """
    data = grouped(values, groups, weights)
    k, population, income = len(data.means), data.population, data.income
    order = np.argsort(data.values, kind="stable")
    group = data.group[order]
    shares = np.zeros((len(order), k))
    shares[np.arange(len(order)), group] = data.weights[order] / data.sizes[group]
    gaps = np.diff(data.values[order])[:, None]
    below = np.cumsum(shares, axis=0)[:-1]
    above = np.cumsum(shares[::-1], axis=0)[::-1][1:]  # not 1 - below, which could be -1e-16
    affluence = above.T @ (gaps * below)
    gini = float(((below @ population) * (above @ population)) @ gaps[:, 0]) / data.mean
    apart = affluence + affluence.T
    sums = data.means[:, None] + data.means[None, :]
    between = np.divide(apart, sums, out=np.zeros((k, k)), where=sums > 0)
    distance = np.divide(
        np.abs(affluence - affluence.T), apart, out=np.zeros((k, k)), where=apart > 0
    )
    pairs = np.triu(between * (np.outer(population, income) + np.outer(income, population)), 1)
    return Dagum(
        gini=gini,
        within=float(np.diag(between) @ (population * income)),
        net_between=float((pairs * distance).sum()),
        transvariation=float((pairs * (1 - distance)).sum()),
        groups=data.labels,
        population=population,
        income=income,
        between=between,
        affluence=affluence,
        distance=distance,
    )
