"""Index uncertainty: the estimate stays, the interval moves; whose weights can be rebuilt."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.panel.finding import Rejected
from pipeline.study.schema import IndexSpec
from tests.methods.estimated import TITLE, result_of, table_of, words_of

NAME = "tables/12_index_uncertainty"


def test_the_estimates_are_those_of_the_mechanisms(found):
    total, *parts = found(NAME).quantities
    single = {m.mediator: m.second.effects for m in found("tables/03_mechanisms").mechanisms}
    assert total.value == pytest.approx(single["efficiency"].total.value, rel=1e-8)
    for q in parts:
        assert q.value == pytest.approx(single[q.mediator].indirect.value, rel=1e-8)


def test_weights_rebuilt_change_the_interval(found):
    for q in found(NAME).quantities:
        width = (q.rebuilt.high - q.rebuilt.low) / (q.fixed.high - q.fixed.low)
        assert q.ratio == pytest.approx(width)
        assert q.ratio != 1.0


def single(spec):
    """An index of its first indicator alone."""
    name, sign = next(iter(spec.indicators().items()))
    dimensions = {"d": {"label": TITLE, "indicators": {name: sign}}}
    label = {"en": "one", "zh": "一"}
    made = {"label": label, "weights": "equal", "dimensions": dimensions}
    return IndexSpec.model_validate(made)


def test_a_range_that_moves_from_draw_to_draw_is_no_uncertainty(demo, demo_panel):
    """Indices of one indicator have nothing to weigh: rebuilt intervals are the fixed ones, though
    every range is Beijing's."""
    roles = demo.spec.roles.model_copy(update={"mediators": ["efficiency"]})
    indices = {name: single(demo.indices[name]) for name in ("nqp", "uri")}
    study = replace(demo, indices=indices, spec=demo.spec.model_copy(update={"roles": roles}))
    names = [n for spec in indices.values() for n in spec.indicators()]
    frame = demo_panel.frame.copy()
    for name in names:
        frame.loc[110000, name] = (frame.loc[110000, name] + 2 * np.ptp(frame[name])).to_numpy()
    spec = demo.tables[NAME].model_copy(update={"mediators": ["efficiency"]})
    total, indirect = result_of(study, replace(demo_panel, frame=frame), spec, NAME).quantities
    assert [total.ratio, indirect.ratio] == pytest.approx([1, 1], rel=1e-6)
    assert total.rebuilt.low == pytest.approx(total.fixed.low, rel=1e-6)


def test_effects_in_sd_are_those_of_variables_net_of_effects(demo, demo_panel, found):
    total, *_ = found(NAME).quantities
    rows = demo_panel.frame[["uri", "nqp", *demo.spec.roles.controls, *demo.spec.roles.mediators]]
    net = rows.dropna()[["uri", "nqp"]]
    net = net - net.groupby("province").transform("mean")
    net = net - net.groupby("year").transform("mean")
    ratio = net["nqp"].std() / net["uri"].std()
    assert total.standardised == pytest.approx(total.value * ratio, rel=1e-8)


def test_index_weights_are_the_studys_also_where_models_lose_cells(demo, demo_panel):
    """A control with missing cells shrinks the model's sample, not the cells of the index."""
    frame = demo_panel.frame.copy()
    frame.iloc[[3, 77, 200], frame.columns.get_loc("finance")] = np.nan
    panel = replace(demo_panel, frame=frame)
    single, own = (
        result_of(demo, panel, demo.tables[n], n) for n in ("tables/03_mechanisms", NAME)
    )
    wanted = {m.mediator: m.second.effects.indirect for m in single.mechanisms}
    total, *parts = own.quantities
    assert total.value == pytest.approx(single.total.value, rel=1e-8)
    for q in parts:
        assert q.value == pytest.approx(wanted[q.mediator].value, rel=1e-8)


def test_roles_that_are_no_index_are_refused(demo, demo_panel):
    roles = demo.spec.roles.model_copy(
        update={"outcome": "schooling", "treatment": "openness", "controls": ["finance"]}
    )
    study = replace(demo, spec=demo.spec.model_copy(update={"roles": roles}))
    with pytest.raises(Rejected, match="no index among the roles"):
        result_of(study, demo_panel, demo.tables[NAME], NAME)


def test_the_table_says_both_intervals(demo, found):
    result = found(NAME)
    for language in ("en", "zh"):
        table = table_of(demo, result, demo.tables[NAME], language)
        rows = {row.key: row for row in table.rows}
        assert demo.label("uri", language) in table.headings[1][0].text
        assert rows["rebuilt"].cells[2].low == result.quantities[2].rebuilt.low
        assert rows["fixed"].cells[2].low == result.quantities[2].fixed.low
        assert "1,999" in words_of(table)
