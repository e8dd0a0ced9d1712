"""Numbers that the grammar takes to the last one, and what it says of others."""

import pytest

from pipeline.formula.grammar import FormulaError, parse_formula


@pytest.mark.parametrize(
    "text",
    [
        "lag(x, 1)",
        "at(x, 1900)",
        "at(x, 2100)",
        "winsor(x, 0.49)",
        "stock(x, 0.99)",
        "stock(x, 0.01)",
    ],
)
def test_numbers_at_the_edge(text):
    assert parse_formula(text).names == {"x"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lag(x, 0)", "`0` in `lag` should be a whole number from 1"),
        ("lag(x, 1.5)", "`1.5` in `lag` should be a whole number from 1"),
        ("lag(x, True)", "`True` in `lag` should be a whole number from 1"),
        ("at(x, 1899)", "`1899` in `at` should be a year"),
        ("at(x, 2101)", "`2101` in `at` should be a year"),
        ("at(x, 2011.0)", "`2011.0` in `at` should be a year"),
        ("splice(x, y)", "`y` in `splice` should be a year"),
        ("winsor(x, 0)", "`0` in `winsor` should be a number between 0 and 0.5"),
        ("winsor(x, 0.5)", "`0.5` in `winsor` should be a number between 0 and 0.5"),
        ("stock(x, 0)", "`0` in `stock` should be a number between 0 and 1"),
        ("stock(x, 1)", "`1` in `stock` should be a number between 0 and 1"),
        ("layer([x])", "`[x]` in `layer` should be a list in brackets, as in [a, b]"),
        (
            "malmquist([], [x])",
            "`[]` in `malmquist` should be a list in brackets, as in [a] or [a, b]",
        ),
        ("theil([x, y], [x, y, z])", "the lists of `theil` have different lengths"),
    ],
)
def test_numbers_beyond_it(text, said):
    with pytest.raises(FormulaError) as error:
        parse_formula(text)
    assert str(error.value) == said
