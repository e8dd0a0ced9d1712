"""Summary statistics: the split into between and within of Stata's xtsum, cells, refusals."""

import numpy as np
import pytest

from pipeline.methods.baseline.descriptives.spec import DescriptivesTable
from pipeline.report.table import Count, Summary
from tests.methods.estimated import TITLE, result_of, table_of, with_cells

STATISTICS = ("mean", "sd", "between", "within", "min", "median", "max")


def spec_of(*names):
    keys = {"kind": "descriptives", "title": TITLE, "variables": list(names)}
    return DescriptivesTable.model_validate(keys)


def test_a_variable_splits_into_between_and_within(demo, demo_panel):
    found = result_of(demo, demo_panel, spec_of("uri")).variables["uri"]
    x = demo_panel.frame["uri"].to_numpy().reshape(31, 13)
    wanted = {
        "mean": x.mean(),
        "sd": x.std(ddof=1),
        "between": x.mean(axis=1).std(ddof=1),
        "within": (x - x.mean(axis=1, keepdims=True)).std(ddof=1),
        "min": x.min(),
        "median": np.median(x),
        "max": x.max(),
    }
    assert found.n == 403
    assert {k: getattr(found, k) for k in STATISTICS} == pytest.approx(wanted, rel=1e-12)


def test_xtsum_of_an_unbalanced_panel_by_hand(demo, demo_panel):
    """Unit means 2 (of 1, 3) and 10 (of 10): between sqrt(32), within of -1, 1, 0 over N - 1."""
    frame = demo_panel.frame[["uri"]] * np.nan
    for key, value in {(110000, 2011): 1.0, (110000, 2012): 3.0, (120000, 2011): 10.0}.items():
        frame.loc[key, "uri"] = value
    panel = with_cells(demo_panel, {key: row["uri"] for key, row in frame.iterrows()})
    found = result_of(demo, panel, spec_of("uri")).variables["uri"]
    assert (found.n, found.median) == (3, 3.0)
    assert found.between == pytest.approx(np.sqrt(32)) and found.within == pytest.approx(1.0)


def test_a_spread_that_is_not_there_is_none_and_blank(demo, demo_panel):
    empty = dict.fromkeys(demo_panel.frame.index[1:], np.nan)
    asked = spec_of("uri")
    result = result_of(demo, with_cells(demo_panel, empty), asked)
    found = result.variables["uri"]
    assert found.n == 1 and found.sd is None and found.between is None
    assert Summary(None) in table_of(demo, result, asked).rows[0].cells


def test_rows_are_the_variables_in_the_specs_order_with_their_units(demo, demo_panel):
    asked = spec_of("nqp", "gdp", "uri")
    result = result_of(demo, demo_panel, asked)
    table = table_of(demo, result, asked)
    assert [row.key for row in table.rows] == ["nqp", "gdp", "uri"]
    assert table.rows[1].label == f"{demo.label('gdp', 'en')} ({demo.unit('gdp', 'en')})"
    assert "(" not in table.rows[0].label.removeprefix(demo.label("nqp", "en"))
    gdp = result.variables["gdp"]
    assert table.rows[1].cells == (
        Count(403),
        *(Summary(getattr(gdp, key)) for key in STATISTICS),
    )
    assert len(table.headings[0]) == len(table.rows[0].cells) == 8
    assert table_of(demo, result, asked, "zh").rows[1].label.startswith(demo.label("gdp", "zh"))
