"""What bootstrap draws of whole units are good for, and when nothing is made of them."""

import numpy as np
import pytest

from pipeline.inference.draws import enough
from pipeline.models.bootstrap import Bootstrap, bootstrap_of, joined
from pipeline.models.effects import effects
from pipeline.models.prepared import prepare
from pipeline.models.replicates import replicate
from pipeline.results.estimate import MINIMUM_CLUSTERS, Draws
from tests.models.small import CODES, MODEL, small_frame, task_of


def test_a_bootstrapped_quantity_by_hand():
    """Draws 0 to 100: the 90% interval is 5 to 95, the error their SD with n - 1."""
    found = Bootstrap(Draws(101, 101, 1), 0.9).estimate(40.0, np.arange(101.0))
    assert (found.value, found.low, found.high) == (40.0, pytest.approx(5), pytest.approx(95))
    assert found.error == pytest.approx(np.sqrt(101 * 102 / 12))
    assert found.interval.kind == "percentile"
    assert (found.statistic, found.p, found.few) == (None, None, None)


def withheld(demo, frame, kept=None):
    prepared = prepare(task_of(demo, frame), MODEL, ["m"])
    return bootstrap_of(prepared, np.ones(100, bool) if kept is None else kept).withheld


def of_units(count):
    return small_frame(CODES[:count])


def test_fewer_units_than_the_measured_minimum_have_no_interval(demo):
    assert withheld(demo, of_units(MINIMUM_CLUSTERS)) is None
    assert withheld(demo, of_units(MINIMUM_CLUSTERS - 1)) == "few-clusters"


def test_a_twentieth_of_the_draws_may_be_dropped(demo):
    kept = np.arange(100) >= 5
    assert withheld(demo, of_units(8), kept) is None
    assert withheld(demo, of_units(8), kept & (np.arange(100) < 99)) == "dropped-draws"


def test_a_treatment_that_one_unit_alone_carries_has_no_interval(demo):
    frame = of_units(8)
    here = frame.index.get_level_values("province") == CODES[2]
    assert withheld(demo, frame.assign(x=np.where(here, frame["x"], 1.0))) == "carrier"


def test_what_is_withheld_is_a_value_alone():
    boot = Bootstrap(Draws(100, 100, 1, "few-clusters"), 0.9)
    found = boot.estimate(2.0, np.arange(100.0))
    assert (found.value, found.error, found.interval) == (2.0, None, None)
    interval = boot.interval(np.arange(100.0))
    assert (interval.low, interval.high, interval.kind) == (None, None, "percentile")


def test_several_samples_have_the_fewest_draws_and_the_first_reason():
    few, lost = Draws(9, 8, 1, "few-clusters"), Draws(9, 2, 1, "dropped-draws")
    assert joined([Draws(9, 9, 1), Draws(9, 7, 1)]) == Draws(9, 7, 1)
    assert joined([Draws(9, 9, 1), few, lost]) == Draws(9, 2, 1, "few-clusters")


def test_draws_of_fewer_units_than_slopes_do_not_hold(demo):
    """x, c and m: three slopes."""
    weights = np.array([[8.0, 0, 0], [4, 4, 0], [3, 3, 2]])
    assert enough(weights, 3).tolist() == [False, False, True]
    found = replicate(prepare(task_of(demo, of_units(4), draws=400), MODEL, ["m"]))
    assert found.record.dropped > 0.2 * 400 and found.record.withheld == "few-clusters"


@pytest.mark.parametrize("units", [4, 5])
def test_a_handful_of_units_is_not_read(demo, units):
    """However strong a and b are."""
    frame, noise = of_units(units), small_frame(CODES[:units], seed=11)
    frame = frame.assign(m=9 * frame["x"] + 0.1 * noise["m"])
    frame = frame.assign(y=9 * frame["m"] + frame["x"] + 0.1 * noise["y"])
    prepared = prepare(task_of(demo, frame, draws=200), MODEL, ["m"])
    own = effects(prepared, replicate(prepared), 0)
    assert own.indirect.interval is None and own.indirect.error is None
    assert own.reading == "withheld"
