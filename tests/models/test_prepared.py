"""A model on its common sample against regressions on dummies."""

import numpy as np
import pytest
from scipy import stats

from pipeline.models.prepared import clustered, coefficient, prepare
from pipeline.results.rows import Rows
from tests.models.small import CODES, MODEL, net, refused, regression, small_frame, task_of, told


@pytest.fixture
def frame():
    return small_frame()


def test_the_common_sample_has_every_variable_in_play(demo, frame):
    frame.loc[(110000, 2012), "m"] = np.nan
    frame.loc[(120000, 2013), "z"] = np.nan
    frame["unused"] = np.nan
    task = task_of(demo, frame)
    assert prepare(task, MODEL).rows == Rows(40, 8, 2012, 2016)
    assert prepare(task, MODEL, ["m"]).rows.observations == 39
    both = prepare(task, MODEL, ["m"], ["z"])
    assert both.rows == Rows(38, 8, 2012, 2016)
    assert both.mediators == ["m"] and both.clusters == 8 and both.right == ["x", "c"]
    assert list(both.frame) == ["y", "x", "c", "m", "z"]
    where = both.frame.index.to_frame(index=False)
    np.testing.assert_array_equal(np.array(CODES)[both.province], where["province"])
    np.testing.assert_array_equal(both.year + 2012, where["year"])


def test_columns_are_those_of_the_frame(demo, frame):
    prepared = prepare(task_of(demo, frame), MODEL)
    np.testing.assert_array_equal(prepared.column("c"), frame["c"])
    np.testing.assert_array_equal(prepared.array(["c", "y"]), frame[["c", "y"]])
    assert prepared.array([]).shape == (40, 0)


def test_a_regression_is_that_on_dummies(demo, frame):
    prepared = prepare(task_of(demo, frame.drop(index=(110000, 2014))), MODEL, ["m"])
    fitted = prepared.regress("y", ["m", "x", "c"])
    beta, errors = regression(prepared.frame, "y", ["m", "x", "c"])
    for k in range(3):
        found = coefficient(fitted, k, 0.9)
        t = beta[k] / errors[k]
        half = stats.t.ppf(0.95, 7) * errors[k]
        assert found.value == pytest.approx(beta[k], rel=1e-9)
        assert found.error == pytest.approx(errors[k], rel=1e-9)
        assert found.statistic == pytest.approx(t, rel=1e-9)
        assert found.p == pytest.approx(2 * stats.t.cdf(-abs(t), 7), rel=1e-8)
        assert (found.low, found.high) == pytest.approx((beta[k] - half, beta[k] + half), rel=1e-8)
        assert (found.interval.kind, found.few, found.test) == ("crv1-t", None, "t")


def test_moments_hold_the_coefficients_of_the_last_column(demo, frame):
    """R of the columns net of the effects: the last column's coefficients by back substitution."""
    moments = prepare(task_of(demo, frame), MODEL).moments(["c", "x", "y"])
    z = net(frame, ["c", "x", "y"], [])
    np.testing.assert_allclose(moments.factor.T @ moments.factor, z.T @ z, rtol=1e-9)
    assert moments.clusters == 8


def test_an_estimate_by_hand():
    """value 3, error 2, 4 degrees: t 1.5, p 0.2080, 2.7764 errors on either side."""
    found = clustered(-3.0, 2.0, 4, 0.95)
    assert (found.value, found.error, found.statistic) == (-3.0, 2.0, -1.5)
    assert found.p == pytest.approx(0.2080, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((-3 - 5.552890, -3 + 5.552890), abs=1e-5)


@pytest.mark.parametrize("how", ["regress", "moments"])
def test_a_collinear_variable_is_named(demo, frame, how):
    frame["twice"] = 2 * frame["x"]
    prepared = prepare(task_of(demo, frame), MODEL, extra=["twice"])
    work = {
        "regress": lambda: prepared.regress("y", ["x", "c", "twice"]),
        "moments": lambda: prepared.moments(["c", "x", "twice", "y"]),
    }[how]
    (finding,) = refused(work)
    assert told(finding) == (
        "collinear",
        "x.toml",
        "twice",
        "an exact combination of the variables before it and the effects",
        "variation of its own",
        "drop `twice` from this model, or drop the effect",
    )
