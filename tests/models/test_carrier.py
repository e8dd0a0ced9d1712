"""The unit that alone carries the treatment."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.models.carrier import carrier
from pipeline.models.linear import fit
from pipeline.panel.panel import Panel
from tests.models.small import CODES, MODEL, YEARS, small_frame

EFFECTS = [["province", "year"], ["province"], ["year"], []]


def alone(frame, code=130000):
    """The frame with a treatment that moves in one unit alone."""
    here = frame.index.get_level_values("province") == code
    return frame.assign(x=np.where(here, frame["x"], 1.0))


@pytest.mark.parametrize("effects", EFFECTS)
def test_the_unit_that_alone_moves_is_found_beside_controls_and_effects(effects):
    model = replace(MODEL, effects=effects)
    frame = small_frame()
    assert carrier(frame, model) is None
    assert carrier(alone(frame), model) == 130000
    # What controls and common years move is no variation of its own.
    moved = alone(frame).assign(x=lambda f: f["x"] + 3 * f["c"])
    assert carrier(moved, model) == 130000
    common = np.tile(np.arange(len(YEARS)) ** 2.0, len(CODES))
    years = alone(frame).assign(x=lambda f: f["x"] + common)
    assert carrier(years, model) == (130000 if "year" in effects else None)


def test_two_units_that_move_carry_it_together():
    frame = small_frame()
    here = frame.index.get_level_values("province").isin([130000, 140000])
    assert carrier(frame.assign(x=np.where(here, frame["x"], 1.0)), MODEL) is None


def test_it_is_found_where_rows_are_missing():
    frame = small_frame()
    assert carrier(alone(frame).drop(index=[(130000, 2012), (220000, 2014)]), MODEL) == 130000


def test_a_regression_holds_it():
    frame = small_frame()
    assert fit(Panel(alone(frame)), MODEL, "x", 0.95).carrier == 130000
    assert fit(Panel(frame), MODEL, "x", 0.95).carrier is None
