"""Levels that cannot be: no number at all, shares for percentages, zeros, another unit."""

import pytest

from pipeline.panel.finding import Finding, Where
from pipeline.validate.rules import check_empty, check_levels
from pipeline.validate.run import read_grids
from tests.validate.small import EIGHT, at, found, raw_panel, study, variable


def test_a_variable_without_any_number():
    one = study(variable("a"), variable("b", source="second"), variable("c"))
    grids, _ = read_grids(one, raw_panel(one, {"a": [[1.0] * 4] * 3}))
    (finding,) = check_empty(one, grids, {"c"})
    assert finding == Finding(
        "no-values",
        "error",
        Where("two.csv", variable="b"),
        "its heading is there, but no number below it in any province and year",
        "numbers",
        "formulas never calculated (open the file in its program and save it), "
        "a header row without years, or years outside the study's: look below the heading",
    )


@pytest.mark.parametrize(("top", "suspect"), [(0.01, True), (0.0101, False)])
def test_percentages_that_look_like_shares(top, suspect):
    percent = {"kind": "share", "unit": "share"}
    one = study(
        variable("a", **percent, source_unit="%"), variable("b", **percent, source_unit="share")
    )
    grid = [[0.002, 0.003, 0.004, 0.005]] * 2 + [[0.001, 0.001, 0.0, top]]
    told = found(check_levels, one, {"a": grid, "b": grid})
    expected = Finding(
        "unit-suspect",
        "warning",
        Where("book.xlsx", variable="a"),
        "no value above 1 in a column declared as %",
        "percentages",
        "are these shares? then source_unit in codebook.csv is `share`",
    )
    assert told == ([expected] if suspect else [])


def test_zeros_between_positive_years():
    one = study(variable("a"), variable("b", kind="signed"))
    grids = {"a": [[0.0, 5.0, 0.0, 5.0], [0.0, 0.0, 5.0, 0.0], [5.0, 0.0, 0.0, 5.0]]}
    grids["b"] = grids["a"]
    assert found(check_levels, one, grids) == [
        Finding(
            "zero-cell",
            "warning",
            at("Beijing", 2013, "C4"),
            "0 between positive years",
            "a number, or an empty cell",
            "if the value is not known, empty the cell: 0 is a value",
        )
    ]


def test_a_level_far_from_all_others():
    """Seven robust deviations, but never less than a factor of 30; eight provinces at least."""
    one = study(variable("a"), provinces=EIGHT)
    alike = [[100.0] * 4] * 7
    assert found(check_levels, one, {"a": [*alike, [3100.0] * 4]}) == []
    assert found(check_levels, one, {"a": [*alike, [3200.0, 0.0, 3200.0, 3200.0]]})[-1] == Finding(
        "level-outlier",
        "warning",
        at(EIGHT[-1], 2011, "C30"),
        "the median over years is 3200, over all provinces 100",
        "a level within reach of the other provinces",
        "is the whole row in another unit?",
    )
    spread = [[10.0**k] * 4 for k in (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2)]  # deviation 0.5 to 0.6
    assert found(check_levels, one, {"a": [*spread, [10.0**5.5] * 4]}) == []
    assert len(found(check_levels, one, {"a": [*spread, [10.0**6.5] * 4]})) == 1
    seven = study(variable("a"), provinces=EIGHT[1:])
    assert found(check_levels, seven, {"a": [*alike[1:], [9000.0] * 4]}) == []
