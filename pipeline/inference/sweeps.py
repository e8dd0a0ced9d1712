"""Elimination of many small symmetric matrices at once.

A stack of R matrices (m, m) is held as the rows of its upper triangle: rows[i][j - i] is the array
(R,) of entry (i, j), so that a step of the elimination is one vector operation over all matrices.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = list[list[Array]]


def rows_of(s: Array) -> Rows:
    """The upper triangle of S (m, m, R) as rows."""
    m = s.shape[0]
    return [[s[i, j] for j in range(i, m)] for i in range(m)]


def matrix_of(rows: Rows, draws: int) -> Array:
    """The inverse of `rows_of`, shape (m, m, R), for R draws."""
    m = len(rows)
    s = np.empty((m, m, draws))
    for i in range(m):
        for j in range(i, m):
            s[i, j] = s[j, i] = rows[i][j - i]
    return s


def sweep(rows: Rows, pivot: Array) -> Rows:
    """Eliminate the first column: the upper triangle of the Schur complement."""
    first = rows[0]
    for i in range(1, len(rows)):
        share = first[i] / pivot
        for j in range(i, len(rows)):
            rows[i][j - i] = rows[i][j - i] - share * first[j]
    return rows[1:]


def eliminate_rows(rows: Rows, order: int) -> tuple[Array, Array, Array]:
    """Sweep the first `order` columns out: coefficients (order, m - order, R), remainder
    (m - order, m - order, R) and smallest pivot (R,)."""
    draws = rows[0][0].shape[0]
    smallest = np.full(draws, np.inf)
    pivot_rows: Rows = []
    for _ in range(order):
        pivot = rows[0][0]
        smallest = np.minimum(smallest, pivot)
        safe = np.where(pivot > 0, pivot, np.nan)
        pivot_rows.append([x / safe for x in rows[0][1:]])
        rows = sweep(rows, safe)
    return _substituted(pivot_rows, len(rows), draws), matrix_of(rows, draws), smallest


def _substituted(pivot_rows: Rows, later: int, draws: int) -> Array:
    """Coefficients (order, later, R) from the rows of the pivots, by back substitution."""
    order = len(pivot_rows)
    coefficients = np.empty((order, later, draws))
    for k in range(order - 1, -1, -1):
        for c in range(later):
            value = pivot_rows[k][order - k - 1 + c].copy()
            for j in range(k + 1, order):
                value -= pivot_rows[k][j - k - 1] * coefficients[j, c]
            coefficients[k, c] = value
    return coefficients
