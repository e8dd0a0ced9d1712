"""Files of R against what R itself was told to write (files/r/written.R)."""

import gzip
import sys
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.panel.finding import Rejected
from pipeline.reading.containers import rdata as reader
from pipeline.reading.containers import read_sheets

FILES = Path(__file__).parent / "files/r"
NOON = datetime(2011, 12, 31, 6)
FRAME = [
    ["province", "year", "value", "part", "day", "told", "time", "long"],
    ["北京", 2011, 1.5, "东部", datetime(2011, 12, 31), True, NOON, 5],
    ["天津", None, None, "b", None, False, NOON, None],
    [None, 2013, None, None, datetime(2013, 1, 1), None, NOON, 7],
]


@pytest.mark.parametrize("name", ["version2", "bzip2", "xz", "ascii"])
def test_a_frame_in_every_packing(name):
    (sheet,) = read_sheets(FILES / f"{name}.rds")
    assert (sheet.name, sheet.rows, sheet.header) == (name, FRAME, 1)


def test_frames_by_name_with_other_objects_beside_them():
    """The second one holds GBK that nothing in the file says to be GBK."""
    sheets = read_sheets(FILES / "frames.rda")
    assert [(sheet.name, sheet.rows) for sheet in sheets] == [("d", FRAME), ("gbk", FRAME)]


def found(path):
    with pytest.raises(Rejected) as error:
        read_sheets(path)
    (finding,) = error.value.findings
    return finding.code, finding.found


def test_what_is_no_data_frame_is_said():
    there = "`f` (function), `l` (list), `e` (environment), `m` (vector)"
    assert found(FILES / "others.rda") == ("file-kind", f"no data frame; it holds {there}")
    told = "the column `parts` of `lists` (list)"
    assert found(FILES / "lists.rds") == ("file-kind", told)


def test_bombs(tmp_path, monkeypatch):
    """Six million rows in 4 kilobytes, and the numbers up to a billion in a hundred bytes."""
    told = "6,000,000 rows and 1 columns"
    assert found(FILES / "rows.rds") == ("file-too-large", told)
    assert found(FILES / "sequence.rds")[0] == "file-too-large"
    monkeypatch.setattr(reader, "FILE_BYTES", 1_000_000)
    (tmp_path / "z.rds").write_bytes(gzip.compress(b"\0" * 2_000_000))
    assert found(tmp_path / "z.rds")[1].endswith("bytes that unpack to more than 1,000,000")


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdata.parser", None)
    code, told = found(FILES / "xz.rds")
    assert code == "file-kind" and told.endswith(
        "the package rdata, which reads it, is not installed"
    )
