"""Containers: old Excel files, Stata labels, addresses."""

from pathlib import Path

import pandas as pd

from pipeline.ingest.layouts import LAYOUTS
from pipeline.ingest.reading import Reading
from pipeline.ingest.sheets import Sheet, read_sheets
from pipeline.study.schema import Source

FILES = Path(__file__).parent / "files"


def test_an_old_excel_file(demo):
    """gdp.xls was written with xlwt from three lines of our own."""
    reading = Reading(demo, Source(name="nbs", file="gdp.xls", layout="wide", province="地区", year="年份"))
    LAYOUTS["wide"](reading, read_sheets(FILES / "gdp.xls"))
    assert [f for f in reading.findings if f.severity == "error"] == []
    cells = {c.province: (c.value, c.cell) for c in reading.cells}
    assert cells == {110000: (16251.93, "C2"), 120000: (11307.28, "C3")}


def test_stata_labels_serve_as_headings(tmp_path, demo):
    frame = pd.DataFrame({"prov": ["Beijing", "吉林省"], "year": [2011, 2011], "v1": [1.5, 2.5]})
    frame.to_stata(tmp_path / "f.dta", write_index=False, version=118, variable_labels={"v1": "地区生产总值"})
    reading = Reading(demo, Source(name="nbs", file="f.dta", layout="wide", province="prov", year="year"))
    LAYOUTS["wide"](reading, read_sheets(tmp_path / "f.dta"))
    assert {c.province: c.value for c in reading.cells} == {110000: 1.5, 220000: 2.5}


def test_addresses():
    sheet = Sheet("f", "s", [])
    assert [sheet.address(0, 0), sheet.address(6, 1), sheet.address(9, 25), sheet.address(0, 26), sheet.address(1, 701)] == [
        "A1", "B7", "Z10", "AA1", "ZZ2"]  # fmt: skip
