"""Write any panel in any supported layout, encoding and spelling, read it back,
get the same cells."""

import csv
import io
import random
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.panel.places import find_place
from pipeline.panel.provinces import PROVINCES
from pipeline.reading.cells import parse_number, split_heading
from pipeline.reading.containers import read_sheets
from pipeline.reading.series import read_series
from tests.reading.r_files import saved_frame

NAMES = {"地区生产总值": "亿元", "年末常住人口": "万人", "GDP per head": "元"}


def spelled(province, how):
    return {
        "zh": province.zh,
        "full": province.zh_full,
        "en": province.en,
        "padded": f" {'　'.join(province.zh)} ",
        "code": str(province.code),
    }[how]


def across(values, name, year, years):
    """Years across, newest first, one block an indicator, footers between."""
    rows = []
    for variable, unit in NAMES.items():
        rows += [
            ["数据库：分省年度数据"],
            [f"指标：{variable}({unit})"],
            ["时间：最近20年"],
            ["地区", *(year(y) for y in reversed(years))],
        ]
        rows += [
            [name(p), *(values[variable, p.code, y] for y in reversed(years))] for p in PROVINCES
        ]
        rows += [["注：1.常住人口。"], ["数据来源：国家统计局"], []]
    return rows


def down(values, name, year, years):
    """Provinces across, years down, titles above."""
    rows = []
    for variable, unit in NAMES.items():
        rows += [[f"{variable}（{unit}）"], ["年份", *(name(p) for p in PROVINCES)]]
        rows += [[year(y), *(values[variable, p.code, y] for p in PROVINCES)] for y in years]
    return rows


def wide(values, name, year, years):
    rows = [["地区", "年份", *(f"{v}（{u}）" for v, u in NAMES.items())]]
    return rows + [
        [name(p), year(y), *(values[v, p.code, y] for v in NAMES)] for p in PROVINCES for y in years
    ]


def long(values, name, year, years):
    """As the databases export: the unit in the indicator's last brackets or in a column of its
    own."""
    rows = [["指标", "地区", "时间", "单位", "数值"]]
    return rows + [
        [v, name(p), year(y), u, values[v, p.code, y]]
        for v, u in NAMES.items()
        for p in PROVINCES
        for y in years
    ]


def blocks(values, name, year, years):
    """One block a province, titled by its name; years down, indicators across."""
    rows = []
    for p in PROVINCES:
        rows += [[p.zh_full], ["年份", *(f"{v}({u})" for v, u in NAMES.items())]]
        rows += [[year(y), *(values[v, p.code, y] for v in NAMES)] for y in years] + [[]]
    return rows


def indicator_rows(values, name, year, years):
    """One block a province; indicators down with their units beside, years across."""
    rows = []
    for p in PROVINCES:
        rows += [[f"地区：{p.zh_full}"], ["指标", "单位", *(year(y) for y in years)]]
        rows += [[v, u, *(values[v, p.code, y] for y in years)] for v, u in NAMES.items()]
    return rows


def yearbook(values, name, year, years):
    """A table a year, the year in its title, units in a row of their own, column numbers below."""
    rows = []
    for y in years:
        rows += [
            [f"2-5 各地区主要指标（{y}年）"],
            ["地区", *NAMES],
            ["", *(f"({u})" for u in NAMES.values())],
            ["甲", 1, 2, 3],
        ]
        rows += [[name(p), *(values[v, p.code, y] for v in NAMES)] for p in PROVINCES] + [
            ["注：不含港澳台"]
        ]
    return rows


def shifted(values, name, year, years):
    """Stacked blocks whose label column moves to the right."""
    rows = []
    for i, (variable, unit) in enumerate(NAMES.items()):
        pad = [""] * (2 * i)
        rows += [[*pad, f"{variable}({unit})"], [*pad, "地区", *(year(y) for y in years)]]
        rows += [[*pad, name(p), *(values[variable, p.code, y] for y in years)] for p in PROVINCES]
    return rows


def side_by_side(values, name, year, years):
    """Two halves of the provinces beside each other."""
    half = [PROVINCES[:16], PROVINCES[16:]]
    rows = [["地区", *(f"{v}({u})" for v, u in NAMES.items())] * 2]
    tables = []
    for y in years:
        body = []
        for i in range(16):
            row = []
            for part in half:
                row += (
                    [name(part[i]), *(values[v, part[i].code, y] for v in NAMES)]
                    if i < len(part)
                    else [""] * 4
                )
            body.append(row)
        tables += [[f"{y}年各地区指标"], *rows, *body]
    return tables


def year_pairs(values, name, year, years):
    """Years above indicators: a stacked header."""
    top, low = ["地区"], [""]
    for y in years:
        top += [year(y), "", ""]
        low += [f"{v}({u})" for v, u in NAMES.items()]
    return [top, low] + [
        [name(p), *(values[v, p.code, y] for y in years for v in NAMES)] for p in PROVINCES
    ]


def stem_years(values, name, year, years):
    """Stata's wide form: one column a variable and year."""
    heads = [f"{v}{y}" for v in NAMES for y in years]
    return [["地区", *heads]] + [
        [name(p), *(values[v, p.code, y] for v in NAMES for y in years)] for p in PROVINCES
    ]


def database(values, name, year, years):
    """Codes, names and units above the data, as financial databases export."""
    head = [
        ["Prvcnm", "Sgnyear", "V01", "V02", "V03"],
        ["省份名称", "统计年度", *NAMES],
        ["没有单位", "没有单位", *NAMES.values()],
    ]
    return head + [
        [name(p), year(y), *(values[v, p.code, y] for v in NAMES)] for p in PROVINCES for y in years
    ]


LAYOUTS = [
    across,
    down,
    wide,
    long,
    blocks,
    indicator_rows,
    yearbook,
    shifted,
    side_by_side,
    year_pairs,
    stem_years,
    database,
]
FRAMES = (wide, long)  # what a data frame can hold as it is


def write(folder, rows, container):
    if container == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(folder / "f.xlsx")
        return folder / "f.xlsx"
    if container in ("parquet", "rda", "dta"):
        frame = pd.DataFrame(
            rows[1:],
            columns=[f"v{i}" for i in range(len(rows[0]))] if container == "dta" else rows[0],
        )
        if container == "parquet":
            frame.to_parquet(folder / "f.parquet")
        elif container == "rda":
            columns = zip(*rows[1:], strict=True)
            saved = saved_frame("panel", dict(zip(rows[0], columns, strict=True)))
            (folder / "f.rda").write_bytes(saved)
        else:
            frame.to_stata(
                folder / "f.dta",
                write_index=False,
                version=118,
                variable_labels=dict(zip(frame.columns, rows[0], strict=True)),
            )
        return folder / f"f.{container}"
    out = io.StringIO()
    csv.writer(out, delimiter="\t" if container == "tsv" else ",").writerows(rows)
    content = out.getvalue().encode({"tsv": "utf-16", "zip": "gb18030"}.get(container, container))
    if container == "zip":
        with zipfile.ZipFile(folder / "f.zip", "w") as archive:
            archive.writestr("数据/f.csv", content)
        return folder / "f.zip"
    path = folder / ("f.txt" if container == "tsv" else "f.csv")
    path.write_bytes(content)
    return path


@settings(
    max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.integers(0, 2**31),
    st.sampled_from(LAYOUTS),
    st.sampled_from(["zh", "full", "en", "padded", "code"]),
    st.sampled_from(
        ["utf-8", "utf-8-sig", "gb18030", "tsv", "zip", "xlsx", "parquet", "rda", "dta"]
    ),
    st.sampled_from(["{}", "{}年", " {} "]),
    st.integers(2, 6),
)
def test_the_same_cells_come_back(tmp_path_factory, seed, layout, how, container, year_text, n):
    rng = random.Random(seed)
    years = list(range(2011, 2011 + n))
    values = {
        (v, p.code, y): round(rng.uniform(100, 9000), 2)
        for v in NAMES
        for p in PROVINCES
        for y in years
    }
    rows = layout(values, lambda p: spelled(p, how), year_text.format, years)
    if container in ("parquet", "rda", "dta") and layout not in FRAMES:
        container = "xlsx"
    contents = read_series(read_sheets(write(tmp_path_factory.mktemp("round"), rows, container)))
    assert [u for u in contents.unread if u.kind != "axis"] == []
    found = {}
    for series in contents.series:
        name = next(n for n in (split_heading(t)[0] for t in series.names) if n in NAMES)
        assert series.unit == NAMES[name] or layout is stem_years
        for i, cell in enumerate(series.cells):
            place = find_place(series.places[series.place[i]])
            key = (name, place.code, int(series.year[i]))
            assert key not in found and series.address(i)
            found[key] = parse_number(cell)
    assert found == pytest.approx(values)
