"""Every reader stops at its limits, and what is read is in one encoding."""

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.panel.finding import Rejected
from pipeline.reading import limits, sheet
from pipeline.reading.cells import fold
from pipeline.reading.containers import delimited, encoding, excel, parquet, read_sheets
from pipeline.reading.limits import TooMuch
from pipeline.reading.series import read_series


def refused(path):
    with pytest.raises(Rejected) as error:
        read_sheets(path)
    (finding,) = error.value.findings
    return finding


@pytest.mark.parametrize(
    ("limit", "most", "text", "found"),
    [
        ("ROWS", 3, "a\n1\n2\n3\n", "more than 3 lines"),
        ("ROWS", 3, '"a\n1\n2\n3"\n', "more than 3 lines"),
        ("EMPTY_ROWS", 3, "a\n\n,\n,,\n\n", "more than 3 empty rows"),
        ("CELLS", 3, "a,b\n1,2\n", "more than 3 cells"),
        ("COLUMNS", 3, "a\n,,,\n", "4 columns in line 2, at most 3"),
        ("LINE", 5, "a\n123456\n", "more than 5 characters in line 2"),
    ],
)
def test_text_is_counted_as_it_is_read(tmp_path, monkeypatch, limit, most, text, found):
    monkeypatch.setattr(delimited, limit, most)
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    finding = refused(tmp_path / "f.csv")
    assert finding.code == "file-too-large" and finding.found.startswith(found)
    monkeypatch.setattr(delimited, limit, most + 20)
    assert read_sheets(tmp_path / "f.csv")


def test_a_quotation_mark_that_is_never_closed(tmp_path):
    (tmp_path / "f.csv").write_text("a\n" + "1\n" * 10_000 + '"' + "23\n" * 20_000)
    finding = refused(tmp_path / "f.csv")
    found = "more than 32,767 characters in a cell that begins in line 10002: is a quotation"
    assert finding.code == "file-too-large" and finding.found.startswith(found)


@pytest.mark.parametrize("sign", ["\n", ","])
def test_half_a_gigabyte_of_one_sign(tmp_path, sign):
    """In a process of its own, so that its children are measured and no others."""
    path = tmp_path / "bomb.csv"
    with path.open("wb") as file:
        for _ in range(499):
            file.write(sign.encode() * 1_000_000)
    code = (
        "import os, resource\nfrom pathlib import Path\n"
        "from pipeline.panel.finding import Rejected\n"
        "from pipeline.reading.containers import read_sheets\n"
        f"try:\n    read_sheets(Path({str(path)!r}))\n"
        "except Rejected as refused:\n    print(refused.findings[0].code)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, sum(os.times()[:4]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    path.unlink()
    kind, kilobytes, seconds = done.stdout.split()
    assert kind == "file-too-large" and int(kilobytes) < 1_000_000 and float(seconds) < 10


def test_text_is_parsed_in_a_process_of_its_own(tmp_path, monkeypatch):
    def spin(path):
        while True:
            pass

    (tmp_path / "f.csv").write_text("a\n1\n", encoding="utf-8")
    monkeypatch.setattr(delimited, "_delimiter", spin)
    monkeypatch.setattr(limits, "_SECONDS", 1)
    assert refused(tmp_path / "f.csv").found == "it took longer than allowed"


UTF8, GBK = ("北京,2011,1\n".encode(code) for code in ("utf-8", "gb18030"))
ASCII = b"place,year,v\n"


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (ASCII + UTF8 + GBK, 3, "line 2 is UTF-8, line 3 is not (GBK?)"),
        (ASCII + GBK + ASCII + UTF8, 4, "line 4 is UTF-8, line 2 is not (GBK?)"),
        (b"\xef\xbb\xbf" + UTF8 * 5 + GBK, 6, "line 1 is UTF-8, line 6 is not (GBK?)"),
        (UTF8 + b"a,\xff\xff\n", 2, "line 1 is UTF-8, line 2 is not (GBK?)"),
        (ASCII + b"a,\xff\xff\n", 2, "bytes in line 2 that are neither UTF-8 nor GB18030"),
        ((ASCII + UTF8).decode().encode("utf-16-le"), None, "binary zeros (UTF-16 without"),
        ((ASCII + UTF8).decode().encode("utf-16-be"), None, "binary zeros (UTF-16 without"),
        (ASCII + b"\x00,\x00\x00\n", None, "binary zeros"),
        (GBK + b"\x00,\x00\x00\n", None, "binary zeros"),
        (b"\xff\xfe" + "a,b\x00".encode("utf-16-le"), None, "binary zeros"),
        (b"\xff\xfeabc", None, "the mark of UTF-16 before bytes that are none"),
    ],
)
def test_a_file_has_one_encoding(tmp_path, content, line, found):
    (tmp_path / "f.csv").write_bytes(content)
    finding = refused(tmp_path / "f.csv")
    assert finding.code == "file-encoding" and finding.where.line == line
    assert finding.found.startswith(found) and "UTF-8" in finding.remedy


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_whole_files_in_the_encodings_that_are_read(tmp_path, code):
    (tmp_path / "f.csv").write_bytes("地区,2011\r\n北京,1\r\n".encode(code))
    (sheet,) = read_sheets(tmp_path / "f.csv")
    assert sheet.rows == [["地区", "2011"], ["北京", "1"]]


def test_bytes_without_lines_are_not_gathered(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "_LONGEST", 10)
    (tmp_path / "f.csv").write_bytes(b"\xd6\xd0" * 6)
    assert refused(tmp_path / "f.csv").found == "more than 10 bytes in one line"


def parquet_of(path, **columns):
    pq.write_table(pa.table(columns), path, store_schema=False)
    return path


def test_a_text_that_a_parquet_file_holds_once_for_all_its_rows(tmp_path):
    """3 kilobytes that unpack to 3 gigabytes."""
    once = pa.DictionaryArray.from_arrays(np.zeros(100_000, "int32"), ["x" * 30_000])
    finding = refused(parquet_of(tmp_path / "f.parquet", a=once))
    assert finding.code == "file-too-large"
    assert finding.found == "texts of 3,000,000,001 characters"
    few = pa.DictionaryArray.from_arrays(np.zeros(2, "int32"), ["北京"])
    (sheet,) = read_sheets(parquet_of(tmp_path / "g.parquet", a=few))
    assert sheet.rows == [["a"], ["北京"], ["北京"]]


def test_the_counts_of_a_parquet_file_come_first(tmp_path, monkeypatch):
    path = parquet_of(tmp_path / "f.parquet", a=[1, 2, 3], b=[1, 2, 3])
    monkeypatch.setattr(pq, "read_table", lambda *_, **__: pytest.fail("it was read"))
    for limit, most in (("ROWS", 2), ("COLUMNS", 1), ("CELLS", 5)):
        with monkeypatch.context() as lowered:
            lowered.setattr(limits, limit, most)
            assert refused(path).found == "3 rows and 2 columns"
    monkeypatch.setattr(parquet, "UNPACKED_BYTES", 10)
    assert refused(path).found.endswith("bytes unpacked")


def test_lists_and_records_in_a_parquet_file(tmp_path):
    path = parquet_of(tmp_path / "f.parquet", a=[[1], [2]], b=[{"c": 1}, None], d=[1, 2])
    finding = refused(path)
    assert finding.code == "file-nested"
    assert finding.found == "2 columns of lists or records: `a`, `b`"


def test_a_cell_longer_than_any_of_excel(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    book.active.append(["x", "y" * 3_000])
    book.save(tmp_path / "f.xlsx")
    monkeypatch.setattr(sheet, "CELL", 3_000)
    assert read_sheets(tmp_path / "f.xlsx")
    monkeypatch.setattr(sheet, "CELL", 2_999)
    found = "3,000 characters in sheet Sheet, cell B1, at most 2,999"
    assert refused(tmp_path / "f.xlsx").found == found


BAITS = ["9" * 32_000, " " * 32_000 + "x", "(" * 32_000, "1," * 16_000, "９" * 32_000]


def test_a_workbook_of_baits(tmp_path):
    """Texts that make a search run over them again and again, in every place of a sheet."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "9" * 31
    for bait in BAITS:
        page.append([bait, bait])
    page.append(["地区", "年份", "地区生产总值(亿元)", *BAITS])
    for bait in BAITS * 4:
        page.append([f"北京{bait}", f"2011{bait}", bait, *BAITS])
        page.append(["北京", 2011, f"1{bait}", *BAITS])
    book.save(tmp_path / "packed.xlsx")
    path = tmp_path / f"{'9' * 200}.xlsx"
    # Stored as it is: one that packs so well is refused as a bomb.
    with zipfile.ZipFile(tmp_path / "packed.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    start = sum(os.times()[:4])  # its own time, and that of the process that parses
    read_series(read_sheets(path))
    assert sum(os.times()[:4]) - start < 3


@pytest.mark.parametrize(
    "bait",
    [
        b'<c r="A1" t="e">' * 20_000,
        b"<c " * 20_000,
        b'<c r="A1"' + b' r="A1"' * 20_000 + b"><f",
        b"<c " + b" " * 100_000 + b">",
        b'"' + b"A" * 100_000,
        b'<c r="A1" t="e"><f>' + b"9" * 100_000,
        b'<c r="' + b"A" * 100_000 + b'1">',
    ],
)
def test_the_xml_of_a_sheet_is_searched_once(bait):
    start = time.process_time()
    excel._scan(b'<f t="e" "A99999"' + bait)
    assert time.process_time() - start < 0.5


def test_a_long_text_is_never_taken_for_its_beginning():
    assert fold("0" * 999 + "12") != "0" * 999 + "1" and len(fold("0" * 5_000)) == 1_001
    assert fold(" " * 5_000 + "１") == "1"


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "f.csv")
    (tmp_path / "g.csv").symlink_to("/dev/zero")
    (tmp_path / "h.csv").mkdir()
    for name in ("f.csv", "g.csv", "h.csv"):
        assert refused(tmp_path / name).found == "a folder, a pipe or a device"


def test_an_old_workbook_of_more_rows_than_are_read(monkeypatch):
    path = Path(__file__).parent / "files/gdp.xls"
    monkeypatch.setattr(limits, "ROWS", 3)
    assert refused(path).found == "4 rows and 4 columns"
    monkeypatch.setattr(limits, "ROWS", 4)
    assert read_sheets(path)


def test_an_archive_holds_text_to_the_same_limits(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n2\n3\n")
    monkeypatch.setattr(delimited, "ROWS", 3)
    assert refused(tmp_path / "z.zip").found == "more than 3 lines"
    with pytest.raises(TooMuch):
        limits.check_counts(limits.ROWS + 1, 1)
