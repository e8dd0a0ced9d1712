"""Minimum detectable effects: the power just beyond them and just below, simulated by brute force.

Simulated outcomes are the effect times the regressor and paths of residuals, of whole units with
every sign, of the model with the effect, transformed by the jackknife.
"""

import numpy as np
import pandas as pd
import pytest

from pipeline.models.detectable import detectable_indirect, detectable_total, sign_vectors
from pipeline.models.prepared import prepare
from tests.models.small import (
    MODEL,
    all_signs,
    dummies,
    jackknifed,
    net,
    small_frame,
    task_of,
    wild_statistics,
)


@pytest.fixture
def frame():
    return small_frame()


def paths(frame, y, x, others):
    """Residual paths (2^8, n) of y beside x and others, each unit with every sign."""
    xt, yt = net(frame, [x, y], others).T
    residual = yt - xt * (xt @ yt) / (xt @ xt)
    design = np.hstack([frame[others].to_numpy(float), dummies(frame)])
    place = pd.factorize(frame.index.get_level_values("province"))[0]
    return all_signs(8)[:, place] * jackknifed(frame, residual, design)


def rejected(frame, y, x, others, effect):
    """Where |t| passes the 95% quantile of |t| without effect, for each path (2^8,)."""
    noise = paths(frame, y, x, others)
    critical = np.quantile(np.abs(wild_statistics(frame, noise, x, others)[2]), 0.95)
    moved = noise + effect * frame[x].to_numpy()
    beta = wild_statistics(frame, moved, x, others)[0]
    error = wild_statistics(frame, noise, x, others)[1]
    return np.abs(beta) >= critical * error


@pytest.mark.parametrize("power", [0.5, 0.8])
def test_of_the_treatment_on_the_outcome(demo, frame, power):
    prepared = prepare(task_of(demo, frame), MODEL)
    signs = sign_vectors(prepared, 256)
    np.testing.assert_array_equal(signs, all_signs(8))
    found = detectable_total(prepared, signs, power)
    assert rejected(frame, "y", "x", ["c"], found * 1.00001).mean() >= power
    assert rejected(frame, "y", "x", ["c"], found * 0.99999).mean() < power


@pytest.mark.parametrize("power", [0.5, 0.8])
def test_of_a_mechanism(demo, frame, power):
    """Both effects as many standard errors from zero; their product is a x b."""
    frame["other"] = frame["z"]
    prepared = prepare(task_of(demo, frame), MODEL, ["other", "m"])
    found = detectable_indirect(prepared, "m", all_signs(8), power)
    first, second = ("m", "x", ["c"]), ("y", "m", ["x", "c"])
    errors = [
        wild_statistics(frame, frame[[y]].to_numpy(float).T, x, others)[1][0]
        for y, x, others in (first, second)
    ]
    size = np.sqrt(found / np.prod(errors))

    def reached(times):
        sides = (
            rejected(frame, *m, times * size * e)
            for m, e in zip((first, second), errors, strict=True)
        )
        return np.logical_and(*sides).mean()

    assert reached(1.00001) >= power > reached(0.99999)


def test_draws_of_signs_are_as_many_as_asked_where_there_are_more(demo, frame):
    prepared = prepare(task_of(demo, frame), MODEL)
    signs = sign_vectors(prepared, 100)
    assert signs.shape == (100, 8) and set(np.unique(signs)) == {-1.0, 1.0}
    other = prepare(task_of(demo, frame, seed=demo.spec.seed + 1), MODEL)
    assert not np.array_equal(sign_vectors(other, 100), signs)
