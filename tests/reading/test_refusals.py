"""What no container can be read from: whole findings, and the limits to the last cell."""

import zipfile

import openpyxl
import pandas as pd
import pytest

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.reading import limits
from pipeline.reading.containers import FORMATS, archive, delimited, excel, frames, read_sheets
from pipeline.reading.limits import TooMuch

CSV = "地区,年份,a\n北京,2011,1\n"


def refused(path, code, found, expected, remedy, line=None, file=None):
    with pytest.raises(Rejected) as error:
        read_sheets(path)
    where = Where(file=file or path.name, line=line)
    assert error.value.findings == [Finding(code, "error", where, found, expected, remedy)]


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_files_that_are_not_there_or_of_another_kind(tmp_path):
    for k in range(10):
        (tmp_path / f"{k}.csv").write_text(CSV, encoding="utf-8")
    put = "put the file there, or correct `file` in study.toml; the folder holds: "
    there = ", ".join(f"{k}.csv" for k in range(8))
    said = ("file-missing", "no such file", "the source file")
    refused(tmp_path / "none.csv", *said, put + there)
    refused(tmp_path / "no/none.csv", *said, put + "no folder")
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    refused(
        tmp_path / "a.pdf",
        "file-kind",
        "a `.pdf` file",
        "one of .csv .tsv .txt .xlsx .xlsm .xls .dta .rda .rdata .rds .parquet .zip",
        "save the file in one of these formats",
    )
    assert FORMATS[-1] == ".zip"


def test_empty_files(tmp_path):
    again = ("a file with data", "export or download the file again")
    (tmp_path / "a.csv").write_bytes(b"")
    refused(tmp_path / "a.csv", "file-empty", "0 bytes", *again)
    (tmp_path / "b.csv").write_text(" , ,\n,\n", encoding="utf-8")
    refused(tmp_path / "b.csv", "file-empty", "no filled cell", *again)
    openpyxl.Workbook().save(tmp_path / "c.xlsx")
    refused(tmp_path / "c.xlsx", "file-empty", "no filled cell", *again)


def test_damaged_and_misnamed_files(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    refused(
        tmp_path / "a.xlsx",
        "file-damaged",
        "not a whole xlsx file (it may be cut off, or a csv or xls renamed)",
        "a readable .xlsx file",
        "open it in Excel and save it as .xlsx, or download it again",
    )
    zipped(tmp_path / "b.xls", {"x": "y"})
    refused(
        tmp_path / "b.xls",
        "file-kind",
        "an xlsx file with the ending .xls",
        "a file whose ending fits its content",
        "rename it to .xlsx, here and in study.toml",
    )
    (tmp_path / "c.csv").write_bytes("地区\n北京\n".encode("gb18030") + b"\xff\xff\n")
    refused(
        tmp_path / "c.csv",
        "file-encoding",
        "bytes in line 3 that are neither UTF-8 nor GB18030",
        "a text file in UTF-8 or GB18030",
        "open it in its own program and save it as CSV UTF-8",
        line=3,
    )


def test_archives(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK")
    refused(
        tmp_path / "a.zip",
        "file-damaged",
        "File is not a zip file",
        "a whole zip archive",
        "download it again",
    )
    names = [f"{k}.md" for k in range(9)]
    refused(
        zipped(tmp_path / "b.zip", dict.fromkeys(names, "x")),
        "file-empty",
        f"no data file among its members: {', '.join(names[:8])}",
        "members ending in .csv .tsv .txt .xlsx .xlsm .xls .dta .rda .rdata .rds .parquet",
        "see what it holds",
    )
    refused(
        zipped(tmp_path / "c.zip", {"a.csv": CSV, "../b.csv": CSV}),
        "archive-path",
        "the member `../b.csv`",
        "names inside the archive",
        "distrust the archive; unpack it by hand if it is yours",
    )
    refused(
        zipped(tmp_path / "d.zip", {"a.csv": CSV, "b.zip": "PK"}),
        "archive-nested",
        "the archive `b.zip` inside the archive",
        "data files",
        "unpack the inner archive by hand",
    )
    whole = zipped(tmp_path / "e.zip", {"a.csv": CSV}).read_bytes()
    locked = whole.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    assert locked != whole
    (tmp_path / "e.zip").write_bytes(locked)
    refused(
        tmp_path / "e.zip",
        "archive-encrypted",
        "the member `a.csv` is encrypted",
        "members without password",
        "unpack the archive by hand",
    )
    refused(
        zipped(tmp_path / "g.zip", {"a.csv": CSV, "b.csv": CSV}) / "c.csv",
        "file-missing",
        "no member `c.csv`",
        "the source file",
        "the archive holds: a.csv, b.csv",
        file="g.zip",
    )


def test_a_member_whose_bytes_are_wrong(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV})
    path.write_bytes(path.read_bytes().replace(b"2011", b"2012"))
    refused(
        path,
        "file-damaged",
        "the member `a.csv`: Bad CRC-32 for file 'a.csv'",
        "a whole zip archive",
        "download it again",
    )


def test_hidden_members_and_folders_are_passed_over(tmp_path):
    hidden = {"b/": "", ".c.csv": "x", "~$d.csv": "x", "__MACOSX/e.csv": "x", "f.md": "x"}
    sheets = read_sheets(zipped(tmp_path / "a.zip", {"z.csv": CSV, "a.csv": CSV} | hidden))
    assert [(s.file, s.name) for s in sheets] == [("a.zip/a.csv", "a"), ("a.zip/z.csv", "z")]


def test_the_limits_to_the_last_cell(tmp_path, monkeypatch):
    """What is at a limit is read, one more is refused."""
    (tmp_path / "a.csv").write_text("a,b,c\n1,2,3\n4,5,6\n", encoding="utf-8")
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})
    monkeypatch.setattr(delimited, "CELLS", 9)
    monkeypatch.setattr(limits, "CELLS", 6)
    monkeypatch.setattr(delimited, "COLUMNS", 3)
    assert delimited.read(tmp_path / "a.csv")[0].rows[2] == ["4", "5", "6"]
    assert frames.sheet_of(frame, "f", "n").rows == [["a", "b"], [1, 4], [2, 5], [3, 6]]
    monkeypatch.setattr(delimited, "CELLS", 8)
    monkeypatch.setattr(limits, "CELLS", 5)
    with pytest.raises(TooMuch, match="more than 8 cells"):
        delimited.read(tmp_path / "a.csv")
    with pytest.raises(TooMuch, match="3 rows and 2 columns"):
        frames.sheet_of(frame, "f", "n")
    monkeypatch.setattr(delimited, "COLUMNS", 2)
    with pytest.raises(TooMuch, match="3 columns in line 1, at most 2"):
        delimited.read(tmp_path / "a.csv")


def test_the_limits_of_an_archive(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MEMBERS", 2)
    assert len(read_sheets(zipped(tmp_path / "b.zip", {"a.csv": CSV, "b.csv": CSV}))) == 2
    refused(
        zipped(tmp_path / "c.zip", {"a.csv": CSV, "b.csv": CSV, "c.md": "x"}),
        "file-too-large",
        "3 members, at most 2",
        "a file within the limits of pipeline/reading/limits.py",
        "split the file, or delete what is empty in it; if it came from somebody else, distrust it",
    )
    with zipfile.ZipFile(tmp_path / "b.zip") as book:
        size = sum(i.file_size for i in book.infolist())
        monkeypatch.setattr(excel, "UNPACKED_BYTES", size)
        excel.check_unpacked(book)
        monkeypatch.setattr(excel, "UNPACKED_BYTES", size - 1)
        with pytest.raises(TooMuch, match=f"{size} bytes that unpack to {size}"):
            excel.check_unpacked(book)


def test_labels_stand_above_the_names_of_a_frame():
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", None]})
    sheet = frames.sheet_of(frame, "f.dta", "f", ["Label", ""])
    assert (sheet.header, sheet.rows[:3]) == (2, [["Label", ""], ["a", "b"], [1.5, "x"]])
    assert sheet.rows[3] == [None, None]
    assert frames.sheet_of(frame, "f.dta", "f", ["", ""]).header == 1


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_mark_between_values(tmp_path, mark):
    rows = [["a title, with a comma"], ["x", "y", "z"], ["1,5", "2", "3"], ["2", "3;4", "5|6"]]
    text = "\r\n".join(mark.join(f'"{v}"' if mark in v else v for v in row) for row in rows)
    (tmp_path / "f.txt").write_text(text, encoding="utf-16")
    (sheet,) = delimited.read(tmp_path / "f.txt")
    assert (sheet.file, sheet.name, sheet.rows) == ("f.txt", "f", rows)


def test_one_column_and_old_line_ends(tmp_path):
    (tmp_path / "f.csv").write_bytes("a\r1\r2".encode("utf-8-sig"))
    assert delimited.read(tmp_path / "f.csv")[0].rows == [["a"], ["1"], ["2"]]
    (tmp_path / "g.csv").write_bytes("地区;x\n北京;1,5".encode("gb18030"))
    assert delimited.read(tmp_path / "g.csv")[0].rows == [["地区", "x"], ["北京", "1,5"]]


def test_errors_and_formulas_of_a_sheet():
    xml = (
        b'<sheetData><row><c r="B2" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        b'<c r="C2"><f>A1</f><v>1</v></c><c r="C3"><f>A2</f><v>1</v></c>'
        b'<c t="e" r="AA10"><v>#REF!</v></c></row></sheetData>'
    )
    errors, formulas = excel._scan(xml)
    assert errors == {(1, 1): "#DIV/0!", (9, 26): "#REF!"}
    assert formulas == {1: 1, 2: 2}
    assert excel._scan(b'<c r="A1"><v>1</v></c>') == ({}, {})
