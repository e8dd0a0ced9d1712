"""The panel's file, its gaps, and csv cells that no spreadsheet runs."""

import json

import numpy as np
import pandas as pd
import pytest

from pipeline.panel.csv_text import csv_text, plain_cell, safe_cell
from pipeline.panel.gaps import declared_gaps
from pipeline.panel.panel import KEYS, Panel, read_panel


def test_a_panel_comes_back_sorted(tmp_path):
    rows = {"province": [120000, 110000, 110000], "year": [2011, 2012, 2011], "v": [3.0, 2.0, 1.0]}
    pd.DataFrame(rows).to_parquet(tmp_path / "p.parquet", index=False)
    weights, filled = {"i": {"entropy": {"v": 1.0}}}, {"v": [[110000, 2012]]}
    written = Panel(pd.DataFrame(), weights, filled, {"note": "值"})
    (tmp_path / "p.json").write_text(written.metadata(), encoding="utf-8")
    panel = read_panel(tmp_path / "p.parquet", tmp_path / "p.json")
    assert list(panel.frame.index) == [(110000, 2011), (110000, 2012), (120000, 2011)]
    assert panel.frame["v"].tolist() == [1, 2, 3] and list(panel.frame.index.names) == KEYS
    assert (panel.weights, panel.filled, panel.notes) == (weights, filled, {"note": "值"})
    assert "值" in written.metadata() and json.loads(written.metadata())["filled"] == filled


@pytest.mark.parametrize(
    ("row", "longest", "ends", "filled"),
    [
        ("x..xxxx.x", 1, False, "x..xxxx#x"),
        ("x..xxxx.x", 2, False, "x##xxxx#x"),
        ("..xxx...", 8, False, "..xxx..."),
        ("..xxx...", 2, True, "##xxx..."),
        ("..xxx...", 3, True, "##xxx###"),
        ("x.x..", 1, True, "x#x.."),
        ("...", 8, True, "..."),
        ("x.x", 0, True, "x.x"),
    ],
)
def test_gaps_up_to_a_length_are_filled(row, longest, ends, filled):
    """x is observed, # is filled; the second row of the panel is whole."""
    x = np.array([[1.0 if c == "x" else np.nan for c in row], [1.0] * len(row)])
    found = declared_gaps(x, longest, ends)
    assert ["".join("#" if f else c for f, c in zip(found[0], row, strict=True))] == [filled]
    assert not found[1].any()


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+cmd", "-x", "@a", " =1", "'=1", "--1", "=5", "-1+cmd|' /C calc'!A0", "+1 x"),
        *("＝1", "＋1", "－1", "＠x", "﹦1", "﹢1", "﹣1", "﹫x", "⁼1"),
        *("\ta", "\t=1", "\ra", "\r=1", "\n=1", "\x00=1", "\x85=1", "\u2028=1"),
        *("\u200b=1", "\ufeff=1", "\u00a0=1", "\u3000＝1", "\u2060+x", "\u200e-x", "\u00ad@x"),
        *("\u0301=1", "\ufe0f=1", "\u034f=1", "\u115f=1", "\u3164=1", "\uffa0=1", "\u2800=1"),
    ],
)
def test_cells_that_a_spreadsheet_would_run(text):
    assert safe_cell(text) == f"'{text}" and plain_cell(f"'{text}") == text


@pytest.mark.parametrize(
    "cell",
    [
        *("-0.5", "+3", "-0.12***", "-12.3%", "+1e5", "−0.5", "(0.1)", "[-0.1, 0.2]"),
        *("-1.5e-3", " -2", "-1,234.5", "-3%", "a=b", "", "it's", 5, -3.5),
    ],
)
def test_cells_that_stay(cell):
    assert safe_cell(cell) == cell
    assert isinstance(cell, int | float) or plain_cell(cell) == cell


def test_an_apostrophe_of_the_text_stays():
    assert plain_cell("'tis") == "'tis" and plain_cell("'") == "'"


def test_a_csv_table():
    rows = [["=1", 2.5, "x,y"], ["", None, "北京"]]
    assert csv_text(["a", "-b", "c"], rows) == ("\ufeffa,'-b,c\n'=1,2.5,\"x,y\"\n,,北京\n")
    assert csv_text(["a"], [[1]], "\r\n") == "\ufeffa\r\n1\r\n"
