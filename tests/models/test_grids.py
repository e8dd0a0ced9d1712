"""A variable as a grid of units and years, and what of it is refused."""

import numpy as np
import pandas as pd
import pytest

from pipeline.models.grids import (
    Grid,
    finite,
    grid_of,
    require_amounts,
    require_positive,
    usable_years,
)
from pipeline.models.indicators import require_scores
from pipeline.panel.panel import Panel
from tests.models.small import refused, task_of, told

NAN = np.nan
CODES = [110000, 120000, 130000, 140000]
GRID = Grid("v", np.array([[1.0, NAN], [3.0, 4.0], [NAN, NAN], [7.0, 8.0]]), CODES, [2011, 2012])


def same(grid, values, codes, years):
    np.testing.assert_array_equal(grid.values, np.array(values, float))
    assert (grid.variable, grid.codes, grid.years) == ("v", codes, years)


def test_the_panel_is_pivoted_in_ascending_order():
    keys = pd.MultiIndex.from_tuples(
        [(120000, 2013), (120000, 2011), (110000, 2011)], names=["province", "year"]
    )
    grid = grid_of(Panel(pd.DataFrame({"v": [3, 2, 1]}, keys)), "v")
    same(grid, [[1, NAN], [2, 3]], [110000, 120000], [2011, 2013])
    assert {type(x) for x in (*grid.codes, *grid.years)} == {int}


def test_parts_of_a_grid():
    values, codes = GRID.year(2012)
    assert values.tolist() == [4, 8] and codes == [120000, 140000]
    same(GRID.of([140000, 120000]), [[3, 4], [7, 8]], [120000, 140000], [2011, 2012])
    same(GRID.during([2012]), [[NAN], [4], [NAN], [8]], CODES, [2012])
    same(GRID.complete, [[3, 4], [7, 8]], [120000, 140000], [2011, 2012])
    assert GRID.missing == {110000: [2012], 130000: [2011, 2012]}


def with_values(demo, values, years=(2011, 2012, 2013)):
    """A task whose panel has v, a row a unit."""
    keys = pd.MultiIndex.from_product([CODES[: len(values)], years], names=["province", "year"])
    frame = pd.DataFrame({"v": np.ravel(values).astype(float)}, keys)
    task = task_of(demo, frame)
    return task, grid_of(task.panel, "v")


def test_years_with_four_units_are_used(demo):
    task, grid = with_values(demo, [[1, 2, 3], [1, 2, 3], [1, 2, NAN], [1, 2, 3]])
    assert usable_years(task, grid) == [2011, 2012]


def test_one_usable_year_is_refused(demo):
    task, grid = with_values(demo, [[1, 2, 3], [1, 2, 3], [1, 2, NAN], [1, NAN, 3]])
    (finding,) = refused(usable_years, task, grid)
    assert told(finding) == (
        "too-few-values",
        "x.toml",
        "v",
        "1 years with 4 provinces or more",
        "at least two such years",
        "supply the missing values",
    )


def test_values_that_must_be_positive(demo):
    task, grid = with_values(demo, [[1, 2, 3], [1, NAN, 3]])
    require_positive(task, grid, "logs are taken")
    task, grid = with_values(demo, [[1, 0, 3], [-1.23456, NAN, 3]])
    (finding,) = refused(require_positive, task, grid, "logs are taken")
    assert told(finding) == (
        "not-positive",
        "x.toml",
        "v",
        "`v` is zero or negative in Beijing 2012 (0), Tianjin 2011 (-1.235)",
        "positive values: logs are taken",
        "name another variable, or drop this spec",
    )


def test_values_that_must_not_be_negative(demo):
    task, grid = with_values(demo, [[1, 0, NAN]])
    require_amounts(task, grid, "shares are taken")
    task, grid = with_values(demo, [[1, 0, -2]])
    (finding,) = refused(require_amounts, task, grid, "shares are taken")
    assert told(finding) == (
        "negative-value",
        "x.toml",
        "v",
        "`v` is negative in Beijing 2013 (-2)",
        "values that are not negative: shares are taken",
        "name another variable, or drop this spec",
    )


@pytest.mark.parametrize(("positive", "more"), [(3, " and 1 more"), (4, "")])
def test_eight_cells_are_listed(demo, positive, more):
    values = np.full(12, -1.0)
    values[:positive] = 1
    task, grid = with_values(demo, values.reshape(4, 3))
    (finding,) = refused(require_amounts, task, grid, "")
    assert finding.found.count("(-1)") == 8 and finding.found.endswith(f"(-1){more}")


def test_two_units_have_scores(demo):
    task, _ = with_values(demo, [[1, 2, NAN], [1, NAN, NAN], [1, 2, 3], [1, NAN, NAN]])
    require_scores(task, "v", [2011, 2012])
    (finding,) = refused(require_scores, task, "v", [2011, 2012, 2013])
    assert told(finding) == (
        "years-empty",
        "x.toml",
        "v",
        "no values in 2013",
        "years in which provinces have values",
        "name other years, or supply the missing cells",
    )
    assert finding.where.key == "years"


def test_numbers_that_are_not_finite_are_none():
    assert finite(np.float64(2.5)) == 2.5 and type(finite(np.float64(2.5))) is float
    assert finite(NAN) is None and finite(np.inf) is None
