"""Every proxy as a formula, and series joined at a break."""

import numpy as np
import pytest

from pipeline.formula.evaluate import evaluate
from pipeline.formula.functions import Calendar, functions
from pipeline.formula.grammar import FUNCTIONS, FormulaError, parse_formula
from pipeline.formula.proxies.breaks import splice

YEARS = tuple(range(2012, 2024))
CALENDAR = Calendar(YEARS, 2015)
RNG = np.random.default_rng(5)
WASTE = np.abs(RNG.normal(0, 0.4, (31, 12)))
VALUES = {
    name: np.exp(RNG.normal(0, 0.3, (31, 12)))
    for name in ("k", "l", "a", "b", "c", "u", "r", "pu", "pr", "p", "i")
}
VALUES["i"] *= 1.2 ** np.arange(12)  # investment has to grow for a stock to start from
VALUES["y"] = VALUES["k"] ** 0.4 * VALUES["l"] ** 0.6 * np.exp(RNG.normal(0, 0.1, (31, 12)) - WASTE)


@pytest.mark.parametrize(
    "text",
    [
        "solow(y, k, l, 0.4)",
        "malmquist([k, l], [y])",
        "efficiency_change([k, l], [y])",
        "technical_change([k, l], [y])",
        "malmquist_level([stock(deflate(i, 100 + p), 0.096), l], [y])",
        "frontier(y, [k, l])",
        "frontier(y, [k])",
        "distortion(y, k)",
        "misallocation(y, k)",
        "misallocation(y, l, p)",
        "1 / distortion(y, k) - 1",
        "layer([a, b, c])",
        "moore([a, b, c])",
        "moore_sum([a, b, c])",
        "herfindahl([a, b])",
        "equality([a / pu, b / pr])",
        "dual_contrast(a, b + c, l, k)",
        "splice(splice(y, 2016), 2021)",
        "log(splice(y, 2016) / p)",
        "stock(deflate(i, 100 + p), 0.096)",
        "theil([u * pu, r * pr], [pu, pr])",
        "u / r",
        "c / b",
    ],
)
def test_every_proxy_is_a_formula(text):
    grid, undefined = evaluate(parse_formula(text), VALUES, CALENDAR)
    assert not undefined.any() and np.isfinite(grid[:, 1:]).all()


def test_the_parts_of_the_index_multiply_to_it_in_a_formula():
    def value(text):
        return evaluate(parse_formula(text), VALUES, CALENDAR)[0][:, 1:]

    parts = value("efficiency_change([k, l], [y]) * technical_change([k, l], [y])")
    np.testing.assert_array_equal(parts, value("malmquist([k, l], [y])"))
    np.testing.assert_allclose(value("growth(malmquist_level([k, l], [y])) + 1"), parts, rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "malmquist(k, y)",
        "malmquist([k], y)",
        "malmquist([], [y])",
        "malmquist([k, 2], [y])",
        "frontier([k], y)",
        "frontier(y, [])",
        "layer([a])",
        "layer(a, b, c)",
        "splice(y)",
        "splice(y, k)",
        "splice(y, 2016, 2021)",
        "solow(y, k, l)",
        "solow(y, k, l, 1.4)",
        "distortion(y, k, 0.4)",
        "moore([a, 1])",
        "dual_contrast(a, b, c)",
        "theil([a, b], [a, b, c])",
    ],
)
def test_wrong_calls_are_refused(text):
    with pytest.raises(FormulaError):
        parse_formula(text)


def test_a_wrong_call_is_told_what_the_function_does():
    with pytest.raises(
        FormulaError, match=r"takes 4 arguments, 3 given; it is: .*solow\(gdp, capital, labour"
    ):
        parse_formula("solow(y, k, l)")
    with pytest.raises(
        FormulaError,
        match=r"`k` in `malmquist` should be a list in brackets, as in \[a\] or \[a, b\]",
    ):
        parse_formula("malmquist(k, [y])")


@pytest.mark.parametrize(
    "text",
    [
        "solow(y, k, l, 0.4)",
        "malmquist([k, l], [y])",
        "efficiency_change([k, l], [y])",
        "technical_change([k, l], [y])",
        "malmquist_level([k, l], [y])",
        "frontier(y, [k, l])",
        "distortion(y, k)",
        "misallocation(y, k)",
        "layer([k - 1e9, y])",
        "moore([k - 1e9, y])",
        "herfindahl([k - 1e9, y])",
        "equality([k - 1e9, y])",
        "dual_contrast(y, l, k, y)",
        "splice(k, 2016)",
    ],
)
def test_zero_is_undefined_and_missing_is_missing(text):
    """Cell (3, 2016) holds a 0 (a sum of shares below 0), cell (4, 2016) is missing:
    only the first is reported."""
    values = VALUES | {"k": VALUES["k"].copy()}
    if "1e9" in text:
        values["k"] += 1e9
    values["k"][3, 4], values["k"][4, 4] = 0, np.nan
    grid, undefined = evaluate(parse_formula(text), values, CALENDAR)
    assert np.argwhere(undefined).tolist() == [[3, 4]]
    assert np.isnan(grid[3:5, 4]).all() and np.isfinite(grid[5:, 4]).all()


def test_every_name_is_bound_to_its_function():
    known = functions(CALENDAR)
    proxies = [
        "solow",
        "malmquist",
        "efficiency_change",
        "technical_change",
        "malmquist_level",
        "frontier",
        "distortion",
        "misallocation",
        "layer",
        "moore",
        "moore_sum",
        "herfindahl",
        "equality",
        "dual_contrast",
    ]
    assert [known[name].__name__ for name in proxies] == proxies


def test_every_description_is_one_clear_line():
    for name, (_, does) in FUNCTIONS.items():
        assert 5 < len(does) < 100 and "\n" not in does, name


# 10% growth throughout; a new price base in 2016 halves the level and hides the year's own growth
STEADY = 100 * 1.1 ** np.arange(12)
BROKEN = np.array([STEADY * np.where(np.arange(12) < 4, 2, 1)])


def test_splice_restores_steady_growth():
    np.testing.assert_allclose(splice(BROKEN, 2016, YEARS)[0], STEADY, rtol=1e-12)


def test_splice_by_hand():
    # Growth factors 4 and 9 beside the break: 6 at the break; 3 / 5 was measured, so what was
    # before is divided by 10
    x = np.array([[7.0, 20, 80, 8 * 6, 8 * 54, 1]])
    found = splice(x, 2015, (2012, 2013, 2014, 2015, 2016, 2017))
    np.testing.assert_allclose(found, [[0.7, 2, 8, 48, 432, 1]], rtol=1e-14)


def test_two_breaks_nest_in_any_order():
    twice = BROKEN * np.where(np.arange(12) < 9, 5, 1)
    np.testing.assert_allclose(
        splice(splice(twice, 2016, YEARS), 2021, YEARS)[0], STEADY, rtol=1e-12
    )
    np.testing.assert_allclose(
        splice(splice(twice, 2021, YEARS), 2016, YEARS)[0], STEADY, rtol=1e-12
    )


@pytest.mark.parametrize("year", [2013, 2023])
def test_splice_with_one_adjoining_year(year):
    broken = STEADY * np.where(np.array(YEARS) < year, 3, 1)
    np.testing.assert_allclose(splice(broken[None], year, YEARS)[0], STEADY, rtol=1e-12)


@pytest.mark.parametrize("year", [2005, 2012, 2030])
def test_splice_where_nothing_is_before_the_break(year):
    x = BROKEN.copy()
    x[0, 1] = 0
    np.testing.assert_array_equal(splice(x, year, YEARS), x)


@pytest.mark.parametrize("t", [2, 3, 4, 5])
def test_splice_has_no_factor_with_a_zero_beside_the_break(t):
    x = BROKEN.copy()
    x[0, t] = 0
    found = splice(x, 2016, YEARS)[0]
    assert np.isinf(found[t]) and np.isnan(np.delete(found[:4], t if t < 4 else [])).all()


def test_splice_needs_both_sides_of_the_break():
    x = np.repeat(BROKEN, 3, axis=0)
    x[0, 3], x[1, 5], x[2, 0] = np.nan, np.nan, np.nan
    found = splice(x, 2016, YEARS)
    assert np.isnan(found[0, :4]).all() and (found[0, 4:] == BROKEN[0, 4:]).all()
    # One adjoining growth is enough.
    np.testing.assert_allclose(found[1, :5], STEADY[:5], rtol=1e-12)
    np.testing.assert_allclose(found[2, 1:], STEADY[1:], rtol=1e-12)
