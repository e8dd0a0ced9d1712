"""All sources of a study together: what stands twice, what the stage writes and says."""

import pandas as pd
import pytest

from pipeline.ingest.run import run
from pipeline.panel.finding import Finding
from pipeline.study.schema import Source
from tests.ingest.files import GDP, TWO, where, wide
from tests.validate.small import study, variable


def test_a_province_year_that_stands_twice(ingested):
    variables = [variable(v) for v in "abcd"]
    rows = [["北京", 2011, 1, 2, 3, 4], ["全国", 2011, 9, 9, 9, 9], ["天津", 2011, 5, 6, 7, 8]]
    again = [*rows, ["北京", 2011, 10, 20, 30, 40]]
    frame, (finding,) = ingested({"f.csv": [["地区", "年份", *"abcd"], *again]}, *variables)
    assert finding == Finding(
        "duplicate",
        "error",
        where("C5", province="Beijing", year=2011, variable="a, b, c and 1 more"),
        "the same province and year twice (1 in f.csv f C2, 10 in C5)",
        "each province-year once",
        "delete the repeated rows, column or sheet, or correct the year or name",
    )
    assert frame[frame["province"] == 110000]["value"].tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(("years", "told"), [(5, 5), (6, 1)])
def test_tables_that_repeat_each_other_are_told_once(ingested, years, told):
    rows = [["北京", y, y - 2000] for y in range(2011, 2011 + years)]
    text = {"f.csv": [["地区", "年份", "a"], *rows, *rows]}
    _, findings = ingested(text, variable("a"), years=[2011, 2016])
    assert len(findings) == told
    assert findings[0].where.variable == "a"
    assert findings[0].found == (
        f"the same province and year twice (11 in f.csv f C2, 11 in C{2 + years})"
        + (", and 5 more province-years likewise" if years == 6 else "")
    )


def test_a_file_that_cannot_be_read_does_not_stop_the_others(ingested):
    sources = [Source(name="none", file="none.csv"), Source(name="first", file="f.csv")]
    frame, findings = ingested(wide(TWO), variable("gdp", **GDP), sources=sources)
    assert [f.code for f in findings] == ["file-missing"] and len(frame) == 3


def test_what_the_stage_writes_and_says(ingested, tmp_path, capsys):
    ingested(wide([["北京", 1.5, "many"]]), variable("gdp", **GDP))
    one = study(
        variable("gdp", **GDP), folder=tmp_path, sources=[Source(name="first", file="f.csv")]
    )
    run(one)
    assert capsys.readouterr().out == "ingest: 1 cells from 1 files, 1 errors\n"
    assert pd.read_parquet(one.paths.raw)["value"].tolist() == [1.5]
    assert '"not-a-number"' in one.paths.raw_findings.read_text(encoding="utf-8")
    (tmp_path / "data/f.csv").write_text("地区,年份,地区生产总值\n北京,2011,1\n", encoding="utf-8")
    run(one)
    assert capsys.readouterr().out == "ingest: 1 cells from 1 files\n"


def test_a_variable_without_numbers_changes_no_type(ingested):
    """Provinces and years stay whole numbers, in the order of variable, province, year."""
    rows = {"f.csv": [["地区", "年份", "b", "a"], ["天津", 2012, "--", 2], ["北京", 2011, "", 1]]}
    frame, findings = ingested(rows, variable("b"), variable("a"), repairs=[])
    assert findings == [] and frame["value"].tolist() == [1.0, 2.0]
    assert (frame["province"].dtype, frame["year"].dtype) == (int, int)
    assert frame.index.tolist() == [0, 1]
