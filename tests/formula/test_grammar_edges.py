"""Numbers that the grammar takes to the last one, and what it says of others."""

import numpy as np
import pytest

from pipeline.formula.evaluate import evaluate
from pipeline.formula.functions import Calendar
from pipeline.formula.grammar import FUNCTIONS, FormulaError, parse_formula


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


# Numbers that functions take beside variables, and how many variables a list needs.
ARGUMENTS = {"k": "1", "year": "2013", "p": "0.1", "d": "0.4"}
NAMES = ("x", "y", "z", "w")
CALENDAR = Calendar(tuple(range(2011, 2017)), 2012)


def call(function):
    """The function with variables for everything that has one."""
    kinds, spare, told = FUNCTIONS[function][0], iter(NAMES * 2), []
    for kind in (k.rstrip("?") for k in kinds):
        if kind in ("list", "some"):
            told.append(f"[{next(spare)}, {next(spare)}]" if kind == "list" else f"[{next(spare)}]")
        else:
            told.append(ARGUMENTS.get(kind) or next(spare))
    return f"{function}({', '.join(told)})"


# The frontier asks for a panel with inefficiency in it; of its cells another test speaks.
@pytest.mark.parametrize("function", sorted(FUNCTIONS.keys() - {"frontier"}))
def test_functions_of_one_cell_are_those_that_no_other_cell_moves(function):
    rng = np.random.default_rng(3)
    values = {name: rng.uniform(0.2, 0.9, (12, 6)) for name in NAMES}
    formula = parse_formula(call(function))
    before, moves = evaluate(formula, values, CALENDAR)[0], []
    for cell in np.ndindex(12, 6):
        others = rng.uniform(0.6, 1.1, (12, 6))
        others[cell] = 1.0
        moved = {name: grid * others for name, grid in values.items()}
        after = evaluate(formula, moved, CALENDAR)[0]
        moves.append(np.isfinite(before[cell]) and before[cell] != after[cell])
    assert formula.reads_other_cells == any(moves)
