"""From a file to the raw panel: exact rows, and every finding about cells, units and headings."""

import pytest

from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import Source
from tests.ingest.files import GDP, TWO, where, wide
from tests.validate.small import variable

RATE = {"header": "城镇化率", "kind": "share", "unit": "share", "source_unit": "%"}


def test_every_number_knows_its_cell(ingested):
    """In the codebook's unit; a missing mark is a cell without a value and has no row."""
    frame, findings = ingested(wide(TWO), variable("gdp", **(GDP | {"unit": "10k yuan"})))
    assert findings == []
    assert frame.drop(columns="before").values.tolist() == [
        [110000, 2011, "gdp", 15000.0, "1.5", "f.csv", "f", "B3", "", ""],
        [110000, 2012, "gdp", 25000.0, "2.5", "f.csv", "f", "C3", "", ""],
        [120000, 2011, "gdp", 35000.0, "3.5", "f.csv", "f", "B4", "", ""],
    ]
    assert frame["before"].isna().all()


def test_the_nation_is_kept_and_regions_and_other_provinces_left_out(ingested):
    rows = [["全国", 100, 101], ["东部地区", 50, 51], ["山西", 7, 8], ["北京", 1.5, 2.5]]
    frame, findings = ingested(wide(rows), variable("gdp", **GDP), years=[2012, 2014])
    assert findings == []
    assert frame[["province", "year", "value", "cell"]].values.tolist() == [
        [0, 2012, 101.0, "C3"],
        [110000, 2012, 2.5, "C6"],
    ]


def test_names_that_are_no_provinces(ingested):
    rows = [["北京", 1, 2], ["石家庄", 3, 4], ["Beijin", 5, 6], ["某地", 7, 8], ["", 9, 9]]
    frame, findings = ingested(wide(rows), variable("gdp", **GDP))
    one = "a name of one of the 31 provincial units"
    assert findings == [
        Finding(
            "not-a-province",
            "error",
            where("A4"),
            "`石家庄` is a prefecture",
            one,
            "a study has provinces as its units: delete the row, or take provincial data",
        ),
        Finding(
            "unknown-province",
            "error",
            where("A5"),
            "`Beijin`",
            one,
            "did you mean Beijing or Tianjin? Correct the name in every row of the file",
        ),
        Finding(
            "unknown-province",
            "error",
            where("A6"),
            "`某地`",
            one,
            "correct the name, or delete the row if it is not one of the 31 provincial units",
        ),
        Finding(
            "unknown-province",
            "error",
            where("A7"),
            "an empty cell where the province should be",
            "a province in every row",
            "merged cells keep their value in the first row only: unmerge them and fill the name "
            "down",
        ),
    ]
    assert frame["province"].unique().tolist() == [110000]


def test_cells_that_are_no_numbers(ingested):
    """A cell with its own unit is converted; anything else is told with its place."""
    rows = [["北京", "200000万元", "many"], ["天津", "5万人", 7], ["全国", "#REF!", 9]]
    frame, findings = ingested(wide(rows), variable("gdp", **GDP))
    assert frame[["province", "year", "value"]].values.tolist() == [
        [0, 2012, 9.0],
        [110000, 2011, 20.0],
        [120000, 2012, 7.0],
    ]
    told = [
        ("B4", "Tianjin", 2011, "the text `5万人`"),
        ("B5", "China", 2011, "the spreadsheet error #REF!"),
        ("C3", "Beijing", 2012, "the text `many`"),
    ]
    assert findings == [
        Finding(
            "not-a-number",
            "error",
            where(cell, province=province, year=year, variable="gdp"),
            said,
            "a number in 亿元, or an empty cell",
            "type the number, or empty the cell if the value is not known",
        )
        for cell, province, year, said in told
    ]


def test_percent_signs_where_the_unit_is_percent(ingested):
    frame, findings = ingested(wide([["北京", "60%", 61]], "城镇化率"), variable("rate", **RATE))
    assert findings == [] and frame["value"].tolist() == [0.6, 0.61]
    _, findings = ingested(wide([["北京", "60%", 61]], "地区生产总值"), variable("gdp", **GDP))
    assert [f.found for f in findings] == ["the text `60%`"]


@pytest.mark.parametrize(
    ("heading", "code", "severity", "said", "remedy"),
    [
        (
            "地区生产总值(万元)",
            "unit-mismatch",
            "error",
            "the heading says 万元",
            "correct source_unit in codebook.csv, or the heading if it is wrong",
        ),
        (
            "地区生产总值(金币)",
            "unit-unknown",
            "warning",
            "`金币` in the heading is no unit of the table of units",
            "make sure that the numbers are in that unit",
        ),
        ("地区生产总值(100m yuan)", None, None, "", ""),
        ("地区生产总值(100 million yuan)", None, None, "", ""),
        ("地区生产总值", None, None, "", ""),
    ],
)
def test_the_unit_of_a_heading_must_be_the_codebooks(
    ingested, heading, code, severity, said, remedy
):
    rows = {"f.csv": [["地区", "年份", heading], ["北京", 2011, 1.5], ["天津", 2011, 2.5]]}
    frame, findings = ingested(rows, variable("gdp", **GDP))
    assert frame["value"].tolist() == [1.5, 2.5]
    expected = Finding(
        code,
        severity,
        where("C1", variable="gdp"),
        said,
        "亿元, as source_unit in codebook.csv says",
        remedy,
    )
    assert findings == ([] if code is None else [expected])


def test_a_heading_that_the_codebook_names_with_its_brackets(ingested):
    """Brackets that are part of the name are no unit."""
    rows = {"f.csv": [["地区", "年份", "收入(新口径)", "其他"], ["北京", 2011, 1.5, 8]]}
    frame, findings = ingested(rows, variable("gdp", **(GDP | {"header": "收入（新口径）"})))
    assert findings == [] and frame["value"].tolist() == [1.5]


def test_a_heading_that_is_not_there(ingested):
    rows = {"f.csv": [["地区", "年份", "地区生产总产值", "人口(万人)"], ["北京", 2011, 1.5, 8]]}
    other = variable("other", header="机场")
    _, findings = ingested(rows, variable("gdp", **GDP), other)
    assert findings == [
        Finding(
            "heading-missing",
            "error",
            Where("f.csv", variable="gdp"),
            "no heading `地区生产总值`",
            "the heading that codebook.csv names",
            "did you mean `地区生产总产值`?",
        ),
        Finding(
            "heading-missing",
            "error",
            Where("f.csv", variable="other"),
            "no heading `机场`",
            "the heading that codebook.csv names",
            "headings the codebook does not name: 地区生产总产值, 人口",
        ),
    ]
    _, (finding, *_) = ingested({"f.csv": [["hello"], ["world"]]}, variable("gdp", **GDP), other)
    assert finding.remedy == (
        "headings the codebook does not name: none "
        "(not read: no table with provinces and years was found)"
    )


def test_years_that_cannot_be_read_are_told_once_a_text(ingested):
    rows = [["地区", "年份", "地区生产总值"], ["北京", 2011, 1], ["北京", "去年", 2]]
    rows += [["天津", "去年", 3], ["天津", "", 4], ["天津", 2011, 5]]
    _, findings = ingested({"f.csv": rows}, variable("gdp", **GDP))
    expected = ("a year such as 2011 or 2011年", "correct the cell")
    assert findings == [
        Finding("not-a-year", "error", where("B3"), "`去年`", *expected),
        Finding("not-a-year", "error", where("B5"), "an empty cell", *expected),
    ]


def test_numbers_without_their_indicator(ingested):
    rows = [["指标", "地区", 2011], ["地区生产总值", "北京", 1], ["", "天津", 2]]
    _, findings = ingested({"f.csv": rows}, variable("gdp", **GDP))
    assert findings == [
        Finding(
            "no-label",
            "error",
            where("A3"),
            "1 rows of numbers without their indicator",
            "an indicator in every row",
            "merged cells keep their value in the first row only: fill the indicator down",
        )
    ]


def test_columns_that_the_study_names_and_the_file_lacks(ingested):
    source = Source(name="first", file="f.csv", province="省", year="年份", flag="标记")
    rows = {"f.csv": [["地区", "年份", "", "地区生产总值"], ["北京", 2011, "", 1.5]]}
    frame, findings = ingested(rows, variable("gdp", **GDP), sources=[source])
    assert frame.empty
    assert findings == [
        Finding(
            "columns-missing",
            "error",
            Where("f.csv"),
            "headings: 地区, 年份, 地区生产总值",
            "one row with the columns `省` and `年份` and `标记`",
            "name the columns in study.toml (source `first`: province, year, ...)",
        )
    ]
    source = source.model_copy(update={"province": "地区", "flag": None})
    frame, findings = ingested(rows, variable("gdp", **GDP), sources=[source])
    assert findings == [] and len(frame) == 1


def test_flags_of_the_source(ingested):
    """Excluded ones leave their cells out, others are told; ok and derived say nothing."""
    rows = [["地区", "年份", "指标", "数值", "标记"]]
    marks = ["x", "bad", "bad", "ok", "derived", ""]
    for k, mark in enumerate(marks):
        rows.append([["北京", "天津", "河北"][k % 3], 2011 + k // 3, "地区生产总值", k, mark])
    rows += [["北京", 2013, "地区生产总值", 8, "x"], ["全国", 2013, "地区生产总值", 9, "est"]]
    rows += [["北京", 2014, "地区生产总值", 8, "est"]]
    source = Source(name="first", file="f.csv", flag="标记", exclude_flags=["bad"])
    frame, findings = ingested({"f.csv": rows}, variable("gdp", **GDP), sources=[source])
    assert frame["flag"].tolist() == ["est", "x", "ok", "x", "est", "derived", ""]
    place = Where("f.csv", variable="gdp")
    note = "see the source's notes; exclude the flag in study.toml if the cells are not fit for use"
    without = "cells without a flag"
    assert findings == [
        Finding(
            "flag-excluded",
            "warning",
            place,
            "2 cells flagged `bad`",
            "cells fit for use",
            "nothing to do: exclude_flags in study.toml leaves them out",
        ),
        Finding(
            "source-flag",
            "warning",
            place,
            "1 cell of 2014 flagged `est` by the source",
            without,
            note,
        ),
        Finding(
            "source-flag",
            "warning",
            place,
            "2 cells of 2011–2013 flagged `x` by the source",
            without,
            note,
        ),
    ]


def test_a_level_above_names_a_column_only_where_it_is_its_own(ingested):
    rows = [["地区", "年份", "人口", "就业", ""], ["", "", "年末", "男", "女"]]
    rows += [["北京", 2011, 1, 2, 3], ["天津", 2011, 4, 5, 6]]
    by_level = (variable("a", header="人口"), variable("b", header="就业"))
    frame, (missing,) = ingested({"f.csv": rows}, *by_level)
    assert frame["value"].tolist() == [1.0, 4.0]
    assert (missing.code, missing.where.variable) == ("heading-missing", "b")
    by_path = (variable("a", header="就业·男"), variable("b", header="女"))
    frame, findings = ingested({"f.csv": rows}, *by_path)
    assert findings == [] and frame["value"].tolist() == [2.0, 5.0, 3.0, 6.0]
