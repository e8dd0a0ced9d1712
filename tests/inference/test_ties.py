"""What is equal by construction stays equal, whatever the last bits of the numbers are."""

import pickle

import numpy as np
import pytest

from pipeline.inference.collinear import Collinear
from pipeline.inference.distribution.ellipse import ellipse, path
from pipeline.inference.distribution.markov import quantile_classes
from pipeline.inference.intervals import bca
from pipeline.inference.moments import build_moments
from pipeline.inference.sensitivity import oster_delta
from pipeline.inference.ties import at_least, rounding
from pipeline.inference.varying.scenario import outside_support
from pipeline.inference.varying.threshold_model import candidates
from pipeline.inference.within import within_fit

BITS = 1 + 1e-15 * np.array([-3, 2, -1, 3, 0, -2])


def test_equality_counts_as_reaching_the_bar_and_nothing_else_does():
    bar = np.array([2.0, -2.0, 0.0])
    assert at_least(bar * (1 - 1e-14), bar).all() and at_least(bar * (1 + 1e-14), bar).all()
    assert not at_least(bar - 1e-6, bar).any() and at_least(bar + 1e-6, bar).all()
    assert not at_least(np.array([np.nan]), 0.0).any()
    assert rounding(np.array([np.nan, -3.0, 2.0])) == pytest.approx(3e-12)
    assert rounding(np.array([np.nan])) == 0


def test_a_value_at_a_cut_is_below_it_with_any_last_bits():
    values = np.array([1.0, 2, 2, 2, 2, 2, 2, 5, 6, 7])
    moved = values.copy()
    moved[1:7] *= BITS
    for one in (values, moved):
        classes, cuts = quantile_classes(one, 2)
        assert classes.tolist() == [0] * 7 + [1] * 3 and cuts == pytest.approx([2.0])
    assert quantile_classes(np.arange(9.0), 4)[0].tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3]


def test_thresholds_do_not_stand_between_values_that_only_rounding_tells_apart():
    cluster = np.arange(12)
    q = np.repeat([1.0, 2.0], 6)
    np.testing.assert_array_equal(candidates(q, 0.1, None, cluster), [1.0])
    q[:6] *= BITS
    np.testing.assert_array_equal(candidates(q, 0.1, None, cluster), [1 + 3e-15])


def test_draws_that_repeat_the_sample_are_not_below_it():
    draws = np.concatenate([np.linspace(-1, 3, 41), np.full(40, 1.0)])
    moved = draws.copy()
    moved[41:] *= np.tile(BITS, 7)[:40]
    without = np.array([0.9, 1.0, 1.15, 1.2])
    np.testing.assert_allclose(bca(1.0, moved, without, 0.9), bca(1.0, draws, without, 0.9))


def test_an_angle_below_a_full_turn_by_rounding_is_none():
    """Points on one meridian point north; so does a centre that moves along it."""
    for nudge in (-1e-15, 0.0, 1e-15):
        shape = ellipse([100.0, 100.0 + nudge, 100.0 - nudge, 100.0], [20.0, 30.0, 40.0, 50.0])
        assert shape.angle == pytest.approx(0.0, abs=1e-9)
    weights = np.array([[2.0, 1.0], [1.0, 2.0]])
    east = path([100.0, 100.0 - 1e-13], [20.0, 30.0], weights).bearings[0]
    assert east == pytest.approx(0.0, abs=1e-9)
    assert path([100.0, 99.0], [20.0, 30.0], weights).bearings[0] > 350


def test_the_support_is_the_same_in_any_units():
    corners = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5]])
    queries = np.array([[0.5, 1.0], [0.5, 1 + 1e-6], [0.3, 0.3], [-0.1, 0.5]])
    for scale in ([1.0, 1.0], [1e9, 1e-9], [1e-12, 3e7]):
        found = outside_support(corners * scale, queries * scale)
        assert found.tolist() == [False, True, False, True]
    flat = np.column_stack([np.arange(5.0), np.ones(5)])
    assert outside_support(flat, flat).all()


def test_controls_that_move_nothing_ask_for_infinite_selection():
    for nudge in (-1e-17, 0.0, 1e-17):
        assert oster_delta(0.3, 0.4, 0.3 + nudge, 0.4, 0.9, 1.0, 0.5, 0.5) == np.inf


def test_a_collinear_column_is_named_by_its_position():
    rng = np.random.default_rng(0)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(8), np.arange(5), indexing="ij"))
    x = rng.normal(size=(40, 3))
    x[:, 1] = 2 * x[:, 0] + time
    with pytest.raises(Collinear, match="column 1 is collinear") as found:
        within_fit(rng.normal(size=40), x, entity, time, entity)
    assert found.value.column == 1
    x[:, 2] = entity
    x[:, 1] = rng.normal(size=40)
    for options in ({}, {"whiten": False}, {"weights": rng.uniform(1, 2, 40)}):
        with pytest.raises(Collinear) as found:
            build_moments(x, entity, time, entity, **options)
        assert found.value.column == 2
    assert pickle.loads(pickle.dumps(Collinear(4))).column == 4
