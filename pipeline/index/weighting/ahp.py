"""Analytic hierarchy process (层次分析法): weights from pairwise judgements, refused where they
contradict each other."""

from dataclasses import dataclass

import numpy as np

from pipeline.index.contract import Array, Context, WeightError

# Mean consistency index of random reciprocal matrices of 1 to 15 items. Source: Saaty (1980), The
# Analytic Hierarchy Process, p. 21. His own later tables and others' simulations differ by up to
# 0.06.
RANDOM_INDEX = (
    0.0,
    0.0,
    0.58,
    0.90,
    1.12,
    1.24,
    1.32,
    1.41,
    1.45,
    1.49,
    1.51,
    1.48,
    1.56,
    1.57,
    1.59,
)
CONSISTENT_BELOW = 0.1


@dataclass(frozen=True, eq=False)
class Priorities:
    """Weights (k,), the largest eigenvalue of the judgements and their consistency ratio."""

    weights: Array
    eigenvalue: float
    ratio: float


def priorities(matrix: Array) -> Priorities:
    """Principal eigenvector of a reciprocal matrix and CR = (lambda - k) / (k - 1) / RI(k); CR = 0
    for k < 3.

    matrix: (k, k), how many times row i matters as much as column j. Raises WeightError if it is
    not square, positive, reciprocal (a_ij a_ji = 1 within 1e-6) or has more than 15 rows. An
    inconsistent one is returned with its ratio.
    Source: Saaty (1977), Journal of Mathematical Psychology 15, 234-281.
    """
    k = len(matrix)
    if np.shape(matrix) != (k, k) or not 1 <= k <= len(RANDOM_INDEX):
        raise WeightError(
            f"pairwise judgements need a square matrix of 1 to {len(RANDOM_INDEX)} rows"
        )
    wrong = np.argwhere(~(np.isfinite(matrix) & (matrix > 0)))
    if wrong.size:
        i, j = wrong[0]
        raise WeightError(
            f"judgement ({i + 1}, {j + 1}) is {matrix[i, j]}, not a positive number", int(i)
        )
    wrong = np.argwhere(np.abs(matrix * matrix.T - 1) > 1e-6)
    if wrong.size:
        i, j = wrong[0]
        raise WeightError(
            f"judgements ({i + 1}, {j + 1}) = {matrix[i, j]:g} and ({j + 1}, {i + 1}) = "
            f"{matrix[j, i]:g} are not reciprocal",
            int(i),
        )
    values, vectors = np.linalg.eig(matrix)
    at = int(values.real.argmax())
    # The eigenvector of a positive matrix's largest eigenvalue has one sign (Perron).
    w = np.abs(vectors[:, at].real)
    largest = float(values[at].real)
    ratio = (largest - k) / (k - 1) / RANDOM_INDEX[k - 1] if k > 2 else 0.0
    return Priorities(w / w.sum(), largest, ratio)


def weigh(x: Array, context: Context) -> Array:
    """The priorities of `context.comparisons`.

    x: (N, k), only its number of columns counts. Raises WeightError as `priorities`, where the
    judgements are absent or not k x k, and where their consistency ratio is 0.1 or more.
    """
    matrix = context.comparisons
    if matrix is None or np.shape(matrix) != (x.shape[1], x.shape[1]):
        given = "none" if matrix is None else f"an array of shape {np.shape(matrix)}"
        raise WeightError(
            f"AHP needs {x.shape[1]} x {x.shape[1]} pairwise judgements and has {given}"
        )
    found = priorities(matrix)
    if found.ratio >= CONSISTENT_BELOW:
        raise WeightError(
            f"the consistency ratio of the judgements is {found.ratio:.4f}, not below "
            f"{CONSISTENT_BELOW}: they contradict "
            "each other; ask for them again"
        )
    return found.weights
