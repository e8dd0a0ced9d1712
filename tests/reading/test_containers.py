"""Containers: old Excel files, Stata labels, R frames, merged cells, spreadsheet errors,
addresses."""

import zipfile
from pathlib import Path

import openpyxl
import pandas as pd

from pipeline.reading.cells import split_heading
from pipeline.reading.containers import read_sheets
from pipeline.reading.series import read_series
from pipeline.reading.sheet import Sheet, column_of, letters

FILES = Path(__file__).parent / "files"


def test_an_old_excel_file():
    """gdp.xls was written with xlwt from three lines of our own."""
    series, remarks = read_series(read_sheets(FILES / "gdp.xls")).series
    assert split_heading(series.names[0])[0] == "地区生产总值"
    assert [
        (series.places[p], c, series.address(i))
        for i, (p, c) in enumerate(zip(series.place, series.cells, strict=True))
    ] == [("北京市", 16251.93, "C2"), ("天津", "11,307.28", "C3"), ("Jilin", "--", "C4")]
    assert remarks.names == ("备注",)


def test_stata_labels_serve_as_headings(tmp_path):
    frame = pd.DataFrame({"prov": ["Beijing", "吉林省"], "year": [2011, 2011], "v1": [1.5, 2.5]})
    frame.to_stata(
        tmp_path / "f.dta", write_index=False, version=118, variable_labels={"v1": "地区生产总值"}
    )
    (series,) = read_series(read_sheets(tmp_path / "f.dta")).series
    assert series.names[:2] == ("v1", "地区生产总值") and series.cells == [1.5, 2.5]


def test_merged_cells_speak_for_their_whole_range(tmp_path):
    """Merged headings over several columns, and a province merged down its years."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [
        ["地区", "年份", "收入", None],
        [None, None, "城镇(元)", "农村(元)"],
        ["北京", 2011, 10, 5],
        [None, 2012, 11, 6],
        ["天津", 2011, 9, 4],
        [None, 2012, 12, 7],
    ]:
        sheet.append(row)
    for cells in ("C1:D1", "A1:A2", "B1:B2", "A3:A4", "A5:A6"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "f.xlsx")
    urban, rural = read_series(read_sheets(tmp_path / "f.xlsx")).series
    assert (
        urban.names == ("城镇(元)", "收入", "收入·城镇(元)")
        and rural.names[1] == "收入"
        and rural.unit == "元"
    )
    assert [urban.places[p] for p in urban.place] == [
        "北京",
        "北京",
        "天津",
        "天津",
    ] and rural.cells == [5, 6, 4, 7]


def test_spreadsheet_errors_and_formulas_are_seen(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["C2"] = "#DIV/0!"
    sheet["C2"].data_type = "e"
    sheet["D3"] = "=1+1"
    sheet["A1"] = "x"
    book.save(tmp_path / "f.xlsx")
    (read,) = read_sheets(tmp_path / "f.xlsx")
    assert read.rows[1][2] == "#DIV/0!" and read.formulas == {3: 1}


def test_addresses():
    sheet = Sheet("f", "s", [])
    assert [
        sheet.address(0, 0),
        sheet.address(6, 1),
        sheet.address(9, 25),
        sheet.address(0, 26),
        sheet.address(1, 701),
    ] == ["A1", "B7", "Z10", "AA1", "ZZ2"]
    assert all(column_of(letters(c)) == c for c in range(20_000))


def test_an_old_workbook_may_hold_a_zip(tmp_path):
    """Excel puts its theme, a zip, inside: by the first bytes it is none."""
    path, inside = tmp_path / "theme.xls", tmp_path / "theme.zip"
    with zipfile.ZipFile(inside, "w") as archive:
        archive.writestr("theme.xml", "<a/>")
    path.write_bytes((FILES / "gdp.xls").read_bytes() + inside.read_bytes())
    assert zipfile.is_zipfile(path)
    assert read_sheets(path)[0].rows == read_sheets(FILES / "gdp.xls")[0].rows
