"""Write a panel in any supported layout, encoding and spelling, read it back, get the same cells."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ingest.layouts import LAYOUTS
from pipeline.ingest.reading import Reading
from pipeline.ingest.sheets import read_sheets
from pipeline.panel.provinces import PROVINCES
from pipeline.study.schema import Source

YEARS = list(range(2011, 2016))


def spelled(province, how):
    return {"zh": province.zh, "full": province.zh_full, "en": province.en, "padded": f" {'　'.join(province.zh)} "}[
        how
    ]


def encode(rows, encoding):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.integers(0, 2**31), st.sampled_from(["matrix", "transposed", "wide", "long"]),
    st.sampled_from(["zh", "full", "en", "padded"]), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "xlsx", "parquet"]),
    st.sampled_from(["{}", "{}年", " {} "]),
)  # fmt: skip
def test_the_same_cells_come_back(tmp_path_factory, demo, seed, layout, how, container, year_text):
    import random

    rng = random.Random(seed)
    values = {(p.code, y): round(rng.uniform(100, 9000), 2) for p in PROVINCES for y in YEARS}
    name = {p: spelled(p, how) for p in PROVINCES}
    year = {y: year_text.format(y) for y in YEARS}
    if layout == "matrix":
        rows = [["指标:地区生产总值(亿元)"], ["地区", *(year[y] for y in reversed(YEARS))]]
        rows += [[name[p], *(values[p.code, y] for y in reversed(YEARS))] for p in PROVINCES] + [
            ["数据来源:国家统计局"]
        ]
    elif layout == "transposed":
        rows = [["地区生产总值(亿元)"], ["年份", *(name[p] for p in PROVINCES)]]
        rows += [[year[y], *(values[p.code, y] for p in PROVINCES)] for y in YEARS]
    elif layout == "wide":
        rows = [["地区", "年份", "地区生产总值（亿元）"]]
        rows += [[name[p], year[y], values[p.code, y]] for p in PROVINCES for y in YEARS]
    else:
        rows = [["province", "year", "variable", "value"]]
        rows += [[name[p], year[y], "地区生产总值", values[p.code, y]] for p in PROVINCES for y in YEARS]
    folder = tmp_path_factory.mktemp("round")
    if container == "xlsx":
        import openpyxl

        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        path = folder / "f.xlsx"
        book.save(path)
    elif container == "parquet" and layout in ("wide", "long"):
        path = folder / "f.parquet"
        pd.DataFrame(rows[1:], columns=rows[0]).to_parquet(path)
    else:
        path = folder / "f.csv"
        path.write_bytes(encode(rows, container if container != "parquet" else "utf-8"))
    kind = "matrix" if layout == "transposed" else layout
    columns = {"province": "地区", "year": "年份"} if layout == "wide" else {}
    reading = Reading(demo, Source(name="nbs", file=path.name, layout=kind, **columns))
    LAYOUTS[kind](reading, read_sheets(path))
    assert reading.findings == []
    assert {(c.province, c.year): c.value for c in reading.cells} == pytest.approx(values)
    assert all(c.cell and c.file == path.name and c.variable == "gdp" for c in reading.cells)


def test_untouched_export_of_the_bureau(shared, demo):
    """An NBS export as downloaded: GB18030, three head lines, newest year first, an empty year, footers."""
    path = next((shared / "data/messy").glob("02_*"))
    reading = Reading(demo, Source(name="nbs", file=path.name, layout="matrix"))
    reading.by_header = {"城镇单位就业人员": demo.codebook["pop"]}
    LAYOUTS["matrix"](reading, read_sheets(path))
    assert reading.findings == []
    cells = {(c.province, c.year): c for c in reading.cells}
    assert cells[110000, 2023].value == 755.6 and cells[120000, 2011].value == 268.2
    assert cells[110000, 2023].cell == "D5" and len(cells) == 31 * 13


def test_the_tab_padded_export_of_the_bureau(shared, demo):
    path = next((shared / "data/messy").glob("03_*"))
    reading = Reading(demo, Source(name="nbs", file=path.name, layout="matrix"))
    reading.by_header = {"技术市场成交额": demo.codebook["gdp"]}  # the file has no title: its only variable is meant
    LAYOUTS["matrix"](reading, read_sheets(path))
    assert reading.findings == []
    cells = {(c.province, c.year): c.value for c in reading.cells}
    assert cells[110000, 2023] == 8536.94 and cells[120000, 2011] == 169.38 and cells[640000, 2011] == 3.94
