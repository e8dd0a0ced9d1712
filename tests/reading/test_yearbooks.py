"""Tables as yearbooks really print them: every case was once read wrongly, at the wrong year,
province or unit, or lost."""

import pytest

from pipeline.reading.cells import parse_number, parse_year
from pipeline.reading.series import read_series
from pipeline.reading.sheet import Sheet
from pipeline.reading.titles import year_in


def read(rows, sheet="S", file="f.xlsx", merged=()):
    contents = read_series([Sheet(file, sheet, [list(r) for r in rows], tuple(merged))])
    found = {}
    for s in contents.series:
        cells = {
            (s.places[p], int(y)): v
            for p, y, v in zip(s.place, s.year, s.cells, strict=True)
            if not isinstance(v, str) and v is not None
        }
        if cells:
            found[s.names[0]] = (s.unit, cells)
    return found, [(u.kind, u.text) for u in contents.unread]


def values(rows, *place, **keys):
    return {name: cells for name, (_, cells) in read(rows, *place, **keys)[0].items()}


def test_footnote_marks_and_spaces_are_no_digits():
    assert [
        parse_number(c) for c in ("1234.5①", "300²", "1 706.91", "12*", "−3.5", "无", "..")
    ] == [
        1234.5,
        300,
        1706.91,
        12,
        -3.5,
        None,
        None,
    ]
    assert [
        parse_year(c)
        for c in ("2014①", "2015年末", "2013-12-31", "2013-06-30", "2011-2012", "201403")
    ] == [
        2014,
        2015,
        2013,
        None,
        None,
        None,
    ]


def test_blank_rows_after_a_header():
    assert (
        values([["地区", 2013, 2014], [], ["北京", 1.5, 2.5], ["天津", 3.5, 4.5]])["S"][
            "天津", 2014
        ]
        == 4.5
    )


def test_numbers_that_look_like_years_are_data():
    rows = [
        ["指标", 2013, 2014, 2015],
        ["医院数(个)", 1995, 1998, 2001],
        ["学校数(所)", 305, 306, 307],
        ["人口(万人)", 7.5, 8.5, 9.5],
    ]
    assert values(rows, "北京")["医院数(个)"] == {
        ("北京", 2013): 1995,
        ("北京", 2014): 1998,
        ("北京", 2015): 2001,
    }
    assert values([["指标", 2015], ["医院数(个)", 1998], ["学校数(所)", 305]], "北京")[
        "医院数(个)"
    ] == {("北京", 2015): 1998}


def test_years_that_repeat_under_their_groups():
    rows = [
        ["地区", "就业人员(万人)", "", "工资(元)", ""],
        ["", "2014", "2015", "2014", "2015"],
        ["北京", 1.5, 2.5, 3.5, 4.5],
        ["天津", 5.5, 6.5, 7.5, 8.5],
    ]
    found = values(rows, file="2015年就业.csv")
    assert found["就业人员(万人)"]["北京", 2014] == 1.5 and found["工资(元)"]["天津", 2015] == 8.5


@pytest.mark.parametrize(
    "heads", [("省份", "地区"), ("地 区", "地区"), ("地区", "续地区"), ("", "")]
)
def test_halves_beside_each_other_keep_their_own_provinces(heads):
    rows = [
        [heads[0], "GDP(亿元)", heads[1], "人口(万人)"],
        ["广东", 1.5, "河南", 11.5],
        ["江苏", 2.5, "山东", 12.5],
        ["山东", 3.5, "广东", 13.5],
    ]
    found = values(rows, "2015")
    assert (
        found["人口(万人)"] == {("河南", 2015): 11.5, ("山东", 2015): 12.5, ("广东", 2015): 13.5}
        and found["GDP(亿元)"]["广东", 2015] == 1.5
    )


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("中国统计年鉴2016", None),
        ("2016年中国统计年鉴", None),
        ("地区生产总值(2010年价格)", None),
        ("2010年=100", None),
        ("2011—2015年平均增长", None),
        ("2-5 各地区生产总值(2019年)", 2019),
        ("2019年各地区人口", 2019),
        ("2014年与2015年比较", None),
    ],
)
def test_which_year_a_title_speaks_of(title, year):
    assert year_in(title) == year
    found, unread = read([[title], ["地区", "GDP(亿元)"], ["北京", 1.5]])
    assert (
        (list(found["GDP(亿元)"][1]) == [("北京", year)])
        if year
        else (not found and unread == [("axis", "no year")])
    )


def test_a_heading_with_a_year_of_its_own():
    found = values([["地区", "GDP(亿元)", "2014年GDP(亿元)"], ["北京", 1.5, 2.5]], "2015")
    assert found == {"GDP(亿元)": {("北京", 2015): 1.5}, "GDP": {("北京", 2014): 2.5}}


def test_a_row_without_numbers_does_not_end_a_table():
    rows = [
        ["指标", "地区", "单位", 2013, 2014],
        ["GDP", "北京", "亿元", 1.5, 2.5],
        ["GDP", "西藏", "亿元", None, None],
        ["GDP", "河北", "亿元", 3.5, 4.5],
        ["人口", "北京", "万人", 5.5, 6.5],
    ]
    found, unread = read(rows, file="EPS2023.xlsx")
    assert (
        found["GDP"]
        == (
            "亿元",
            {("北京", 2013): 1.5, ("河北", 2013): 3.5, ("北京", 2014): 2.5, ("河北", 2014): 4.5},
        )
        and unread == []
    )
    assert found["人口"][0] == "万人"


def test_a_total_as_a_heading_is_an_indicator():
    assert set(
        values(
            [["地区", "年份", "合计", "城镇"], ["北京", 2014, 1.5, 2.5], ["北京", 2015, 3.5, 4.5]]
        )
    ) == {
        "合计",
        "城镇",
    }
    rows = [
        ["地区", "就业人员(万人)", "", ""],
        ["", "合计", "第一产业", "第二产业"],
        ["北京", 1.5, 2.5, 3.5],
    ]
    found, _ = read(rows, "2015", merged=[(0, 1, 0, 3), (0, 0, 1, 0)])
    assert {n: c["北京", 2015] for n, (_, c) in found.items()} == {
        "合计": 1.5,
        "第一产业": 2.5,
        "第二产业": 3.5,
    }


def test_indicators_merged_down_are_filled_and_blank_ones_told():
    rows = [["指标", "年份", "北京", "天津"], ["GDP(亿元)", 2013, 1.5, 2.5], [None, 2014, 3.5, 4.5]]
    assert values(rows, merged=[(1, 0, 2, 0)])["GDP(亿元)"]["天津", 2014] == 4.5
    found, unread = read(
        [["指标", "地区", 2013], ["GDP(亿元)", "北京", 1.5], ["", "天津", 3.5], ["", "河北", 5.5]]
    )
    assert (
        unread == [("label", "2 rows of numbers without their indicator")]
        and len(found["GDP(亿元)"][1]) == 1
    )


def test_unknown_columns_among_provinces_are_places_to_be_told():
    found = values(
        [["年份", "北京", "天津", "浙将"], [2014, 1.5, 2.5, 3.5], [2015, 4.5, 5.5, 6.5]], "GDP"
    )
    assert found["GDP"]["浙将", 2014] == 3.5


def test_a_remark_is_no_footer_where_numbers_stand():
    found = values(
        [
            ["备注", "地区", "年份", "GDP(亿元)"],
            ["", "北京", 2014, 1.5],
            ["说明见附录", "北京", 2015, 2.5],
        ]
    )
    assert found["GDP(亿元)"] == {("北京", 2014): 1.5, ("北京", 2015): 2.5}


def test_names_of_roles_need_their_content():
    found = values(
        [
            ["province", "period", "year", "gdp", "item"],
            ["Beijing", 0, 2014, 1.5, 7.5],
            ["Tianjin", 1, 2014, 2.5, 8.5],
        ]
    )
    assert {"gdp", "item", "period"} == set(found) and found["item"]["Tianjin", 2014] == 8.5


def test_a_tables_unit_is_not_given_to_shares_and_ranks_nor_to_the_next_table():
    found, _ = read(
        [
            ["2015年GDP"],
            ["单位:亿元"],
            ["地区", "GDP", "比上年增长", "位次"],
            ["北京", 1.5, 2.5, 1],
            ["天津", 1.5, 2.5, 2],
        ]
    )
    assert {n: u for n, (u, _) in found.items()} == {
        "GDP": "亿元",
        "比上年增长": None,
        "位次": None,
    }
    found, _ = read(
        [
            ["表1 财政(2015年)"],
            ["单位:亿元"],
            ["地区", "税收", "支出"],
            ["北京", 1.5, 2.5],
            ["表2 高校(2015年)"],
            ["地区", "学校", "教师"],
            ["北京", 3, 4],
        ]
    )
    assert found["税收"][0] == "亿元" and found["学校"][0] is None


def test_remarks_and_units_are_no_names():
    assert "人口" in values([["人口"], ["(按常住口径)"], ["地区", 2014, 2015], ["北京", 1.5, 2.5]])
    found, _ = read(
        [
            ["2015年"],
            ["地区", "GDP", "人口"],
            ["单位", "亿元", "万人"],
            ["北京", 1.5, 2.5],
            ["天津", 1.5, 2.5],
        ]
    )
    assert found["GDP"][0] == "亿元" and found["人口"][0] == "万人"


def test_subheads_gaps_and_blank_corners():
    assert (
        values([["指标", 2014, 2015], ["一、收入"], ["城镇收入(元)", 1.5, 2.5]], "北京")[
            "城镇收入(元)"
        ]["北京", 2015]
        == 2.5
    )
    assert values([["地区", 1978, 1990, 2015], ["北京", 1, 2, 3]], "GDP")["GDP"]["北京", 1978] == 1
    assert (
        values([["", "北京", "天津"], ["2014年", 1.5, 2.5], ["2015年", 3.5, 4.5]], "GDP")["GDP"][
            "天津", 2015
        ]
        == 4.5
    )
    assert (
        values([["表3-1", "2015年各地区GDP"], ["地区", "GDP", "人口"], ["北京", 1.5, 2.5]])["人口"][
            "北京", 2015
        ]
        == 2.5
    )


def test_regions_and_what_lies_outside_are_no_unknown_names():
    from pipeline.panel.places import find_place

    for text in ("香港", "台湾省", "新疆生产建设兵团", "全国平均", "东部10省(市)", "中部6省"):
        assert find_place(text).kind in ("region", "nation"), text
    assert (
        find_place("北京 Beijing").code == 110000
        and find_place("其中:大连").name == "大连"
        and find_place("广西壮族").code == 450000
    )
