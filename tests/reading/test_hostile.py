"""Fuzzed and hostile files end in a clear error, within bounded time and memory;
nothing leaves its folder."""

import os
import random
import resource
import struct
import time
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipeline.panel.finding import Rejected
from pipeline.reading import limits
from pipeline.reading.containers import read_sheets
from pipeline.reading.series import read_series
from tests.reading.r_files import saved_frame

ROWS = [["地区", "年份", "地区生产总值(亿元)", "人口(万人)"]] + [
    [p, y, 1.5 * i, 2.5 * y]
    for i, p in enumerate(["北京", "天津", "河北"])
    for y in (2011, 2012, 2013)
]


def make(folder, kind):
    path = folder / f"f.{kind}"
    frame = pd.DataFrame(ROWS[1:], columns=["a", "b", "c", "d"])
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in ROWS:
            book.active.append(row)
        book.save(path)
    elif kind == "dta":
        frame.to_stata(path, write_index=False, version=118)
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "rda":
        path.write_bytes(saved_frame("panel", frame.to_dict("list")))
    elif kind == "xls":
        path.write_bytes((Path(__file__).parent / "files/gdp.xls").read_bytes())
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.csv", "\n".join(",".join(map(str, r)) for r in ROWS))
    else:
        path.write_text("\n".join(",".join(map(str, r)) for r in ROWS), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls", "dta", "parquet", "rda", "zip"])
def test_a_damaged_file_is_read_or_refused(tmp_path, kind):
    """Cut off, bytes changed, bytes inserted: a finding or a table, no crash, no hang;
    the same process lives on."""
    whole = make(tmp_path, kind).read_bytes()
    read_series(read_sheets(tmp_path / f"f.{kind}"))
    rng = random.Random(kind)
    start = time.monotonic()
    refused = 0
    for i in range(60):
        content = bytearray(whole)
        if i % 3 == 0:
            content = content[: rng.randrange(len(content))]
        elif i % 3 == 1:
            for _ in range(rng.randrange(1, 20)):
                content[rng.randrange(len(content))] = rng.randrange(256)
        else:
            at = rng.randrange(len(content))
            content[at:at] = rng.randbytes(rng.randrange(1, 200))
        path = tmp_path / f"broken{i}.{kind}"
        path.write_bytes(bytes(content))
        findings = []
        try:
            read_series(read_sheets(path))
        except Rejected as rejected:
            findings = rejected.findings
            refused += 1
        assert all(
            f.code.startswith(("file-", "archive-")) and f.remedy and path.name in f.where.file
            for f in findings
        )
    assert refused >= 1
    assert time.monotonic() - start < 60


def refused(path):
    with pytest.raises(Rejected) as error:
        read_sheets(path)
    (finding,) = error.value.findings
    return finding


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 50_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(tmp_path / "b.zip").code == "file-too-large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_a_workbook_bomb_is_not_unpacked(tmp_path):
    make(tmp_path, "xlsx")
    with zipfile.ZipFile(tmp_path / "f.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.bin", b"0" * 80_000_000)
    assert "unpack to" in refused(tmp_path / "f.xlsx").found


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "ZZZZ1"])
def test_a_cell_at_the_end_of_the_sheet_does_not_make_a_grid(tmp_path, cell):
    """One number in the last corner asks a reader for 17 billion cells."""
    book = openpyxl.Workbook()
    book.active["A1"] = "地区"
    book.active["XFD9"] = 5
    book.save(tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as old,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(
                name, data.replace(b'"XFD9"', f'"{cell}"'.encode()) if "sheet1" in name else data
            )
    start = time.monotonic()
    if cell == "A1048576":  # a million empty rows of one column fit
        assert read_sheets(tmp_path / "b.xlsx")
    else:
        finding = refused(tmp_path / "b.xlsx")
        assert finding.code == "file-too-large" and "column" in finding.found
    assert time.monotonic() - start < 20


def test_many_columns(tmp_path):
    (tmp_path / "w.csv").write_text("地区," + ",".join(["1"] * 100_000), encoding="utf-8")
    finding = refused(tmp_path / "w.csv")
    assert finding.code == "file-too-large" and "100,001 columns" in finding.found
    (tmp_path / "w.csv").write_text("地区," + ",".join(["1"] * 1_000_000), encoding="utf-8")
    assert refused(tmp_path / "w.csv").found == "more than 1,000,000 characters in line 1"


def test_a_header_that_claims_more_than_there_is(tmp_path):
    """A Stata header with 2 billion rows; nothing is allocated for them."""
    content = make(tmp_path, "dta").read_bytes()
    at = content.index(b"<N>") + 3
    (tmp_path / "g.dta").write_bytes(
        content[:at] + struct.pack("<Q", 2_000_000_000) + content[at + 8 :]
    )
    assert refused(tmp_path / "g.dta").code in ("file-too-large", "file-damaged")


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv"]
)
def test_members_cannot_leave_the_archive(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr(name, "地区,年份,x\n北京,2011,1\n")
    finding = refused(tmp_path / "p.zip")
    assert finding.code == "archive-path" and "evil.csv" in finding.found
    assert [p.name for p in tmp_path.parent.rglob("evil.csv")] == []


def test_archives_in_archives_and_archives_without_data_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "n.zip", "w") as archive:
        archive.writestr("inner.zip", b"PK")
    assert refused(tmp_path / "n.zip").code == "archive-nested"
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("readme.md", "x")
    assert "readme.md" in refused(tmp_path / "e.zip").found


def test_names_in_an_archive_from_chinese_windows(tmp_path):
    """Stored member without the UTF-8 flag, its name in GBK:
    written by hand, as Python always sets the flag."""
    name, body = (
        "甲.csv".encode("gb18030"),
        "\n".join(",".join(map(str, r)) for r in ROWS).encode("utf-8"),
    )
    sizes = (zlib.crc32(body), len(body), len(body), len(name), 0)
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0x21, *sizes)
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0x21, *sizes, 0, 0, 0, 0, 0)
    end = struct.pack(
        "<4s4H2IH",
        b"PK\x05\x06",
        0,
        0,
        1,
        1,
        len(entry) + len(name),
        len(head) + len(name) + len(body),
        0,
    )
    (tmp_path / "g.zip").write_bytes(head + name + body + entry + name + end)
    assert {s.file for s in read_sheets(tmp_path / "g.zip")} == {"g.zip/甲.csv"}


def test_a_parser_that_dies_or_never_ends_is_a_finding(tmp_path, monkeypatch):
    def die():
        os.kill(os.getpid(), 11)

    with pytest.raises(limits.Crashed, match="SIGSEGV"):
        limits.isolated(die)
    monkeypatch.setattr(limits, "_SECONDS", 1)

    def spin():
        while True:
            pass

    with pytest.raises(limits.Crashed, match="longer than allowed"):
        limits.isolated(spin)
    with pytest.raises(limits.TooMuch, match="memory"):
        limits.isolated(lambda: bytearray(20_000_000_000))


def test_a_workbook_with_macros_gives_its_numbers_and_runs_nothing(tmp_path):
    """The macro part is bytes among others: values are read, the part is never opened."""
    whole = make(tmp_path, "xlsx")
    path = tmp_path / "m.xlsm"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr(
            "xl/vbaProject.bin",
            b'Sub Auto_Open()\nShell "touch ' + str(tmp_path / "ran").encode() + b'"\nEnd Sub',
        )
    first, _ = read_series(read_sheets(path)).series
    assert len(first.cells) == 9 and not (tmp_path / "ran").exists()


def test_one_member_of_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        archive.writestr("a/gdp.csv", "\n".join(",".join(map(str, r)) for r in ROWS))
        archive.writestr("b/other.csv", "地区,年份,其他\n北京,2011,1\n")
    assert {s.file for s in read_sheets(tmp_path / "y.zip" / "a/gdp.csv")} == {"y.zip/a/gdp.csv"}
    finding = refused(tmp_path / "y.zip" / "a/nothing.csv")
    assert finding.code == "file-missing" and "a/gdp.csv" in finding.remedy
