import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formula.proxies.coupling import (
    CLASSES,
    classify,
    coordination,
    couple,
    coupling_degree,
)


def subsystems(low=0.0):
    """One row of two or three subsystems in [low, 1]."""
    return (
        st.integers(2, 3)
        .flatmap(lambda m: st.lists(st.floats(low, 1), min_size=m, max_size=m))
        .map(lambda u: np.array([u]))
    )


def test_two_and_three_subsystems_by_hand():
    two = couple(np.array([[0.2, 0.8]]))
    np.testing.assert_allclose(two.degree, 2 * np.sqrt(0.16) / 1.0)
    np.testing.assert_allclose(two.development, 0.5)
    np.testing.assert_allclose(two.coordination, np.sqrt(0.8 * 0.5))
    three = couple(np.array([[0.1, 0.2, 0.4]]))
    np.testing.assert_allclose(three.degree, 3 * 0.2 / 0.7)
    np.testing.assert_allclose(three.coordination, np.sqrt(3 * 0.2 / 0.7 * 0.7 / 3))


@given(subsystems())
def test_everything_lies_in_the_unit_interval(u):
    found = couple(u)
    for value in (found.degree, found.development, found.coordination):
        assert 0 <= value[0] <= 1


def test_rounding_takes_nothing_beyond_1():
    rng = np.random.default_rng(0)
    u = np.minimum(rng.random((100_000, 1)) * (1 + 1e-9 * rng.normal(size=(100_000, 3))), 1)
    assert couple(u).degree.max() == 1
    assert couple(np.ones((1, 3))).development == 1


@given(subsystems(1e-3))
def test_the_degree_is_1_for_equal_subsystems_only(u):
    level = np.full_like(u, u[0, 0])
    assert couple(level).degree[0] == 1
    if u.max() / u.min() > 1.001:
        assert couple(u).degree[0] < 1
    np.testing.assert_allclose(
        couple(u).degree, u.shape[1] * u.prod() ** (1 / u.shape[1]) / u.sum(), rtol=1e-12
    )


@given(subsystems(1e-3), st.integers(0, 2), st.floats(1.01, 10))
def test_coordination_rises_in_every_subsystem(u, which, factor):
    better = u.copy()
    better[0, which % u.shape[1]] *= factor
    if better.max() <= 1:
        before, after = (couple(v).coordination[0] for v in (u, better))
        assert after > before


def test_nothing_at_all_is_0_and_tiny_values_do_not_vanish():
    found = couple(np.array([[0.0, 0.0], [0.0, 0.5], [1e-200, 1e-200]]))
    np.testing.assert_array_equal(found.degree, [0, 0, 1])
    np.testing.assert_array_equal(found.coordination[:2], [0, 0])


def test_the_ten_classes():
    d = np.array([0.0, 0.0999, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.8999, 0.9, 1.0])
    np.testing.assert_array_equal(classify(d), [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9])
    assert len({c.code for c in CLASSES}) == len({c.zh for c in CLASSES}) == len(CLASSES) == 10
    assert (CLASSES[0].zh, CLASSES[4].zh, CLASSES[5].zh, CLASSES[9].zh) == (
        "极度失调",
        "濒临失调",
        "勉强协调",
        "优质协调",
    )


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_a_subsystem_outside_the_unit_interval_is_named(bad):
    with pytest.raises(ValueError, match=r"subsystem 2 .* outside"):
        couple(np.array([[0.5, 0.5], [0.5, bad]]))


def test_on_grids_missing_stays_missing_and_outside_is_undefined():
    u1, u2 = np.array([[0.4, np.nan, 0.5, 1 + 4e-16]]), np.array([[0.4, 0.2, 1.5, 1.0]])
    for function, sound in ((coupling_degree, 1.0), (coordination, np.sqrt(0.4))):
        found = function([u1, u2])
        assert (
            found[0, 0] == pytest.approx(sound) and np.isnan(found[0, 1]) and np.isinf(found[0, 2])
        )
        assert found[0, 3] == 1  # a score of 1 that a sum left a bit above it


def test_other_numbers_of_subsystems_are_refused():
    with pytest.raises(ValueError, match="two or three"):
        couple(np.full((3, 4), 0.5))
