"""The restricted wild bootstrap against regressions on dummies for every sign vector."""

import numpy as np
import pandas as pd
import pytest

from pipeline.inference.few_clusters.wild import (
    invert_test,
    weight_vectors,
    wild_model,
    wild_statistics,
    wild_test,
)
from tests.models.small import all_signs, net, small_frame, wild_p
from tests.models.small import wild_statistics as by_refits

FRAME = small_frame()
UNIT = pd.factorize(FRAME.index.get_level_values("province"))[0]
YEAR = FRAME.index.get_level_values("year").to_numpy() - 2012


def model(residuals="WCR11", controls=("c",), time=True, y=None):
    own = FRAME["y"].to_numpy() if y is None else y
    x, beside = FRAME["x"].to_numpy(), FRAME[list(controls)].to_numpy()
    return wild_model(own, x, beside, UNIT, YEAR if time else None, UNIT, residuals)


@pytest.mark.parametrize("residuals", ["WCR11", "WCR31"])
@pytest.mark.parametrize("controls", [(), ("c",), ("c", "m")])
@pytest.mark.parametrize("time", [True, False])
def test_p_over_all_sign_vectors(residuals, controls, time):
    found = wild_test(model(residuals, controls, time), 1, "x", 256)
    wanted = wild_p(FRAME, "y", "x", controls, time, residuals == "WCR31")
    assert (found.p, found.draws, found.enumerated) == (wanted, 256, True)


def test_the_sample_and_every_draw():
    wanted = by_refits(FRAME, FRAME[["y"]].to_numpy().T, "x", ["c"])
    found = model()
    assert (found.estimate, found.se, found.t(0.0)) == pytest.approx([w[0] for w in wanted])
    assert found.t(0.3) == pytest.approx((found.estimate - 0.3) / found.se)
    x = net(FRAME, ["x"], ["c"])[:, 0]
    assert found.variation == pytest.approx(x @ x) and found.clusters == 8
    residual = net(FRAME, ["y"], ["c"])[:, 0]
    draws = by_refits(FRAME, all_signs(8)[:, UNIT] * residual, "x", ["c"])[2]
    np.testing.assert_allclose(wild_statistics(found, all_signs(8)), draws, rtol=1e-8)


@pytest.mark.parametrize("residuals", ["WCR11", "WCR31"])
def test_another_null_is_the_null_of_zero_for_the_outcome_less_it(residuals):
    moved = model(residuals, y=(FRAME["y"] - 0.4 * FRAME["x"]).to_numpy())
    np.testing.assert_allclose(
        wild_statistics(model(residuals), all_signs(8), 0.4),
        wild_statistics(moved, all_signs(8)),
        rtol=1e-8,
    )


@pytest.mark.parametrize("draws", [256, 200])
@pytest.mark.parametrize("alpha", [0.1, 0.3])
def test_the_interval_holds_the_nulls_that_are_not_rejected(draws, alpha):
    """p just inside and just outside of the ends, from the null imposed on the outcome."""
    chunks, every = weight_vectors(5, "x", draws, 8, "rademacher")

    def p(r):
        own = model(y=(FRAME["y"] - r * FRAME["x"]).to_numpy())
        return wild_test(own, 5, "x", draws).p

    low, high = invert_test(model(), chunks, every, alpha)
    assert low < model().estimate < high
    for end, out in ((low, -1e-4), (high, 1e-4)):
        assert p(end - out) > alpha >= p(end + out)
    found = wild_test(model(), 5, "x", draws, level=1 - alpha)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    assert wild_test(model(), 5, "x", draws).low is None


def test_an_interval_that_never_ends_is_open():
    """With three clusters no p falls to 5%: eight sign vectors have two that are extreme."""
    rows = UNIT < 3
    own = wild_model(
        FRAME["y"].to_numpy()[rows],
        FRAME["x"].to_numpy()[rows],
        np.empty((15, 0)),
        UNIT[rows],
        None,
        UNIT[rows],
    )
    found = wild_test(own, 1, "x", 8, level=0.95)
    assert (found.low, found.high) == (None, None) and found.p >= 0.25
