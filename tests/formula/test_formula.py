import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formula import functions as fn
from pipeline.formula.evaluate import evaluate
from pipeline.formula.grammar import FUNCTIONS, FormulaError, parse_formula

CALENDAR = fn.Calendar((2011, 2012, 2013, 2014), 2012)
X = np.array([[1.0, 2.0, 4.0, 8.0], [10.0, 11.0, 12.0, np.nan]])
Y = np.array([[100.0, 110.0, 105.0, 100.0], [100.0, 120.0, 90.0, 110.0]])


def value(text):
    return evaluate(parse_formula(text), {"x": X, "y": Y}, CALENDAR)[0]


def test_undefined_is_told_from_missing():
    grid, undefined = evaluate(parse_formula("log(diff(x) - 2)"), {"x": X}, CALENDAR)
    assert undefined.tolist() == [[False, True, True, False], [False, True, True, False]]
    assert (
        np.isnan(grid[undefined]).all() and np.isnan(grid[:, 0]).all() and not undefined[:, 0].any()
    )
    assert evaluate(parse_formula("1 / (x - 2)"), {"x": X}, CALENDAR)[1].sum() == 1
    assert not evaluate(parse_formula("deflate(x, x)"), {"x": X}, CALENDAR)[1].any()


def test_every_function_of_the_grammar_is_computed_and_no_other():
    assert set(fn.functions(CALENDAR)) == set(FUNCTIONS)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "x.real",
        "x[0]",
        "lambda: 1",
        "x if y else x",
        "'a'",
        "foo(x)",
        "log(x, y, x)",
        "x +",
        "x and y",
        "log()",
        "True",
        "x == y",
        "lag(x, k=1)",
        "[x]",
        "lag(x, x)",
        "lag(x, 1.5)",
        "lag(x, 0)",
        "lag(3)",
        "log([x, y])",
        "winsor(x, 2)",
        "at(x, y)",
        "stock(x, x)",
        "stock(x, 1.5)",
        "theil(x, y)",
        "theil([x, y], [x])",
        "1e400 + x",
    ],
)
def test_what_is_not_in_the_grammar_is_refused(text):
    with pytest.raises(FormulaError):
        parse_formula(text)


def test_rules_have_exactly_one_comparison():
    assert parse_formula("x + y == 2 * x", comparison=True).names == {"x", "y"}
    for text in ("x", "x < y < 3", "x != y"):
        with pytest.raises(FormulaError):
            parse_formula(text, comparison=True)


def test_names_are_collected_through_functions_and_lists():
    assert parse_formula("theil([a, b], [c, d]) + lag(e, 2) ^ 2").names == set("abcde")


def test_time_functions_stay_within_a_province():
    np.testing.assert_array_equal(value("lag(x)"), [[np.nan, 1, 2, 4], [np.nan, 10, 11, 12]])
    np.testing.assert_array_equal(
        value("lead(x, 2)"), [[4, 8, np.nan, np.nan], [12, np.nan, np.nan, np.nan]]
    )
    np.testing.assert_array_equal(value("diff(x)"), value("x - lag(x)"))
    np.testing.assert_allclose(value("growth(x)")[0, 1:], [1, 1, 1])
    np.testing.assert_array_equal(value("at(x, 2012)"), [[2] * 4, [11] * 4])


def test_chained_levels_pass_through_the_base_year():
    # y is growth on the year before: base 2012 = 1, 2013 = 1.05, 2014 = 1.05, 2011 = 1 / 1.10
    np.testing.assert_allclose(value("deflate(x, y)")[0], [1 * 1.10, 2, 4 / 1.05, 8 / 1.05])
    np.testing.assert_allclose(value("real(x, y)")[0], [2 / 1.10, 2, 2 * 1.05, 2 * 1.05])


def test_theil_by_hand():
    # Two sectors, shares of output .5/.5, of labour .8/.2: .5 ln(.5/.8) + .5 ln(.5/.2)
    y = [np.array([[50.0]]), np.array([[50.0]])]
    p = [np.array([[80.0]]), np.array([[20.0]])]
    assert fn.theil(y, p)[0, 0] == pytest.approx(
        0.5 * np.log(0.5 / 0.8) + 0.5 * np.log(0.5 / 0.2), rel=1e-15
    )
    assert fn.theil(y, y)[0, 0] == 0


def test_perpetual_inventory_by_hand():
    k = fn.stock(np.array([[100.0, 110.0, 121.0]]), 0.1)
    # Growth 10%, depreciation 10%: K_0 = 100 * 1.1 / 0.2, and the stock grows with investment
    np.testing.assert_allclose(k, [[550.0, 605.0, 665.5]])


def test_theil_of_parts_that_are_missing_negative_or_nothing():
    """Missing stays missing, whatever else is wrong; a negative part, no output, nobody at all and
    output of nobody are undefined."""
    y = [
        np.array([[50.0, np.nan, -1.0, 0.0, 1.0, 1.0, np.nan, 0.0]]),
        np.array([[50.0, 1, 2, 0, 1, 1, -1, 5]]),
    ]
    p = [np.array([[80.0, 1, 1, 1, 0, 0, 1, 0]]), np.array([[20.0, 1, 1, 1, 0, 2, 1, 5]])]
    found = fn.theil(y, p)
    np.testing.assert_array_equal(np.isnan(found), [[0, 1, 0, 0, 0, 0, 1, 0]])
    np.testing.assert_array_equal(np.isinf(found), [[0, 0, 1, 1, 1, 1, 0, 0]])
    assert found[0, 7] == 0
    np.testing.assert_array_equal(np.isinf(fn.theil(p, [-q for q in y]))[0, :6], [1, 0, 1, 1, 1, 1])


def test_a_stock_whose_investment_is_missing_is_missing():
    x, gap = 100 * 1.1 ** np.arange(4.0), np.nan
    holes = np.array(
        [[gap, *x[1:]], [*x[:3], gap], [x[0], gap, *x[2:]], x, [0, gap, *x[2:]], [0, *x[1:3], gap]]
    )
    k = fn.stock(holes, 0.1)
    np.testing.assert_allclose(k[3], x[0] * 1.1 / 0.2 * 1.1 ** np.arange(4))
    np.testing.assert_allclose(k[2], [k[3, 0], gap, gap, gap])
    np.testing.assert_array_equal(k[[0, 1, 5]], np.full((3, 4), gap))
    np.testing.assert_array_equal(k[4], [np.inf, gap, gap, gap])


@pytest.mark.parametrize("depreciation", [0.1, 1.0])
@pytest.mark.parametrize(
    "bad",
    [[0, 1, 2, 3], [0, 0, 0, 0], [-1, 1, 2, 3], [-1, -2, -3, -4], [1, 1, 1, -1], [9, 5, 2, 0]],
)
def test_a_stock_without_a_steady_state_is_undefined(bad, depreciation):
    """Zero or negative investment in the first year, negative in the last,
    or a fall faster than depreciation."""
    undefined = fn.stock(np.array([bad, [1.0, 2, 3, 4]], float), depreciation)
    np.testing.assert_array_equal(np.isinf(undefined), [[True] * 4, [False] * 4])
    assert np.isfinite(undefined[1]).all()


def test_zscores_of_a_constant_are_undefined_and_of_a_gap_missing():
    gap = np.array([[0.1, np.nan, 0.1], [0.1, 0.1, 0.1]])
    np.testing.assert_array_equal(fn.zscore(gap), np.where(np.isnan(gap), np.nan, np.inf))
    assert np.isnan(fn.zscore(np.full((2, 2), np.nan))).all()
    np.testing.assert_allclose(
        fn.zscore(np.array([[1.0, np.nan, 3.0]])), [[-np.sqrt(0.5), np.nan, np.sqrt(0.5)]]
    )


@pytest.mark.parametrize("text", ["stock(x, 0.1)", "theil([x, y], [y, y])", "zscore(x)"])
def test_the_missing_cell_of_a_province_is_not_reported(text):
    x = X.copy()
    x[0, 0] = np.nan
    _, undefined = evaluate(parse_formula(text), {"x": x, "y": Y}, CALENDAR)
    assert not undefined.any()
    _, undefined = evaluate(parse_formula(text), {"x": np.zeros_like(x), "y": 0 * Y}, CALENDAR)
    assert undefined.all()


def test_winsor_clips_to_pooled_quantiles():
    x = np.arange(100.0).reshape(10, 10)
    clipped = fn.winsor(x, 0.05)
    assert clipped.min() == pytest.approx(np.quantile(x, 0.05)) and clipped.max() == pytest.approx(
        np.quantile(x, 0.95)
    )


@given(st.integers(1, 3), st.floats(0.1, 10), st.floats(-5, 5))
def test_lag_is_linear(k, scale, shift):
    np.testing.assert_allclose(fn.lag(scale * Y + shift, k), scale * fn.lag(Y, k) + shift)


def test_precedence_and_power():
    np.testing.assert_allclose(value("-x ^ 2 + 3 * y / 2")[0], -(X[0] ** 2) + 1.5 * Y[0])
