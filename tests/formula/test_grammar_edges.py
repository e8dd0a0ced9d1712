"""Numbers that the grammar takes to the last one, and what it says of others."""

import ast

import numpy as np
import pytest

from pipeline.formula.evaluate import evaluate
from pipeline.formula.functions import Calendar
from pipeline.formula.grammar import FUNCTIONS, FormulaError, parse_formula

TOO_DEEP = "nested more than 150 deep: make parts of it variables of their own"


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gdp # / pop", "`#` is not part of the grammar"),
        ("gdp\n# / pop", "`#` is not part of the grammar"),
        ("gdp \\\n / pop", "`\\` is not part of the grammar"),
        ("gdp; pop", "`;` is not part of the grammar"),
        ("x.real", "`.real` is not part of the grammar"),
        ("(y := x)", "`:` is not part of the grammar"),
        ("lag(x, k=1)", "`=` is not part of the grammar"),
        ("lambda x: x", "`:` is not part of the grammar"),
        ("f'{x}'", "`'` is not part of the grammar"),
        ("x @ y", "`@` is not part of the grammar"),
        ("x if y else z", "`x if y else z` is not part of the grammar"),
        ("x // y", "`x // y` is not part of the grammar"),
        ("not x", "`not x` is not part of the grammar"),
        ("await x", "`await x` is not part of the grammar"),
        ("log(*x)", "`*x` is not part of the grammar"),
        ("(x, y)", "`(x, y)` is not part of the grammar"),
        ("x / 1_000", "`1_000` is not part of the grammar"),
        ("x / 0x10", "`0x10` is not part of the grammar"),
        ("x / 0b1", "`0b1` is not part of the grammar"),
        ("x / 1j", "`1j` is not part of the grammar"),
        ("x / 1.5.2", "`1.5.2` is not part of the grammar"),
        ("x + 1e400", "`1e400` is too large a number"),
        ("x + " + "9" * 5_000, f"`{'9' * 20}` is too large a number"),
        ("x / 007", "not readable near column 5"),
        ("ｇｄｐ", "`ｇｄｐ` is not part of the grammar"),
        ("x / １０", "`１０` is not part of the grammar"),
        ("x\x00", "`\x00` is not part of the grammar"),
        (" + ".join(["x"] * 3_000), "11,997 signs, at most 10,000"),
        ("+".join(["x"] * 3_000), TOO_DEEP),
        ("^".join(["x"] * 3_000), TOO_DEEP),
        ("-" * 9_000 + "x", TOO_DEEP),
        ("log(" * 180 + "x" + ")" * 180, TOO_DEEP),
        ("log(" + "+".join(["1"] * 140) + ")", "holds no variable"),
        ("x" * 100_000, "100,000 signs, at most 10,000"),
        ("", "not readable near column 0"),
    ],
)
def test_what_python_reads_and_the_grammar_does_not(text, said):
    with pytest.raises(FormulaError) as error:
        parse_formula(text)
    assert str(error.value).endswith(said)


def test_lines_and_blanks_change_nothing():
    for text in ("x/y+\n 1.5e3", "\nx\n/\ny\n+ 1500.", "x\t/ y\r\n+ 1.5E+3"):
        one, other = parse_formula(text), parse_formula("x / y + 1500.0")
        assert ast.dump(one.tree) == ast.dump(other.tree)


def test_a_hundred_terms_are_computed():
    x = np.ones((2, 6))
    for text in (" + ".join(["x"] * 100), "sqrt(" * 100 + "100 * x / x" + ")" * 100):
        found, _ = evaluate(parse_formula(text), {"x": x}, CALENDAR)
        assert (found == (100 if "+" in text else 1)).all()


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
