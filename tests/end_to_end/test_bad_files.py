"""Broken source files: each gives its message, exit status 1, no traceback, nothing half there."""

import openpyxl
import pandas as pd
import pytest

NBS, BOOK, SURVEY = "data/demo/nbs_export.csv", "data/demo/yearbook.xlsx", "data/demo/survey.dta"


def nbs(old, new):
    return lambda w: w.edit(NBS, old, new, encoding="gb18030")


def book(change):
    def apply(w):
        path = w.folder / BOOK
        workbook = openpyxl.load_workbook(path)
        change(workbook)
        workbook.save(path)

    return apply


def survey(change):
    def apply(w):
        frame = pd.read_stata(w.folder / SURVEY)
        change(frame).to_stata(w.folder / SURVEY, write_index=False, version=118)

    return apply


def write(file, content):
    return lambda w: (w.folder / file).write_bytes(content)


def cell(sheet, address, value):
    return book(lambda b: b[sheet].__setitem__(address, value))


def double_row(b):
    sheet = b["就业"]
    sheet.append([c.value for c in sheet[4]])


def drop_year(b):
    sheet = b["人民生活"]
    for row in range(sheet.max_row, 3, -1):
        if sheet.cell(row, 2).value == 2015:
            sheet.delete_rows(row)


def truncate(file):
    return lambda w: (w.folder / file).write_bytes((w.folder / file).read_bytes()[:5000])


def scale_sheet_column(b):
    sheet = b["科技与数字"]
    for row in range(4, sheet.max_row + 1):
        sheet.cell(row, 7).value = sheet.cell(row, 7).value * 10_000


# name -> (how it is broken, what the message must say)
FILES = {
    "missing file": (
        lambda w: (w.folder / BOOK).unlink(),
        ["file-missing", "yearbook.xlsx", "nbs_export.csv"],
    ),
    "empty file": (write(NBS, b""), ["file-empty", "nbs_export.csv"]),
    "no filled cell": (write(NBS, b"\r\n,,\r\n"), ["file-empty", "no filled cell"]),
    "truncated xlsx": (truncate(BOOK), ["file-damaged", "yearbook.xlsx", "save it as .xlsx"]),
    "truncated dta": (truncate(SURVEY), ["survey.dta"]),
    "csv renamed xlsx": (
        write(BOOK, "地区,年份\n北京,2011\n".encode()),
        ["file-damaged", "csv or xls renamed"],
    ),
    "unknown encoding": (write(NBS, b"\xff\xff\x00\xff\x81\x20" * 50), ["file-encoding", "UTF-8"]),
    "text in a number cell": (
        cell("就业", "D10", "约五百"),
        ["not-a-number", "约五百", "就业", "D10", "Beijing 2017"],
    ),
    "spreadsheet error": (
        cell("就业", "C5", "#REF!"),
        ["not-a-number", "#REF!", "C5", "Beijing 2012 emp_total"],
    ),
    "percent sign": (cell("农业", "C5", "12%"), ["not-a-number", "12%", "sown_area"]),
    "misspelt province": (
        nbs("内蒙古自治区", "内蒙占自治区"),
        ["unknown-province", "内蒙占自治区", "内蒙古自治区", "A10"],
    ),
    "unknown province": (nbs("北京市", "无名地区"), ["unknown-province", "无名地区", "A6"]),
    "duplicate province-year": (
        book(double_row),
        ["duplicate", "Beijing 2011", "emp_primary", "就业", "C407"],
    ),
    "missing year": (book(drop_year), ["missing-cell"]),
    "missing year in a whole source": (
        survey(lambda f: f[f["year"] != 2015]),
        ["missing-year", "2015", "survey.dta", "unbalanced = true"],
    ),
    "missing province-year": (
        survey(lambda f: f[~((f["prov"] == "Jilin") & (f["year"] == 2017))]),
        ["missing-province-year", "Jilin 2017", "survey.dta"],
    ),
    "wrong unit in the heading": (
        nbs("地区生产总值(亿元)", "地区生产总值(万元)"),
        ["unit-mismatch", "万元", "亿元"],
    ),
    "column in another unit": (
        survey(lambda f: f.assign(waste_reuse=f["waste_reuse"] * 100)),
        ["out-of-range", "403 cells", "waste_reuse_rate", "source_unit"],
    ),
    "a cell thousands of times too large": (
        book(lambda b: b["农业"].__setitem__("D10", b["农业"]["D10"].value * 4_000)),
        ["error [jump]", "Beijing 2017", "D10"],
    ),
    "slipped digits": (
        book(lambda b: b["农业"].__setitem__("D10", b["农业"]["D10"].value * 10_000)),
        ["jump", "fertilizer", "Beijing 2017", "D10", "factor"],
    ),
    "negative share": (
        survey(lambda f: f.assign(waste_reuse=f["waste_reuse"].where(f.index != 5, -3.0))),
        ["out-of-range", "negative", "Beijing 2016", "waste_reuse_rate"],
    ),
    "share above one": (
        survey(lambda f: f.assign(waste_reuse=f["waste_reuse"].where(f.index != 5, 130.0))),
        ["out-of-range", "1.3", "0 to 1"],
    ),
    "rural above urban": (
        cell("人民生活", "D4", 90000),
        ["rule-broken", "income_urban > income_rural", "Beijing 2011"],
    ),
    "sectors miss GDP": (
        cell("就业", "E6", 1.0),
        ["rule-broken", "emp_primary + emp_secondary", "Beijing 2013"],
    ),
    "heading renamed": (nbs("发明专利授权数", "专利授权"), ["heading-missing", "发明专利授权数"]),
    "key column renamed": (
        survey(lambda f: f.rename(columns={"prov": "provinz"})),
        ["columns-missing", "`prov`", "provinz"],
    ),
    "year unreadable": (
        survey(lambda f: f.assign(year=f["year"].astype(str).replace("2013", "20133"))),
        ["not-a-year", "20133"],
    ),
    "empty sheet": (
        book(lambda b: b["农业"].delete_rows(1, 900)),
        ["heading-missing", "fertilizer", "sown_area"],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_broken_source_files(workspace, name):
    breaks, said = FILES[name]
    breaks(workspace)
    status, message = workspace.run("ingest", "validate", "construct")
    if (
        name == "missing year"
    ):  # other sheets of the file still have the year: cells are missing, not the key
        assert status == 0
        message = (workspace.build / "findings.md").read_text(encoding="utf-8")
    else:
        assert status == 1
        assert not (workspace.build / "values.parquet").exists()
        assert not (workspace.build / "panel.parquet").exists()
        assert "problem" in message.splitlines()[-1]
    for text in said:
        assert text in message, f"{text!r} is not in:\n{message}"
    assert "Traceback" not in message
    assert not list(workspace.folder.rglob("*.part"))


def test_all_problems_of_all_files_at_once(workspace):
    nbs("内蒙古自治区", "内蒙占自治区")(workspace)
    cell("就业", "D10", "约五百")(workspace)
    survey(lambda f: f.assign(waste_reuse=f["waste_reuse"].where(f.index != 5, -3.0)))(workspace)
    status, message = workspace.run("ingest", "validate")
    assert status == 1
    for text in ("内蒙占自治区", "约五百", "waste_reuse_rate"):
        assert text in message


def test_after_mending_the_same_run_succeeds(workspace):
    breaks, _ = FILES["misspelt province"]
    breaks(workspace)
    assert workspace.run("ingest", "validate")[0] == 1
    nbs("内蒙占自治区", "内蒙古自治区")(workspace)
    assert workspace.run("ingest", "validate", "construct")[0] == 0
