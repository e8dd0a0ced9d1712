"""Which rule pools a number: by its name, by its type, by what each draw has."""

from dataclasses import dataclass

import pytest

from pipeline.results.effects import Effects
from pipeline.results.estimate import Estimate, Interval
from pipeline.results.pool import NotPoolable, pool, rubin
from pipeline.results.result import DataFacts, Result
from pipeline.results.rows import Fit, Regression, Rows
from pipeline.study.choices import Sample
from pipeline.study.model import Model

FACTS = DataFacts(False, {}, {})


@dataclass(frozen=True)
class Numbers(Result):
    p: float
    few: float
    joint_p: float
    p_trend: float
    power: float
    supper: float
    found: list[bool]
    count: int


@dataclass(frozen=True)
class One(Result):
    estimate: Estimate


def numbers(x, found=True, count=3):
    return Numbers(FACTS, x, x, x, x, x, x, [found], count)


def pooled(*estimates):
    return pool([One(FACTS, e) for e in estimates], 0.95).estimate


def test_names_of_p_values_take_the_median_and_other_names_the_mean():
    found = pool([numbers(0.1), numbers(0.2, False, 4), numbers(0.9, False, 4)], 0.95)
    assert (found.p, found.few, found.joint_p, found.p_trend) == (0.2, 0.2, 0.2, 0.2)
    assert (found.power, found.supper) == (pytest.approx(0.4), pytest.approx(0.4))
    assert found.found == [False] and found.count == 4


T = Interval(-1.0, 3.0, "crv1-t")
SHARE = Interval(-1.0, 3.0, "percentile")


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("other", [None, SHARE])
def test_an_interval_by_t_needs_one_in_every_draw(place, other):
    """Where a draw has none the pooled one has none; where one is of other kind it is widened."""
    terms = [Estimate(float(k), 1.0, float(k), 0.5, T) for k in range(3)]
    assert pooled(*terms).statistic == pytest.approx(1 / rubin([0, 1, 2], [1] * 3).error)
    terms[place] = Estimate(float(place), 1.0, float(place), 0.5, other)
    found = pooled(*terms)
    assert found.statistic == pytest.approx(1.0), "the mean of the draws' own"
    assert (found.interval is None) == (other is None)
    assert found.error == rubin([0, 1, 2], [1] * 3).error


def test_without_errors_in_every_draw_there_is_none():
    found = pooled(Estimate(1.0, 0.5, 2.0, 0.1), Estimate(3.0, None, 4.0, 0.2))
    assert found == Estimate(2.0, None, 3.0, pytest.approx(0.15))
    found = pooled(Estimate(1.0, statistic=2.0, few=0.2), Estimate(3.0, p=0.3))
    assert (found.statistic, found.p, found.few) == (None, None, None)


def test_an_interval_of_no_width_stays_where_it_is():
    found = pooled(
        Estimate(1.0, interval=Interval(2.0, 2.0, "wild")),
        Estimate(2.0, interval=Interval(4.0, 4.0, "wild")),
    )
    assert found.interval == Interval(3.0, 3.0, "wild")


def test_an_open_end_in_a_draw_leaves_the_estimate_without_an_interval():
    for low, high in ((None, 3.0), (0.0, None)):
        closed = Estimate(1.0, interval=Interval(0.0, 3.0, "wild"))
        assert pooled(closed, Estimate(2.0, interval=Interval(low, high, "wild"))).interval is None


def test_two_types_in_one_place_cannot_be_pooled():
    with pytest.raises(NotPoolable, match="float in one draw, another type in another"):
        pool([numbers(0.5), numbers("half")], 0.95)
    longer = Numbers(FACTS, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, [True, True], 3)
    with pytest.raises(NotPoolable, match="another number of found in another draw"):
        pool([numbers(0.1), longer], 0.95)


def test_draws_that_agree_are_the_result_itself():
    one = Estimate(2.0, 0.0, None, None, Interval(2.0, 2.0, "crv1-t"))
    assert pooled(one, one) == one


def test_rubin_of_draws_that_agree_without_error():
    found = rubin([1.0, 1.0], [0.0, 0.0], 9)
    assert (found.value, found.error, found.df, found.missing) == (1.0, 0.0, 9, 0.0)


def test_a_regressions_treatment_and_degrees():
    model = Model("y", "x", ["c"], ["province"], Sample())
    estimates = {"c": Estimate(1.0), "x": Estimate(2.0)}
    found = Regression(model, Rows(40, 8, 2012, 2016), Fit(0.5, 0.6, 1.0, 2.0), estimates)
    assert found.treatment == Estimate(2.0) and found.rows.df == 7 and found.constant is None


@pytest.mark.parametrize(
    ("indirect", "direct", "reading"),
    [(0.2, 0.3, "transmission"), (-0.2, -0.3, "transmission"), (0.2, -0.3, "suppression")],
)
def test_the_reading_turns_on_opposite_signs(indirect, direct, reading):
    sure = Estimate(1.0, p=0.001)
    product = Estimate(indirect, interval=Interval(indirect, indirect, "percentile"))
    found = Effects(sure, sure, Estimate(direct), product, Estimate(0.5, p=0.5))
    assert found.reading == reading and found.share is None and found.joint_p == 0.001
