import datetime

import pytest

from pipeline.reading.cells import CellError, parse_number, parse_year, split_heading


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (1, 1.0),
        ("1,234.5", 1234.5),
        (" 12.5 ", 12.5),
        ("１２．５", 12.5),
        ("-3", -3.0),
        ("1.5e3", 1500.0),
        ("\t7.1", 7.1),
        ("", None),
        ("--", None),
        ("…", None),
        ("N/A", None),
        (None, None),
        (float("nan"), None),
        ("—", None),
    ],
)
def test_numbers(cell, value):
    assert parse_number(cell) == value


@pytest.mark.parametrize(
    "cell", ["abc", "e5", "#REF!", "12亿元", "12%", "1,23,4", True, "1.2.3", "12 34", "1;2"]
)
def test_what_is_not_a_number_is_refused(cell):
    with pytest.raises(CellError):
        parse_number(cell)


def test_percent_signs_only_where_the_unit_is_percent():
    assert parse_number("12.5%", percent=True) == 12.5


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        (2011, 2011),
        (2011.0, 2011),
        ("2011", 2011),
        ("2011年", 2011),
        (" 2011 年度", 2011),
        ("２０１１年", 2011),
        (datetime.date(2011, 12, 31), 2011),
        ("11", None),
        ("20111", None),
        ("北京", None),
        (None, None),
    ],
)
def test_years(cell, year):
    assert parse_year(cell) == year


def test_headings():
    assert split_heading("指标：地区生产总值(亿元)") == ("地区生产总值", "亿元")
    assert split_heading("研究与试验发展(R&D)经费支出（万元）") == (
        "研究与试验发展(R&D)经费支出",
        "万元",
    )
    assert split_heading("GDP") == ("GDP", None)
