"""Transitions between classes of a distribution: Markov matrices, their long run, and the matrices
given neighbours.

Rows of classes in which no move starts, as no unit stood in them before the last year, have no
probabilities: they are NaN, never zero.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, stats

from pipeline.inference.draws import generator
from pipeline.inference.moments import Array, Ints
from pipeline.inference.ties import at_least, rounding


@dataclass(frozen=True)
class Transitions:
    """counts (k, k) of moves from a row's class to a column's; probabilities (k, k), rows add to 1;
    ergodic (k,).

    The ergodic distribution is NaN where the matrix has none, or more than one (see `ergodic`).
    """

    counts: Ints
    probabilities: Array
    ergodic: Array


@dataclass(frozen=True)
class Homogeneity:
    """Are m matrices one? Likelihood ratio and Pearson statistics, df, and their chi-square p, NaN
    if df = 0."""

    likelihood_ratio: float
    pearson: float
    df: int
    p_likelihood_ratio: float
    p_pearson: float


@dataclass(frozen=True)
class PathsOverMap:
    """p of one matrix whatever the neighbours, paths handed out over the map at random; None where
    no draw could differ. `draws` of them."""

    p: float | None
    draws: int


@dataclass(frozen=True)
class SpatialMarkov:
    """Transitions of all units, those given each of m classes of the spatial lag, and the test that
    they agree."""

    all: Transitions
    given: tuple[Transitions, ...]
    test: Homogeneity


def quantile_classes(values: ArrayLike, k: int) -> tuple[Ints, Array]:
    """Classes 0..k-1 of values of any shape by their pooled quantiles, and the k - 1 cut points.

    Cuts are type-7 quantiles; a class holds its upper cut: cut_(c-1) < value <= cut_c. Equal values
    so share a class, and where many are equal classes differ in size, or are empty between equal
    cuts. NaN is class -1. Raises ValueError for k < 2, infinite values, or fewer than k values.
    """
    x = np.asarray(values, float)
    known = np.isfinite(x)
    if k < 2 or known.sum() < k or np.isinf(x).any():
        raise ValueError(f"{k} classes need k >= 2 and at least as many finite values")
    cuts = np.quantile(x[known], np.arange(1, k) / k)
    upper = cuts + rounding(x)  # a value at a cut stays below it, whatever its last bits
    return np.where(known, np.searchsorted(upper, x, side="left"), -1).astype(np.int64), cuts


def transitions(classes: ArrayLike, k: int, horizon: int = 1) -> Transitions:
    """Moves of units with classes (n, T) in consecutive years over `horizon` years; class -1
    (missing) is not counted.

    Probabilities are n_ij / n_i., the maximum likelihood estimate for moves that do not depend on
    the year.
    """
    start, end = _pairs(classes, horizon)
    return _transitions(start, end, np.ones(start.shape, bool), k)


def spatial_markov(
    classes: ArrayLike, lag_classes: ArrayLike, k: int, m: int, horizon: int = 1
) -> SpatialMarkov:
    """Transitions (k classes) given the class 0..m-1 of the spatial lag at the start; both arrays
    (n, T), -1 missing.

    Cut the lags by their own quantiles (giddy's default) or at the cuts of the values, as the table
    says. Moves without a lag class count nowhere, so that the m matrices add up to that of all.
    Source: Rey (2001), Geographical Analysis 33, 195-214.
    """
    start, end = _pairs(classes, horizon)
    lag, _ = _pairs(lag_classes, horizon)
    if lag.shape != start.shape:
        raise ValueError("classes and lag classes must have one shape (n, T)")
    given = tuple(_transitions(start, end, lag == c, k) for c in range(m))
    return SpatialMarkov(
        _transitions(start, end, lag >= 0, k), given, homogeneity([g.counts for g in given])
    )


def neighbour_means(values: Array, neighbours: NDArray[np.bool_]) -> Array:
    """Mean of the neighbours' values (n, T), of those that are there in the year; NaN where none
    is. neighbours: (n, n)."""
    known = np.isfinite(values)
    w = neighbours.astype(float)
    counts = w @ known
    lags = np.full(values.shape, np.nan)
    np.divide(w @ np.where(known, values, 0.0), counts, out=lags, where=counts > 0)
    return lags


def lag_classes(
    values: Array, classes: Ints, neighbours: NDArray[np.bool_], m: int
) -> tuple[Ints, Array]:
    """Classes 0..m-1 of the neighbours' means (n, T) of the values by their own quantiles, and the
    cuts; -1 where the unit or all its neighbours have no value."""
    lags = neighbour_means(values, neighbours)
    return quantile_classes(np.where(classes >= 0, lags, np.nan), m)


def paths_over_map(
    values: Array,
    neighbours: NDArray[np.bool_],
    k: int,
    seed: int,
    spec: str,
    draws: int = 999,
) -> PathsOverMap:
    """Test that moves between k classes of the values (n, T) do not depend on the neighbours.

    Whole paths are handed to the places of the map at random; the likelihood ratio of each draw is
    computed as that of the sample, its classes of neighbours cut anew, and p = (1 + #{>=}) / (1 +
    draws). Exact where paths are exchangeable, whatever their serial dependence: at an
    autoregression of .97 without spatial dependence, 31 provinces and 13 years, it rejects in .05
    to .07 of panels at 5%, the chi-square in .27, as a class and that of the neighbours hold the
    same units for years. Raises ValueError as `quantile_classes`.
    """
    classes, _ = quantile_classes(values, k)

    def ratio(order: Ints) -> float:
        moved = classes[order]
        lags, _ = lag_classes(values[order], moved, neighbours, k)
        start, end = _pairs(moved, 1)
        near, _ = _pairs(lags, 1)
        counts = [_counts(start, end, near == c, k) for c in range(k)]
        return _likelihood_ratio(np.array(counts, float))

    n = len(values)
    rng = generator(seed, f"{spec}/map")
    sample = ratio(np.arange(n))
    drawn = np.array([ratio(rng.permutation(n)) for _ in range(draws)])
    if np.ptp([*drawn, sample]) == 0:
        return PathsOverMap(None, draws)
    return PathsOverMap(float((1 + at_least(drawn, sample).sum()) / (1 + draws)), draws)


def homogeneity(counts: ArrayLike) -> Homogeneity:
    """Test that matrices of counts (m, k, k), of regimes or of periods, share their probabilities.

    LR = 2 sum n_ij|c ln(p_ij|c / p_ij); Pearson's Q = sum n_i|c (p_ij|c - p_ij)^2 / p_ij. Moves
    that nobody made have p_ij = 0 and do not count: df = sum_i (a_i - 1)(b_i - 1), a_i positive
    entries of row i of the pooled matrix, b_i matrices in which row i was visited. The chi-square
    is poor where expected counts are small or values persist: see `paths_over_map`.
    Source: Bickenbach and Bode (2003), International Regional Science Review 26, 363-392.
    """
    n = np.asarray(counts, float)
    pooled, rows, expected = n.sum(axis=0), n.sum(axis=2), _expected(n)
    seen = np.nan_to_num(expected) > 0
    lr = _likelihood_ratio(n)
    pearson = float(((n - expected)[seen] ** 2 / expected[seen]).sum())
    a, b = (pooled > 0).sum(axis=1), (rows > 0).sum(axis=0)
    df = int(((a - 1) * (b - 1))[a > 0].sum())
    return Homogeneity(
        lr, pearson, df, float(stats.chi2.sf(lr, df)), float(stats.chi2.sf(pearson, df))
    )


def _expected(n: Array) -> Array:
    """Counts (m, k, k) that one matrix would give, NaN in rows that nobody was in."""
    return np.asarray(n.sum(axis=2)[:, :, None] * _shares(n.sum(axis=0))[None])


def _likelihood_ratio(n: Array) -> float:
    ratio = np.divide(n, _expected(n), out=np.ones_like(n), where=n > 0)
    return float(2 * (n * np.log(ratio)).sum())


def ergodic(probabilities: ArrayLike) -> Array:
    """Stationary distribution (k,) of a transition matrix (k, k), where there is exactly one; NaN
    otherwise.

    There is one if exactly one set of classes, each reachable from the others, is never left. A
    class with a NaN row that nothing enters gets 0; one that is entered leaves the long run
    unknown: all NaN.
    Source: Kemeny and Snell (1976), Finite Markov Chains.
    """
    p = np.asarray(probabilities, float)
    k = len(p)
    known = np.isfinite(p).all(axis=1)
    nothing = np.full(k, np.nan)
    if p[np.ix_(known, ~known)].any():
        return nothing
    inner = p[np.ix_(known, known)]
    _, component = sparse.csgraph.connected_components(
        sparse.csr_array(inner > 0), connection="strong"
    )
    leaving = {
        int(component[i])
        for i, j in zip(*np.nonzero(inner), strict=True)
        if component[i] != component[j]
    }
    closed = sorted(set(component.tolist()) - leaving)
    if len(closed) != 1:
        return nothing
    members = np.flatnonzero(known)[component == closed[0]]
    system = p[np.ix_(members, members)].T - np.eye(len(members))
    system[-1] = 1.0  # the equations are dependent: the last one gives way to "shares add to 1"
    out = np.zeros(k)
    out[members] = np.linalg.solve(system, np.append(np.zeros(len(members) - 1), 1.0))
    return out


def _pairs(classes: ArrayLike, horizon: int) -> tuple[Ints, Ints]:
    c = np.asarray(classes, np.int64)
    if c.ndim != 2 or not 1 <= horizon < c.shape[1]:
        raise ValueError("transitions need classes (n, T) and a horizon from 1 to T - 1 years")
    return c[:, :-horizon], c[:, horizon:]


def _transitions(start: Ints, end: Ints, among: NDArray[np.bool_], k: int) -> Transitions:
    counts = _counts(start, end, among, k)
    shares = _shares(counts)
    return Transitions(counts, shares, ergodic(shares))


def _counts(start: Ints, end: Ints, among: NDArray[np.bool_], k: int) -> Ints:
    if max(start.max(), end.max()) >= k:
        raise ValueError(f"a class is not below {k}")
    moves = among & (start >= 0) & (end >= 0)
    return np.bincount(start[moves] * k + end[moves], minlength=k * k).reshape(k, k)


def _shares(counts: ArrayLike) -> Array:
    n = np.asarray(counts, float)
    rows = n.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(n, rows, out=np.full(n.shape, np.nan), where=rows > 0))
