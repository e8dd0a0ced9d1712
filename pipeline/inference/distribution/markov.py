"""Transitions between classes of a distribution: Markov matrices, their long run, and the matrices
given neighbours.

Rows of classes in which no move starts, as no unit stood in them before the last year, have no
probabilities: they are NaN, never zero.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, stats

from pipeline.inference.moments import Array, Ints
from pipeline.inference.ties import rounding


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


def homogeneity(counts: ArrayLike) -> Homogeneity:
    """Test that matrices of counts (m, k, k), of regimes or of periods, share their probabilities.

    LR = 2 sum n_ij|c ln(p_ij|c / p_ij); Pearson's Q = sum n_i|c (p_ij|c - p_ij)^2 / p_ij. Moves
    that nobody made have p_ij = 0 and do not count: df = sum_i (a_i - 1)(b_i - 1), a_i positive
    entries of row i of the pooled matrix, b_i matrices in which row i was visited. The chi-square
    is poor where expected counts are small.
    Source: Bickenbach and Bode (2003), International Regional Science Review 26, 363-392.
    """
    n = np.asarray(counts, float)
    pooled, rows = n.sum(axis=0), n.sum(axis=2)
    expected = rows[:, :, None] * _shares(pooled)[None]
    seen = np.nan_to_num(expected) > 0
    ratio = np.divide(n, expected, out=np.ones_like(n), where=seen & (n > 0))
    lr = float(2 * (n * np.log(ratio)).sum())
    pearson = float(((n - expected)[seen] ** 2 / expected[seen]).sum())
    a, b = (pooled > 0).sum(axis=1), (rows > 0).sum(axis=0)
    df = int(((a - 1) * (b - 1))[a > 0].sum())
    return Homogeneity(
        lr, pearson, df, float(stats.chi2.sf(lr, df)), float(stats.chi2.sf(pearson, df))
    )


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
    moves = among & (start >= 0) & (end >= 0)
    if max(start.max(), end.max()) >= k:
        raise ValueError(f"a class is not below {k}")
    counts = np.bincount(start[moves] * k + end[moves], minlength=k * k).reshape(k, k)
    shares = _shares(counts)
    return Transitions(counts, shares, ergodic(shares))


def _shares(counts: ArrayLike) -> Array:
    n = np.asarray(counts, float)
    rows = n.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(n, rows, out=np.full(n.shape, np.nan), where=rows > 0))
