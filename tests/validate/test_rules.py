"""Rules between variables, jumps from year to year: whole findings, and where they begin."""

import numpy as np
import pytest

from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import Check
from pipeline.validate.rules import check_jumps, check_rules
from tests.validate.small import EIGHT, at, found, study, variable


def test_a_broken_identity():
    rule = Check(rule="b + b == a", tolerance=0.01, remedy="look")
    one = study(variable("a"), variable("b"), checks=[rule])
    grids = {"b": [[5.0, 5.5, 6.0, 6.5]] * 3, "a": [[10.0, 11.0, 12.0, 13.0]] * 3}
    grids["a"] = [list(row) for row in grids["a"]]
    assert found(check_rules, one, grids) == []
    grids["a"][1][2] = 12.5  # 12 is 4% less
    grids["a"][0][0] = 10.1  # 0.99% apart: within the tolerance
    (finding,) = found(check_rules, one, grids)
    assert finding == Finding(
        "rule-broken",
        "error",
        Where("book.xlsx", "S1", "C8", province="Tianjin", year=2013, variable="b"),
        "left side 12, right side 12.5 (4.0% apart)",
        "b + b == a within 1.00%",
        "look",
    )


def test_a_rule_that_breaks_everywhere_is_told_once_by_its_worst_cell():
    rule = Check(rule="b + b == a", severity="warning")
    names = EIGHT[:4]
    one = study(variable("a"), variable("b"), checks=[rule], provinces=names)
    grids = {"a": [[10.0] * 4 for _ in range(4)], "b": [[5.0] * 4 for _ in range(4)]}
    for k in range(12):
        grids["a"][k // 4][k % 4] = 11.0
    assert len(found(check_rules, one, grids)) == 12
    grids["a"][3][0] = 16.0
    (worst,) = found(check_rules, one, grids)
    assert (worst.severity, worst.where.province, worst.where.year, worst.expected) == (
        "warning",
        "Shanxi",
        2011,
        "b + b == a",
    )
    assert worst.found == "13 province-years break the rule; worst: left side 10, right side 16"


@pytest.mark.parametrize(
    ("rule", "tolerance", "broken"),
    [
        ("a < b", 0, [2, 3]),
        ("a <= b", 0, [3]),
        ("b > a", 0, [2, 3]),
        ("b >= a", 0, [3]),
        ("a <= b", 0.06, []),
        ("a <= b", 0.04, [3]),
        ("a < b", 0.04, [3]),
        ("a == b", 0, [1, 3]),
    ],
)
def test_orders_and_their_tolerance(rule, tolerance, broken):
    """a is missing, below, equal, 5% above."""
    one = study(
        variable("a"),
        variable("b"),
        checks=[Check(rule=rule, tolerance=tolerance)],
        provinces=["Beijing"],
    )
    grids = {"a": [[np.nan, 9.0, 10.0, 10.5]], "b": [[10.0] * 4]}
    assert [f.where.year - 2011 for f in found(check_rules, one, grids)] == broken


def test_a_side_that_is_undefined_breaks_its_rule():
    one = study(
        variable("a"),
        variable("b"),
        checks=[Check(rule="log(a) < 9"), Check(rule="9 > log(b)")],
        provinces=["Beijing"],
    )
    grids = {"a": [[0.0, 1.0, 1.0, np.nan]], "b": [[1.0, 0.0, 1.0, 1.0]]}
    first, second = found(check_rules, one, grids)
    assert (first.where.variable, first.where.year) == ("a", 2011)
    assert (second.where.variable, second.where.year) == ("b", 2012)


@pytest.mark.parametrize(
    ("row", "severity", "year", "said"),
    [
        ([10.0, 20.0, 20.0, 20.0], None, None, ""),  # a factor of 2 is allowed
        ([10.0, 20.1, 20.0, 20.0], "warning", 2012, "10 in 2011, 20.1 in 2012"),
        (
            [10.0, 10.0, 10.0, 95.0],
            "warning",
            2014,
            "10 in 2013, 95 in 2014, close to a factor of 10 (a slipped digit or another unit)",
        ),
        (
            [9000.0, 90.0, 90.0, 90.0],
            "error",
            2012,
            "9000 in 2011, 90 in 2012, close to a factor of 100 (a slipped digit or another unit)",
        ),
        ([10.0, 15000.0, 15000.0, 15000.0], "error", 2012, "10 in 2011, 15000 in 2012"),
        ([10.0, 5000.0, 5000.0, 5000.0], "warning", 2012, "10 in 2011, 5000 in 2012"),
        (
            [1.0, 1000.0, 1000.0, np.nan],
            "error",
            2012,
            "1 in 2011, 1000 in 2012, close to a factor of 1,000 (a slipped digit or another unit)",
        ),
        ([0.0, 10.0, 10.0, 10.0], None, None, ""),
    ],
)
def test_jumps(row, severity, year, said):
    one = study(variable("b"), variable("a", jump=2), provinces=["Beijing"])
    told = found(check_jumps, one, {"b": [[1.0, 99.0, 1.0, 99.0]], "a": [row]})
    if severity is None:
        assert told == []
    else:
        column = "2345"[year - 2011]
        assert told == [
            Finding(
                "jump",
                severity,
                at("Beijing", year, f"D{column}"),
                said,
                "at most a factor of 2 from year to year",
                "check the cell against the source; if it is right, raise `jump` in codebook.csv",
            )
        ]


def test_of_a_jump_there_and_back_the_cell_between_is_blamed():
    one = study(variable("a", jump=2), provinces=["Beijing"])
    told = found(check_jumps, one, {"a": [[10.0, 10.0, 90.0, 10.0]]})
    assert [f.where.year for f in told] == [2013, 2013]


def test_a_rule_may_name_a_year():
    rules = [Check(rule="a <= at(a, 2013)"), Check(rule="real(b, a) < 5")]
    one = study(variable("a"), variable("b"), checks=rules, provinces=["Beijing"], base_year=2012)
    told = found(check_rules, one, {"a": [[1.0, 3.0, 2.0, 2.0]], "b": [[4.0, 100.0, 1.0, 1.0]]})
    assert [(f.where.year, f.found) for f in told] == [
        (2012, "left side 3, right side 2 (50.0% apart)"),
        (2011, "left side 3333.33, right side 5 (66566.7% apart)"),
        (2012, "left side 100, right side 5 (1900.0% apart)"),
    ]
