"""The one rule by which estimates and effects are judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.results.effects import Effects, share_of
from pipeline.results.estimate import SIZE, Draws, Estimate, Interval

P = st.none() | st.floats(0, 1)


@given(P, P)
def test_the_test_that_few_clusters_do_not_spoil_decides_where_it_was_made(p, few):
    estimate = Estimate(0.3, p=p, few=few, test="wcr11")
    assert estimate.decides == (p if few is None else few)
    assert estimate.differs == (estimate.decides is not None and estimate.decides < SIZE)


def test_an_estimate_whose_p_is_the_size_does_not_differ():
    assert not Estimate(0.3, p=SIZE).differs and Estimate(0.3, p=SIZE - 1e-9).differs


def test_open_ends_hold_everything_on_their_side():
    assert Interval(None, 1.0).holds(-1e9) and not Interval(None, 1.0).holds(1.1)
    assert Interval(0.0, None).holds(0.0) and not Interval(0.0, None).holds(-0.1)
    assert Interval(None, None).holds(5)


def test_ends_are_those_of_the_interval_and_dropped_draws_are_counted():
    estimate = Estimate(0.3, interval=Interval(0.1, 0.5))
    assert (estimate.low, estimate.high) == (0.1, 0.5) and Estimate(0.3).low is None
    assert Draws(999, 990, 1).dropped == 9


ENDS = Interval(0.1, 0.3, "percentile")


def effects(a_p, b_p, indirect=0.2, direct=0.3, total_p=0.01, ends=ENDS):
    return Effects(
        Estimate(0.5, p=0.9, few=a_p),
        Estimate(0.4, p=b_p),
        Estimate(direct),
        Estimate(indirect, interval=ends),
        Estimate(0.5, p=total_p),
    )


@pytest.mark.parametrize(
    ("made", "reading"),
    [
        (effects(0.01, 0.02), "transmission"),
        (effects(0.01, 0.02, direct=-0.3), "suppression"),
        (effects(0.01, 0.06), "none"),
        (effects(0.06, 0.01), "none"),
        (effects(0.01, None), "none"),
        (effects(0.01, 0.02, ends=None), "withheld"),
    ],
)
def test_a_mechanism_is_read_by_both_of_its_tests(made, reading):
    assert made.reading == reading


def test_the_joint_p_is_the_larger_of_those_that_decide():
    assert effects(0.01, 0.02).joint_p == 0.02 and effects(0.01, None).joint_p is None


def test_no_share_of_a_total_that_may_be_zero():
    assert effects(0.01, 0.01).share == pytest.approx(0.4)
    assert effects(0.01, 0.01, total_p=0.2).share is None
    assert share_of(0.2, Estimate(0.4, p=0.01, few=0.2)) is None
