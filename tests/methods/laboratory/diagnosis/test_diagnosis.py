"""Contributions and obstacles: shares that add up, a province that leads everything, refusals."""

from dataclasses import replace

import pytest

from pipeline.panel.finding import Rejected
from tests.methods.estimated import only, result_of, table_of, words_of

FIRST = (110000, 2023)


def best(study, panel, cells):
    """The panel with the best values of every indicator of NQP in some cells."""
    frame = panel.frame.copy()
    for name, sign in study.indices["nqp"].indicators().items():
        values = frame[name]
        frame.loc[cells, name] = values.max() + 1 if sign == "+" else values.min() / 2
    return replace(panel, frame=frame)


def test_shares_of_score_and_shortfall_add_to_one(first):
    result = first("diagnosis")
    shares = result.indicators.values()
    for t in range(len(result.years)):
        assert sum(s.contribution[t] for s in shares) == pytest.approx(1)
        assert sum(s.obstacle[t] for s in shares) == pytest.approx(1)
    assert sum(s.first for s in shares) == 31 and not result.leaders


def test_a_province_that_leads_every_indicator_has_no_obstacle_and_is_named(demo, demo_panel):
    name, spec = only(demo, "diagnosis")
    result = result_of(demo, best(demo, demo_panel, [FIRST]), spec, name)
    assert result.leaders == [110000]
    assert sum(s.first for s in result.indicators.values()) == 30
    last = [s.obstacle[-1] for s in result.indicators.values()]
    assert sum(last) == pytest.approx(1)
    assert "without an obstacle and not counted: Beijing" in words_of(table_of(demo, result, spec))
    assert "未计入：北京" in words_of(table_of(demo, result, spec, "zh"))


def test_where_every_province_leads_there_is_no_obstacle_degree(demo, demo_panel):
    name, spec = only(demo, "diagnosis")
    cells = [(p.code, 2023) for p in demo.provinces]
    result = result_of(demo, best(demo, demo_panel, cells), spec, name)
    assert len(result.leaders) == 31
    for s in result.indicators.values():
        assert s.obstacle[-1] is None and s.first == 0 and s.obstacle[0] is not None


def test_beyond_the_best_of_a_reference_period_there_is_no_obstacle(demo, demo_panel):
    name, spec = only(demo, "diagnosis")
    index = demo.indices["nqp"].model_copy(update={"reference": [2011, 2012]})
    frame = demo_panel.frame.copy()
    for indicator, sign in index.indicators().items():  # no value below the worst of these years
        worst = frame.loc[(slice(None), [2011, 2012]), indicator]
        low, high = worst.min(), worst.max()
        frame[indicator] = frame[indicator].clip(low, None if sign == "+" else high)
    study = replace(demo, indices=demo.indices | {"nqp": index})
    result = result_of(study, replace(demo_panel, frame=frame), spec, name)
    assert not result.obstacles and not result.leaders
    table = table_of(study, result, spec)
    assert table.columns == len(spec.years) and "no obstacle degree" in words_of(table)


def test_anything_but_a_weighted_sum_is_refused(demo, demo_panel):
    name, spec = only(demo, "diagnosis")
    for update in ({"aggregate": "topsis"}, {"normalise": "zscore"}):
        index = demo.indices["nqp"].model_copy(update=update)
        study = replace(demo, indices=demo.indices | {"nqp": index})
        with pytest.raises(Rejected, match="weighted sum"):
            result_of(study, demo_panel, spec, name)
