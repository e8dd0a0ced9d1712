"""The indicators of an index out of the panel, and estimates in other units."""

import numpy as np
import pandas as pd
import pytest

from pipeline.index.build import Choice
from pipeline.models.indicators import (
    choice_of,
    column_of,
    indicators_of,
    scaled,
    standard_ratio,
    weighings_of,
)
from pipeline.panel.panel import Panel
from pipeline.results.estimate import Estimate, Interval
from tests.models.small import MODEL, small_frame, task_of


def test_an_indexs_choices(demo):
    nqp = demo.indices["nqp"]
    assert choice_of(nqp) == Choice("entropy", "pooled", "linear")
    other = nqp.model_copy(
        update={"weights": "combination", "period": "per_year", "aggregate": "topsis"}
    )
    assert choice_of(other) == Choice("combination", "per_year", "topsis")
    assert weighings_of(nqp) == {"entropy"}
    assert weighings_of(other.model_copy(update={"combine": ["ahp", "critic"]})) == {
        "ahp",
        "critic",
    }


def test_indicators_are_read_from_the_panel_with_their_signs(demo):
    """Two of three units and years; min-max of a negative indicator is 1 - min-max."""
    names = list(demo.indices["nqp"].indicators())
    keys = pd.MultiIndex.from_product([[110000, 120000], [2011, 2012]], names=["province", "year"])
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.uniform(1, 2, (4, len(names))), keys, names)
    task = task_of(demo, frame, years=[2011, 2012])
    found = indicators_of(task, "nqp")
    assert found.names == names and found.whole.shape == (2, 2) and found.base_year == 2011
    share = (frame - frame.min()) / (frame.max() - frame.min())
    share["energy_intensity"] = 1 - share["energy_intensity"]
    np.testing.assert_allclose(found.x, share, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(found.context.years, [2011, 2012, 2011, 2012])
    one = indicators_of(task, "nqp", demo.indices["nqp"].model_copy(update={"shift": 0.5}))
    assert (one.context.shift, found.context.shift) == (0.5, 1e-4)
    scores = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert column_of(task, scores).to_dict() == dict(zip(keys, [1, 2, 3, 4], strict=True))


def test_standard_deviations_are_over_the_models_rows():
    frame = small_frame()
    frame.iloc[7, frame.columns.get_loc("c")] = np.nan
    used = frame.drop(index=frame.index[7])
    found = standard_ratio(Panel(frame), MODEL, "x")
    n = len(used)
    sums = [((used[v] - used[v].sum() / n) ** 2).sum() for v in ("x", "y")]
    assert found == pytest.approx(np.sqrt(sums[0] / sums[1]), rel=1e-12)


def test_units_change_numbers_and_no_test():
    found = scaled(Estimate(2.0, 0.5, 4.0, 0.01, Interval(1.0, 3.0, "crv1-t"), 0.02, "wcr11"), 3)
    wanted = Estimate(6.0, 1.5, 4.0, 0.01, Interval(3.0, 9.0, "crv1-t"), 0.02, "wcr11")
    assert found == wanted
    assert scaled(Estimate(2.0), 3) == Estimate(6.0)
    open_end = scaled(Estimate(2.0, interval=Interval(None, 3.0, "wild")), 2)
    assert open_end.interval == Interval(None, 6.0, "wild")
