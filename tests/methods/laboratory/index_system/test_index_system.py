"""The indicator system: weights that built the index, their intervals, what a referee would say."""

from dataclasses import replace

import pytest

from pipeline.panel.finding import Rejected
from tests.methods.estimated import cautions_of, only, result_of, table_of, words_of


def made(demo, **update):
    """The demo study with its NQP index made otherwise."""
    return replace(
        demo, indices=demo.indices | {"nqp": demo.indices["nqp"].model_copy(update=update)}
    )


def test_it_shows_the_weights_that_built_the_index(first, demo_panel):
    weights = first("index_system").weights
    for name, of in weights.items():
        built = demo_panel.weights["nqp"]["entropy"][name]
        assert of.value == pytest.approx(built, rel=1e-12) and 0 <= of.low < of.high
    assert sum(of.value for of in weights.values()) == pytest.approx(1)
    assert sum(of.interval.holds(of.value) for of in weights.values()) >= 7


@pytest.mark.parametrize("period", ["pooled", "base_year", "per_year", "expanding"])
def test_bootstrap_intervals_are_those_of_the_declared_period(demo, demo_panel, period):
    name, spec = only(demo, "index_system")
    asked = spec.model_copy(update={"draws": 99})
    result = result_of(made(demo, period=period), demo_panel, asked, name)
    assert sum(of.interval.holds(of.value) for of in result.weights.values()) >= 7
    assert result.looks_ahead == (period == "pooled")


@pytest.mark.parametrize(
    ("update", "estimated", "ahead"),
    [
        ({}, True, True),
        ({"period": "expanding"}, True, False),
        ({"weights": "equal"}, False, False),
        ({"weights": "combination", "combine": ["equal", "critic"]}, True, True),
    ],
)
def test_cautions_are_of_weights_that_the_data_decide(demo, demo_panel, update, estimated, ahead):
    name, spec = only(demo, "index_system")
    study = made(demo, **update)
    result = result_of(study, demo_panel, spec.model_copy(update={"draws": 99}), name)
    said = cautions_of(study, result, spec)
    assert ("use all years" in said) == ahead
    assert ("(Table 7) is not in the standard errors" in said) == estimated
    assert ("表7" in cautions_of(study, result, spec, "zh")) == estimated


def test_the_table_says_how_indicators_and_index_are_made(first, demo):
    _, spec = only(demo, "index_system")
    table = table_of(demo, first("index_system"), spec)
    row = next(r for r in table.rows if getattr(r, "key", "") == "rd_intensity")
    assert row.cells[0].text == "rd_expenditure / gdp" and row.cells[5].text == "nbs, yearbook"
    assert "Direction-aware min-max values; entropy weights over all years" in words_of(table)
    assert "考虑方向的极差标准化；熵值法合并全部年份" in words_of(
        table_of(demo, first("index_system"), spec, "zh")
    )
    spanned = table_of(made(demo, reference=[2011, 2015]), first("index_system"), spec)
    assert "on the range of 2011–2015" in words_of(spanned)


def test_weights_that_hardly_any_draw_admits_are_refused(demo, demo_panel):
    """Two draws in five lack the province in which alone an indicator moves, three one of two."""
    name, spec = only(demo, "index_system")
    frame = demo_panel.frame.copy()
    frame["schooling"] = 9.0
    frame.loc[110000, "schooling"] = [float(year) for year in range(13)]
    study = made(demo, weights="critic")
    result = result_of(study, replace(demo_panel, frame=frame), spec, name)
    assert 0.25 < result.draws.dropped / result.draws.asked < 0.5
    frame["rd_intensity"] = 0.02
    frame.loc[120000, "rd_intensity"] = [0.01 * year for year in range(13)]
    with pytest.raises(Rejected, match="draws of whole provinces admit weights"):
        result_of(study, replace(demo_panel, frame=frame), spec, name)
