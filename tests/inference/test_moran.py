"""Moran and Geary against esda, and against every permutation of a small map."""

import json
from itertools import permutations

import numpy as np
import pytest

from pipeline.inference.distribution.moran import geary, moran
from tests.conftest import ROOT

NUMBERS = json.loads((ROOT / "tests/reference/moran/numbers.json").read_text())


def states():
    """Income of 48 states and their row-standardised contiguity."""
    w = np.zeros((48, 48))
    for i, neighbours in enumerate(NUMBERS["neighbours"]):
        w[i, neighbours] = 1 / len(neighbours)
    return np.array(NUMBERS["income"]), w


def small(rng, n=6):
    """A map of n units with unequal, asymmetric weights, each with a neighbour."""
    w = rng.uniform(0, 1, (n, n)) * (rng.random((n, n)) < 0.5)
    w[np.arange(n), np.arange(1, n + 1) % n] = 1.0
    np.fill_diagonal(w, 0)
    return rng.lognormal(size=n), w / w.sum(axis=1, keepdims=True)


def loops_moran(x, w):
    n, z = len(x), [v - sum(x) / len(x) for v in x]
    cross = sum(w[i][j] * z[i] * z[j] for i in range(n) for j in range(n))
    return n / np.sum(w) * cross / sum(v * v for v in z)


def loops_geary(x, w):
    n, z = len(x), [v - sum(x) / len(x) for v in x]
    differences = sum(w[i][j] * (x[i] - x[j]) ** 2 for i in range(n) for j in range(n))
    return (n - 1) / (2 * np.sum(w)) * differences / sum(v * v for v in z)


@pytest.mark.parametrize("statistic", [moran, geary])
def test_the_states_as_esda(statistic):
    result = statistic(*states(), seed=1, spec="test", draws=99)
    for name, value in NUMBERS[statistic.__name__].items():
        assert getattr(result, name) == pytest.approx(value, rel=1e-11), name


@pytest.mark.parametrize(("statistic", "loops"), [(moran, loops_moran), (geary, loops_geary)])
@pytest.mark.parametrize("case", range(3))
def test_every_permutation_of_a_small_map(statistic, loops, case):
    """Mean and randomisation variance are those of all 720 orders; the drawn p is near theirs."""
    x, w = small(np.random.default_rng(case))
    result = statistic(x, w, seed=case, spec="test", draws=9_999)
    every = np.array([loops(order, w) for order in permutations(x)])
    assert result.value == pytest.approx(every[0], rel=1e-12)
    assert result.expectation == pytest.approx(every.mean(), rel=1e-10)
    assert result.variance_randomisation == pytest.approx(every.var(), rel=1e-10)
    exact = 2 * min((every >= every[0] - 1e-12).mean(), (every <= every[0] + 1e-12).mean())
    assert result.p_permutation == pytest.approx(min(exact, 1), abs=0.03)


def test_a_gradient_and_a_chessboard():
    side = 5
    row, column = (a.ravel() for a in np.indices((side, side)))
    w = (np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1).astype(float)
    w /= w.sum(axis=1, keepdims=True)
    gradient, board = (row + column).astype(float), ((row + column) % 2).astype(float)
    assert moran(gradient, w, 1, "t", 999).p_permutation == 2 / 1000
    assert moran(gradient, w, 1, "t", 999).z_randomisation > 5
    assert geary(gradient, w, 1, "t", 999).value < 0.3
    against = moran(board, w, 1, "t", 999)
    assert against.value == pytest.approx(-1, abs=0.01)
    assert against.p_permutation == 2 / 1000


@pytest.mark.parametrize("statistic", [moran, geary])
def test_draws_depend_on_the_seed_and_the_spec_alone(statistic):
    x, w = small(np.random.default_rng(8), n=12)
    first = statistic(x, w, 1, "a", 999).p_permutation
    assert first == statistic(x, w, 1, "a", 999).p_permutation
    assert first != statistic(x, w, 2, "a", 999).p_permutation
    assert first != statistic(x, w, 1, "b", 999).p_permutation


def test_a_unit_may_be_without_neighbours():
    x, w = states()
    w[5] = 0
    assert moran(x, w, 1, "t", 99).value == pytest.approx(loops_moran(x.tolist(), w), rel=1e-12)


def test_what_cannot_be_tested_is_refused():
    x, w = states()
    for bad, says in (
        (w[:5], "weights"),
        (-w, "negative"),
        (w + np.eye(48), "diagonal"),
        (0 * w, "all zero"),
    ):
        with pytest.raises(ValueError, match=says):
            moran(x, bad, 1, "t", 9)
    for values in (np.full(48, 0.1), np.where(x == x[0], np.nan, x)):
        with pytest.raises(ValueError, match="not all the same"):
            geary(values, w, 1, "t", 9)
