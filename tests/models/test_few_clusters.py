"""p-values that few clusters do not spoil, over every sign vector by brute force."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pipeline.models.effects import effects
from pipeline.models.few_clusters import DRAWS, drawn, few_cluster_p
from pipeline.models.few_clusters import tested as with_few_p
from pipeline.models.prepared import prepare
from pipeline.models.replicates import replicate
from pipeline.results.estimate import Estimate
from tests.models.small import MODEL, net, regression, small_frame, task_of, wild_p

TWO_WAY = ["province", "year"]


@pytest.mark.parametrize("absorbed", [TWO_WAY, ["province"]])
@pytest.mark.parametrize("controls", [["c"], ["c", "m"], []])
def test_both_bootstraps_of_the_treatment(demo, absorbed, controls):
    frame = small_frame()
    task = task_of(demo, frame)
    model = replace(MODEL, effects=absorbed, controls=controls)
    time = "year" in absorbed
    assert few_cluster_p(task, model, "wcr11") == wild_p(frame, "y", "x", controls, time)
    wanted = wild_p(frame, "y", "x", controls, time, transformed=True)
    assert few_cluster_p(task, model, "wcr31") == wanted


def crv3_p(frame, controls, time):
    """The jackknife's p: slopes on the panel without each unit in turn."""

    def slope(part):
        y, x = net(part, ["y", "x"], controls, time).T
        return x @ y / (x @ x)

    units = frame.index.get_level_values("province").unique()
    gaps = np.array([slope(frame.drop(index=u)) for u in units]) - slope(frame)
    error = np.sqrt((len(units) - 1) / len(units) * (gaps**2).sum())
    return 2 * stats.t.cdf(-abs(slope(frame)) / error, len(units) - 1)


@pytest.mark.parametrize("absorbed", [TWO_WAY, ["province"]])
@pytest.mark.parametrize("controls", [["c"], ["c", "m"], []])
def test_the_jackknife_of_the_treatment(demo, absorbed, controls):
    frame = small_frame()
    model = replace(MODEL, effects=absorbed, controls=controls)
    found = few_cluster_p(task_of(demo, frame), model, "crv3")
    assert found == pytest.approx(crv3_p(frame, controls, "year" in absorbed), rel=1e-8)


def test_the_jackknife_of_a_unit_that_cannot_be_left_out(demo):
    """One unit alone carries the treatment: without it there is no coefficient, and no p-value."""
    frame = small_frame()
    alone = frame.index.get_level_values("province") == frame.index[0][0]
    task = task_of(demo, frame.assign(x=frame["x"].where(alone, 0.0)))
    assert few_cluster_p(task, MODEL, "crv3") is None


@pytest.mark.parametrize("absorbed", [[], ["year"]])
def test_models_without_unit_effects_have_none(demo, absorbed):
    task = task_of(demo, small_frame())
    assert few_cluster_p(task, replace(MODEL, effects=absorbed), "wcr11") is None


def test_how_many_weight_vectors_a_test_uses():
    """All sign vectors up to 16 clusters (65,536); Webb's weights are never enumerated."""
    assert (DRAWS, drawn(8), drawn(16), drawn(17)) == (99_999, 256, 65_536, 99_999)
    assert drawn(8, "webb") == 99_999


def test_an_estimate_gets_the_p_that_decides(demo):
    frame = small_frame()
    prepared = prepare(task_of(demo, frame), MODEL, ["m"])
    found = with_few_p(prepared, "y", "m", ["x", "c"], Estimate(0.5, 0.1, p=0.01))
    assert (found.value, found.error, found.p, found.test) == (0.5, 0.1, 0.01, "wcr11")
    assert found.few == wild_p(frame, "y", "m", ["x", "c"])


def test_the_effects_of_a_mechanism(demo):
    """M on X; Y on M and X; Y on X: coefficients and errors by dummies, p by brute force."""
    frame = small_frame()
    frame["other"] = frame["z"] - frame["x"]
    prepared = prepare(task_of(demo, frame), MODEL, ["other", "m"])
    replicates = replicate(prepared)
    found = effects(prepared, replicates, 1)
    models = {
        "a": ("m", ["x", "c"], 0),
        "total": ("y", ["x", "c"], 0),
        "b": ("y", ["m", "x", "c"], 0),
        "direct": ("y", ["m", "x", "c"], 1),
    }
    for name, (outcome, names, place) in models.items():
        one = getattr(found, name)
        beta, errors = regression(frame, outcome, names)
        assert (one.value, one.error) == pytest.approx((beta[place], errors[place]), rel=1e-9)
        if name == "direct":
            assert one.few is None
        else:
            assert one.few == wild_p(frame, outcome, names[0], names[1:]), name
            assert one.test == "wcr11"
    assert found.indirect.value == pytest.approx(found.a.value * found.b.value)
    assert found.total.value == pytest.approx(found.direct.value + found.indirect.value)
    draws = np.sort(replicates.draws.a[1] * replicates.draws.b[1])
    low, high = np.interp(
        [0.025 * (len(draws) - 1), 0.975 * (len(draws) - 1)], range(len(draws)), draws
    )
    assert (found.indirect.low, found.indirect.high) == pytest.approx((low, high), rel=1e-12)
    assert found.indirect.error == pytest.approx(draws.std(ddof=1))
