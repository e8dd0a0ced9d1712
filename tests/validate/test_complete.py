"""Which province-years and cells are missing, and which are out of range: whole findings."""

import numpy as np
import pytest

from pipeline.panel.finding import Finding, Where
from pipeline.study.schema import Fill
from pipeline.validate.complete import check_cells, check_keys
from pipeline.validate.origin import Origins
from pipeline.validate.run import read_grids
from pipeline.validate.schema import bounds, check_schema
from tests.validate.small import EIGHT, at, raw_panel, study, variable

CELLS = {
    "a": [[10.0, 11.0, 12.0, 13.0], [20.0, 21.0, 22.0, 23.0], [30.0, 31.0, 32.0, 33.0]],
    "b": [[1.0, 1.1, 1.2, 1.3], [2.0, 2.1, 2.2, 2.3], [3.0, 3.1, 3.2, 3.3]],
}
ADD = (
    "add the rows to the file; or narrow `years` / `provinces_without` in study.toml; or set "
    "`unbalanced = true` there to go on without them"
)


def changed(name="a", **cells):
    """The cells with some of one variable changed: p1t2=5.0 is province 1, year 2."""
    grids = {k: [list(row) for row in grid] for k, grid in CELLS.items()}
    for place, value in cells.items():
        grids[name][int(place[1])][int(place[3])] = value
    return grids


def test_province_years_that_a_source_lacks():
    two = study(variable("a"), variable("b", source="second"))
    grids = changed(p1t1=None, p0t1=None, p0t3=None, p2t0=None, p2t2=None)
    grids["a"][0][0] = grids["a"][1][0] = None
    grids["a"][2][1] = 31.0
    error = ("missing-province-year", "error")
    assert list(check_keys(two, raw_panel(two, grids))) == [
        Finding(
            "missing-year",
            "error",
            Where("book.xlsx", year=2011),
            "no province has this year",
            "3 provinces in every year of [2011, 2014]",
            ADD,
        ),
        Finding(
            *error,
            Where("book.xlsx", province="Beijing"),
            "no data for 2012, 2014",
            "a value in every year of the study",
            ADD,
        ),
        Finding(
            *error,
            Where("book.xlsx", province="Tianjin", year=2012),
            "no data for 2012",
            "a value in every year of the study",
            ADD,
        ),
        Finding(
            *error,
            Where("book.xlsx", province="Hebei", year=2013),
            "no data for 2013",
            "a value in every year of the study",
            ADD,
        ),
    ]


def test_a_province_without_any_year_in_an_unbalanced_study():
    one = study(variable("a"), unbalanced=True)
    (finding,) = check_keys(one, raw_panel(one, {"a": [CELLS["a"][0], [None] * 4, CELLS["a"][2]]}))
    assert (finding.severity, finding.found) == ("warning", "no data for all years 2011-2014")
    assert list(check_keys(one, raw_panel(one, {"a": CELLS["a"]}))) == []
    assert list(check_keys(one, raw_panel(one, {"a": [[None] * 4] * 3}))) == []  # nothing was read


def test_missing_cells_are_named_up_to_six():
    filled = [Fill(variable="b", method="linear", reason="an empty cell")]
    two = study(variable("c"), variable("a"), variable("b"), fills=filled)
    grids = changed(p0t0=np.nan, p0t1=np.nan, p0t2=np.nan, p0t3=np.nan, p1t0=np.nan, p1t1=np.nan)
    grids["b"][2][3] = np.nan
    _, wide = read_grids(two, raw_panel(two, grids))
    six = "Beijing 2011, Beijing 2012, Beijing 2013, Beijing 2014, Tianjin 2011, Tianjin 2012"
    left_out = (
        "models leave these cells out; or declare a [[fill]] in variables.toml with its reason"
    )
    first, second = check_cells(two, wide)
    assert first == Finding(
        "missing-cell",
        "warning",
        Where("book.xlsx", variable="a"),
        f"6 of 12 cells missing: {six}",
        "a value",
        left_out,
    )
    assert (second.where.variable, second.found, second.remedy) == (
        "b",
        "1 of 12 cells missing: Hebei 2014",
        "gaps are filled as [[fill]] in variables.toml declares",
    )
    grids["a"][1][2] = np.nan
    _, wide = read_grids(two, raw_panel(two, grids))
    assert next(check_cells(two, wide)).found == f"7 of 12 cells missing: {six} and 1 more"
    _, whole = read_grids(two, raw_panel(two, CELLS))
    assert list(check_cells(two, whole)) == []


@pytest.mark.parametrize(
    ("keys", "range_"),
    [
        ({"kind": "share"}, (0.0, 1.0)),
        ({"kind": "share", "minimum": 0.2, "maximum": 0.9}, (0.2, 0.9)),
        ({"kind": "share", "minimum": -1, "maximum": 2}, (0.0, 1.0)),
        ({"kind": "amount"}, (0.0, None)),
        ({"kind": "amount", "minimum": -5, "maximum": 7}, (0.0, 7.0)),
        ({"kind": "amount", "minimum": 3}, (3.0, None)),
        ({"kind": "signed"}, (None, None)),
        ({"kind": "index", "minimum": -5}, (-5.0, None)),
    ],
)
def test_the_range_that_a_kind_allows(keys, range_):
    assert bounds(variable("a", **keys)) == range_


def test_cells_out_of_range():
    one = study(variable("a", maximum=33), variable("b", kind="index", unit="index", minimum=-0.5))
    grids = changed(p1t1=-2.5, p2t3=33.5)
    grids["b"][0][0] = -1.0
    raw = raw_panel(one, grids)
    _, wide = read_grids(one, raw)
    check, sign = (
        "check the cell against the source: a slipped digit or another unit?",
        "negative: check the sign in the source",
    )
    told = list(check_schema(one, wide, Origins(raw)))
    assert sorted(told, key=lambda f: str(f.where)) == [
        Finding(
            "out-of-range",
            "error",
            at("Beijing", 2011, "D2", "b"),
            "-1",
            "-0.5 to no upper bound",
            check,
        ),
        Finding(
            "out-of-range",
            "error",
            at("Hebei", 2014, "C13"),
            "33.5",
            "0 to 33 10k persons",
            check,
        ),
        Finding(
            "out-of-range",
            "error",
            at("Tianjin", 2012, "C7"),
            "-2.5",
            "0 to 33 10k persons",
            sign,
        ),
    ]


@pytest.mark.parametrize(("wrong", "findings"), [(20, 20), (21, 1)])
def test_many_cells_out_of_range_are_a_wrong_unit(wrong, findings):
    names = EIGHT[:6]
    one = study(variable("a", maximum=100), provinces=names)
    grid = np.full((6, 4), 50.0)
    grid.flat[:wrong] = 200.0 + np.arange(wrong)
    raw = raw_panel(one, {"a": grid.tolist()})
    told = list(check_schema(one, read_grids(one, raw)[1], Origins(raw)))
    assert len(told) == findings
    if findings == 1:
        assert told == [
            Finding(
                "out-of-range",
                "error",
                Where("book.xlsx", variable="a"),
                "21 cells out of range, from 200 to 220",
                "0 to 100 10k persons",
                "is source_unit `万人` in codebook.csv the unit of the file?",
            )
        ]


def test_a_missing_cell_is_told_with_its_own_file():
    two = study(variable("a"), variable("b", source="second"))
    grids = changed("b", p0t0=np.nan)
    (finding,) = check_cells(two, read_grids(two, raw_panel(two, grids))[1])
    assert finding.where == Where("two.csv", variable="b")
