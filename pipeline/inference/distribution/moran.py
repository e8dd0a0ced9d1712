"""Spatial autocorrelation of one cross-section: global Moran and Geary with their moments.

The tests take a weight matrix w (n, n), w_ij >= 0 the weight of j for i, with a zero diagonal;
row-standardised by convention, though every formula holds for any. Permutation p-values are
two-sided, twice the smaller tail with ties counted in both, (1 + number of draws) / (1 + draws);
GeoDa and PySAL print the one tail, half of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse, stats

from pipeline.inference.distribution.checks import amounts, one_length
from pipeline.inference.draws import generator
from pipeline.inference.moments import Array, Ints

_CHUNK = 1024


@dataclass(frozen=True)
class Autocorrelation:
    """A global statistic, its mean and variance without spatial order, and the permutation p from
    `draws` draws.

    The variance supposes values in random order (given the kurtosis of the sample).
    """

    value: float
    expectation: float
    variance_randomisation: float
    p_permutation: float
    draws: int

    @property
    def z_randomisation(self) -> float:
        return float((self.value - self.expectation) / np.sqrt(self.variance_randomisation))

    @property
    def p_randomisation(self) -> float:
        """Two-sided, from the normal approximation to z_randomisation."""
        return float(2 * stats.norm.sf(abs(self.z_randomisation)))


def moran(x: ArrayLike, w: ArrayLike, seed: int, spec: str, draws: int = 9_999) -> Autocorrelation:
    """Moran's I = n z'Wz / (S0 z'z), z = x - mean, of x (n,) with weights w (n, n), n >= 4.

    Raises ValueError for missing or constant values and for weights that are not as the module
    says.
    Source: Cliff and Ord (1981), Spatial Processes, ch. 2.
    """
    z, weights = _checked(x, w)
    n, (s0, s1, s2) = len(z), _sums(weights)
    kurtosis = float(n * (z**4).sum() / (z @ z) ** 2)
    expectation = -1 / (n - 1)
    shuffled = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    shuffled -= kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    randomisation = shuffled / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expectation**2

    def statistic(columns: Array) -> Array:
        return np.asarray((columns * (weights @ columns)).sum(axis=0) * n / (s0 * (z @ z)))

    p, value = _permutation_p(z, statistic, generator(seed, f"{spec}/moran"), draws)
    return Autocorrelation(value, expectation, randomisation, p, draws)


def geary(x: ArrayLike, w: ArrayLike, seed: int, spec: str, draws: int = 9_999) -> Autocorrelation:
    """Geary's C = (n - 1) sum_ij w_ij (x_i - x_j)^2 / (2 S0 z'z): below 1 where neighbours are
    alike.

    Arguments, errors and source as `moran`.
    """
    z, weights = _checked(x, w)
    n, (s0, s1, s2) = len(z), _sums(weights)
    kurtosis = float(n * (z**4).sum() / (z @ z) ** 2)
    shuffled = (n - 1) * s1 * (n**2 - 3 * n + 3 - (n - 1) * kurtosis)
    shuffled -= (n - 1) * s2 * (n**2 + 3 * n - 6 - (n**2 - n + 2) * kurtosis) / 4
    shuffled += s0**2 * (n**2 - 3 - (n - 1) ** 2 * kurtosis)
    randomisation = shuffled / (n * (n - 2) * (n - 3) * s0**2)
    both = np.asarray(weights.sum(axis=0) + weights.sum(axis=1))

    def statistic(columns: Array) -> Array:
        differences = both @ columns**2 - 2 * (columns * (weights @ columns)).sum(axis=0)
        return np.asarray(differences * (n - 1) / (2 * s0 * (z @ z)))

    p, value = _permutation_p(z, statistic, generator(seed, f"{spec}/geary"), draws)
    return Autocorrelation(value, 1.0, randomisation, p, draws)


def _checked(x: ArrayLike, w: ArrayLike) -> tuple[Array, sparse.csr_array]:
    """Deviations from the mean (n,) and the weights, sparse, as most provinces are no
    neighbours."""
    x, w = np.asarray(x, float), np.asarray(w, float)
    n = len(x)
    if not one_length(x, least=4) or w.shape != (n, n):
        raise ValueError("spatial autocorrelation needs values (n,), n >= 4, and weights (n, n)")
    if not amounts(w) or np.diag(w).any():
        raise ValueError(
            "weights must be finite, not negative, not all zero, and zero on the diagonal"
        )
    if not np.isfinite(x).all() or np.ptp(x) <= 1e-12 * np.abs(x).max():
        raise ValueError(
            "spatial autocorrelation needs values that are all there and not all the same"
        )
    return x - x.mean(), sparse.csr_array(w)


def _sums(w: sparse.csr_array) -> tuple[float, float, float]:
    """S0 = sum w_ij, S1 = sum (w_ij + w_ji)^2 / 2, S2 = sum_i (w_i. + w_.i)^2."""
    both = w + w.T
    return (
        float(w.sum()),
        float((both.multiply(both)).sum() / 2),
        float((both.sum(axis=1) ** 2).sum()),
    )


def _permutations(n: int, rng: np.random.Generator, draws: int) -> Iterator[Ints]:
    """Permutations of 0..n-1 as rows, in arrays (<= chunk, n)."""
    for start in range(0, draws, _CHUNK):
        yield rng.permuted(np.tile(np.arange(n), (min(_CHUNK, draws - start), 1)), axis=1)


def _permutation_p(
    z: Array, statistic: Callable[[Array], Array], rng: np.random.Generator, draws: int
) -> tuple[float, float]:
    """p of the statistic of z, and the statistic, which takes columns (n, R) to (R,)."""
    value = float(statistic(z[:, None])[0])
    drawn = np.concatenate([statistic(z[order.T]) for order in _permutations(len(z), rng, draws)])
    slack = 1e-12 * max(abs(value), 1e-3)
    above, below = (drawn >= value - slack).sum(), (drawn <= value + slack).sum()
    return float(_two_sided(above, below, draws)), value


def _two_sided(above: Array, below: Array, draws: int) -> Array:
    return np.asarray(np.minimum(1.0, 2 * (1 + np.minimum(above, below)) / (1 + draws)))
