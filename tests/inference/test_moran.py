"""Moran and Geary against esda, and against every permutation of a small map."""

import json
from itertools import permutations

import numpy as np
import pytest

from pipeline.inference.distribution.moran import geary, local_moran, moran
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


def test_the_local_moran_of_the_states_as_esda():
    result = local_moran(*states(), seed=1, spec="test", draws=99)
    np.testing.assert_allclose(result.values, NUMBERS["local"]["values"], rtol=1e-11)
    assert result.quadrants.tolist() == NUMBERS["local"]["quadrants"]
    whole = moran(*states(), seed=1, spec="test", draws=99).value
    assert result.values.sum() == pytest.approx(47 * whole, rel=1e-12)  # S0 = n


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


@pytest.mark.parametrize("statistic", [moran, geary])
def test_the_normality_variance_by_simulation(statistic):
    rng = np.random.default_rng(4)
    _, w = small(rng)
    drawn = [statistic(rng.normal(size=6), w, 1, "test", draws=1) for _ in range(4000)]
    assert np.var([d.value for d in drawn]) == pytest.approx(drawn[0].variance_normality, rel=0.08)
    assert np.mean([d.variance_randomisation for d in drawn]) == pytest.approx(drawn[0].variance_normality, rel=0.05)


def test_local_p_is_that_of_every_order_of_the_others():
    x, w = small(np.random.default_rng(7))
    x[1] = x[2]  # ties
    z = x - x.mean()
    result = local_moran(x, w, seed=3, spec="test", draws=9_999)
    for i in range(6):
        others = np.delete(np.arange(6), i)
        every = np.array([z[i] * (w[i, others] @ z[list(order)]) for order in permutations(others)])
        own = z[i] * (w[i] @ z)
        exact = 2 * min((every >= own - 1e-12).mean(), (every <= own + 1e-12).mean())
        assert result.p[i] == pytest.approx(min(exact, 1), abs=0.03), i


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
    local = local_moran(gradient, w, 1, "t", 999)
    assert local.quadrants[0] == 3
    assert local.quadrants[-1] == 1
    assert set(local_moran(board, w, 1, "t", 99).quadrants) == {2, 4}


def test_draws_depend_on_the_seed_and_the_spec_alone():
    x, w = states()
    first = local_moran(x, w, 1, "a", 199)
    assert np.array_equal(first.p, local_moran(x, w, 1, "a", 199).p)
    assert not np.array_equal(first.p, local_moran(x, w, 2, "a", 199).p)
    assert not np.array_equal(first.p, local_moran(x, w, 1, "b", 199).p)


def test_a_unit_without_neighbours_has_no_p():
    x, w = states()
    w[5] = 0
    local = local_moran(x, w, 1, "t", 99)
    assert (local.values[5], local.quadrants[5]) == (0, 0)
    assert np.flatnonzero(np.isnan(local.p)).tolist() == [5]
    assert moran(x, w, 1, "t", 99).value == pytest.approx(loops_moran(x.tolist(), w), rel=1e-12)


def test_what_cannot_be_tested_is_refused():
    x, w = states()
    for bad, says in ((w[:5], "weights"), (-w, "negative"), (w + np.eye(48), "diagonal"), (0 * w, "all zero")):
        with pytest.raises(ValueError, match=says):
            moran(x, bad, 1, "t", 9)
    for values in (np.full(48, 0.1), np.where(x == x[0], np.nan, x)):
        with pytest.raises(ValueError, match="not all the same"):
            geary(values, w, 1, "t", 9)
