"""The untouched files: every cell against a second reader, at its address, with its own labels."""

import csv
from collections import Counter

import openpyxl
import pytest

from pipeline.panel.places import find_place
from pipeline.reading.cells import parse_number, parse_year, split_heading
from pipeline.reading.containers import read_sheets
from pipeline.reading.series import read_series


def contents(shared, number):
    path = next((shared / "data/messy").glob(f"{number}_*"))
    return path, read_series(read_sheets(path))


def cells(series):
    return [
        (
            series.row[i],
            series.column[i],
            series.places[series.place[i]],
            series.year[i],
            series.cells[i],
        )
        for i in range(len(series.cells))
    ]


@pytest.mark.parametrize(("number", "columns", "count"), [("01", 17, 620), ("05", 24, 341)])
def test_workbooks_against_openpyxl(shared, number, columns, count):
    path, found = contents(shared, number)
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    top = next(r for r, row in enumerate(rows) if "year" in row)
    place, year = (
        next(c for c, v in enumerate(rows[top]) if v in ("NAME", "province")),
        rows[top].index("year"),
    )
    assert found.unread == [] and len(found.series) == columns
    for series in found.series:
        assert (
            len(series.cells) == count
            and split_heading(rows[top][series.head[1]])[0] == split_heading(series.names[0])[0]
        )
        for r, c, name, when, cell in cells(series):
            assert (rows[r][c] if rows[r][c] is not None else "") == cell
            assert (
                find_place(name) == find_place(rows[r][place])
                and find_place(name).kind == "province"
                and when == rows[r][year]
            )


@pytest.mark.parametrize(
    ("number", "encoding", "count"), [("02", "gb18030", 620), ("03", "utf-8-sig", 465)]
)
def test_exports_of_the_bureau_against_csv(shared, number, encoding, count):
    path, found = contents(shared, number)
    rows = list(csv.reader(path.read_text(encoding=encoding).splitlines()))
    top = next(r for r, row in enumerate(rows) if row[0].strip() == "地区")
    (series,) = found.series
    assert (
        found.unread == []
        and len(series.cells) == count
        and series.unit == ("万人" if number == "02" else None)
    )
    # The new style names no indicator: it is to be asked for.
    assert series.titled == (number == "02")
    for r, c, name, when, cell in cells(series):
        assert (
            rows[r][c] == cell and rows[r][0].strip() == name and parse_year(rows[top][c]) == when
        )


def test_the_frame_of_r(shared):
    import rdata

    path, found = contents(shared, "07")
    frame = rdata.read_rda(path)["RDPatentAuthority"]
    assert found.unread == [] and len(found.series) == 4
    for series in found.series:
        for r, c, name, when, cell in cells(series):
            row = frame.iloc[r - 1]
            assert (
                frame.columns[c] == "value"
                and row["value"] == cell
                and row["variables"] == series.names[0]
            )
            assert (
                row["province"].split() == name.split()
                and int(row["year"]) == when
                and series.unit == row["units"]
            )
    kinds = Counter(p.kind if (p := find_place(t)) else None for t in found.series[0].places)
    assert kinds == {
        "province": 62,
        "nation": 2,
        None: 2,
    }  # two names that OCR broke are proposed for, not taken
    assert [t for t in found.series[0].places if find_place(t) is None] == ["山两", "两藏"]


def test_hand_checked_cells(shared):
    _, found = contents(shared, "02")
    values = {(p, y): parse_number(v) for _, _, p, y, v in cells(found.series[0])}
    assert (
        values["北京市", 2023] == 755.6
        and values["天津市", 2011] == 268.2
        and values["北京市", 2025] is None
    )
