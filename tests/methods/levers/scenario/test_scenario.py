"""Scenarios by hand: parts add up, gains are slopes times moves, gaps close as they should."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.methods.levers.scenario.figure import figure
from pipeline.methods.levers.scenario.spec import ScenarioMapFigure, ScenarioTable
from pipeline.methods.shown import Named, Shown
from tests.methods.estimated import TITLE, say_in, table_of, words_of

MOVES = [
    {"variable": "p1", "target": "median"},
    {"variable": "c2"},
    {"variable": "p5", "target": 0.6},
    {"variable": "information"},
    {"variable": "services", "better": "low"},
]
SPEC = ScenarioTable.model_validate(
    {"kind": "scenario", "title": TITLE, "moves": MOVES, "year": 2020, "path": [0.2, 0.2, 0.9]}
)


@pytest.fixture(scope="module")
def result(found):
    return found("tables/scenario", SPEC)


@pytest.fixture(scope="module")
def columns(result):
    return {c.variable: c for c in result.columns}


def gains_of(column):
    return np.array([gain.value for gain in column.gains.values()]), list(column.gains)


def test_parts_of_a_gain_add_up(study, columns):
    for key in ("p1", "c2", "p5"):
        column = columns[key]
        assert list(column.through) == study.spec.roles.mediators
        parts = [part.value for part in column.through.values()] + [column.direct.value]
        assert column.gain.value == pytest.approx(sum(parts), rel=1e-12)
    for key in ("information", "services"):
        assert columns[key].through == {} and columns[key].direct is None


def test_only_provinces_behind_the_target_gain(demo_panel, columns):
    aims = {
        "p1": (0.5, 1),
        "c2": (0.25, -1),
        "p5": (None, 1),
        "information": (0.75, 1),
        "services": (0.25, -1),
    }
    for key, (share, sign) in aims.items():
        column = columns[key]
        gains, codes = gains_of(column)
        value = demo_panel.frame.xs(2020, level="year").loc[codes, key].to_numpy()
        target = 0.6 if share is None else np.quantile(value, share)
        behind = sign * value < sign * target - 1e-12
        assert column.target == pytest.approx(target, rel=1e-10) and column.year == 2020
        np.testing.assert_array_equal(gains != 0, behind)
        assert column.moved == behind.sum() and 0 < column.moved < column.units == 31
        assert column.gain.value == pytest.approx(gains[behind].mean(), rel=1e-12)
        assert column.national.value == pytest.approx(gains.mean(), rel=1e-12)


def test_a_gain_is_the_slope_in_the_total_model_times_the_move(
    study, columns, rows_with, regression
):
    gains, codes = gains_of(columns["p1"])
    rows = rows_with(["p1"], study.spec.roles.mediators)
    b, _ = regression(rows, "uri", ["nqp:p1", "p1", "nqp", *study.spec.roles.controls])
    here = rows.xs(2020, level="year").loc[codes]
    step = np.maximum(0, here["p1"].median() - here["p1"])
    wanted = (b["nqp:p1"] * here["nqp"] + b["p1"]) * step
    np.testing.assert_allclose(gains, wanted, rtol=1e-8, atol=1e-14)


def test_the_path_scales_the_gain_and_the_gap_closes_by_hand(demo_panel, columns):
    for column in columns.values():
        gains, codes = gains_of(column)
        outcome = demo_panel.frame.xs(2020, level="year").loc[codes, "uri"].to_numpy()
        frontier = np.quantile(outcome, 0.75)
        short = np.maximum(0, frontier - outcome).sum()
        for step, share in zip(column.path, (0.2, 0.2, 0.9), strict=True):
            for field in ("value", "low", "high", "error"):
                wanted = share * getattr(column.gain, field)
                assert getattr(step.gain, field) == pytest.approx(wanted, rel=1e-10)
            left = np.maximum(0, frontier - outcome - share * gains).sum()
            assert step.closed.value == pytest.approx(1 - left / short, rel=1e-10)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_prints_parts_below_the_gain_and_shares_of_the_gap(study, result, language):
    table = table_of(study, result, SPEC, language)
    rows = {row.key: row for row in table.rows}
    for i, column in enumerate(result.columns):
        assert rows["moved"].cells[i].value == column.moved
        assert rows["gain"].cells[i].value == column.gain.value
        assert rows["gain/interval"].cells[i].high == column.gain.high
        assert rows["closed/3"].cells[i].value == column.path[2].closed.value
    assert rows["closed/3"].cells[0].__class__.__name__ == "Percent"
    first = result.columns[0]
    assert rows["through/information"].cells[0].value == first.through["information"].value
    assert rows["direct"].cells[3].text == ""
    assert "2020" in words_of(table)


def test_provinces_that_leave_the_support_are_named(study, result):
    outside = [replace(c, outside=[]) for c in result.columns]
    assert "Extrapolation" not in words_of(table_of(study, replace(result, columns=outside), SPEC))
    outside[1] = replace(outside[1], outside=[110000, 650000])
    told = words_of(table_of(study, replace(result, columns=outside), SPEC))
    assert f"C2: {study.unit_name(110000, 'en')}, {study.unit_name(650000, 'en')}." in told
    assert study.label("nqp", "en") in told


def test_the_map_colours_gains_in_thousandths(study, result):
    spec = ScenarioMapFigure(
        kind="scenario_map", title=TITLE, table="scenario", moves=["c2", "information"]
    )
    shown = Shown(None, {"scenario": Named("scenario", "1", SPEC, result)})
    picture = figure(shown, spec, say_in(study, SPEC))
    columns = {c.variable: c for c in result.columns}
    for axes, key in zip(picture.axes, spec.moves, strict=True):
        texts = [text.get_text().replace("−", "-") for text in axes.texts]
        drawn = dict(zip(texts[::2], texts[1::2], strict=True))
        assert drawn["BJ"] == str(round(1000 * columns[key].gains[110000].value))
        assert len(axes.patches) == 31


def test_specs_refuse_moves_that_cannot_be_made(study):
    def codes(**keys):
        table = ScenarioTable.model_validate({"kind": "scenario", "title": TITLE, **keys})
        return [f.code for f in table.problems(study, "x.toml", True)]

    one = {"variable": "p1"}
    assert codes(moves=[one]) == []
    assert codes(moves=[one, one]) == ["lever-twice"]
    assert codes(moves=[{"variable": "openness"}]) == ["unknown-move"]
    assert codes(moves=[one], year=1999) == ["sample-year"]
    assert codes(moves=[one], path=[0.5, 0.2]) == ["scenario-path"]


def test_the_map_shows_moves_of_its_table_alone(study):
    def codes(**keys):
        figure = ScenarioMapFigure(kind="scenario_map", title=TITLE, **keys)
        return [f.code for f in figure.problems(study, "x.toml", True)]

    assert codes(table="19_scenario", moves=["p1"]) == []
    assert codes(table="19_scenario", moves=["c1"]) == ["unknown-move"]
    assert codes(table="02_baseline", moves=["p1"]) == ["figure-table"]
