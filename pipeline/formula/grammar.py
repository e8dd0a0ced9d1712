"""The grammar of formulas in specs: parsed here, computed in `evaluate.py`, never run as Python.

    formula    = sum [comparison sum]          comparison (== < <= > >=) in checks only
    sum        = product {("+" | "-") product}
    product    = power {("*" | "/") power}
    power      = ["-"] atom ["^" number]
    atom       = number | variable | function "(" argument {"," argument} ")" | "(" sum ")"
    argument   = sum | number | "[" sum {"," sum} "]"
    number     = as in 12, 0.5, 1.5e3

Blanks and ends of lines may stand between any two of these signs; nothing else may.

Functions and their arguments are in `FUNCTIONS`; time functions work within a province.
"""

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

# Name -> (kinds of its arguments, what it does). Kinds: x an expression with a variable in it, list
# two or more of them in brackets (the lists of a call equally long), some one or more in brackets,
# k a whole number from 1, year a year, p a number in (0, 0.5), d a number in (0, 1); `?` may be
# left out.
FUNCTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "log": (("x",), "natural logarithm; zero or negative cells are an error"),
    "exp": (("x",), "exponential"),
    "sqrt": (("x",), "square root"),
    "lag": (("x", "k?"), "value k years earlier in the same province (k = 1)"),
    "lead": (("x", "k?"), "value k years later in the same province (k = 1)"),
    "diff": (("x",), "change on the year before"),
    "growth": (("x",), "relative change on the year before"),
    "at": (("x", "year"), "value in the given year, the same for all years of a province"),
    "winsor": (
        ("x", "p?"),
        "values beyond the p and 1 - p quantiles of the pooled panel set to them (p = 0.01)",
    ),
    "zscore": (("x",), "centred and scaled by the pooled standard deviation"),
    "real": (
        ("x", "x"),
        "level times chained growth: real(gdp, gdp_index) in prices of the study's base year",
    ),
    "deflate": (
        ("x", "x"),
        "nominal value divided by a chained price index (previous year = 100), base year = 1",
    ),
    "theil": (
        ("list", "list"),
        "sum over sectors of (Y_i/Y) ln[(Y_i/Y)/(L_i/L)], theil([y...], [l...])",
    ),
    "stock": (("x", "d"), "perpetual inventory: stock(real_investment, depreciation)"),
    "solow": (
        ("x", "x", "x", "d"),
        "log of total factor productivity: solow(gdp, capital, labour, capital's share)",
    ),
    "malmquist": (
        ("some", "some"),
        "productivity relative to the year before: malmquist([inputs...], [outputs...])",
    ),
    "efficiency_change": (
        ("some", "some"),
        "malmquist's catching up with the frontier: ([inputs...], [outputs...])",
    ),
    "technical_change": (
        ("some", "some"),
        "malmquist's shift of the frontier: ([inputs...], [outputs...])",
    ),
    "malmquist_level": (
        ("some", "some"),
        "product of malmquist since a province's first year (1 there)",
    ),
    "frontier": (
        ("x", "some"),
        "technical efficiency of a stochastic frontier: frontier(output, [inputs...])",
    ),
    "distortion": (
        ("x", "x", "x?"),
        "relative distortion gamma of a factor: distortion(gdp, factor, its elasticity)",
    ),
    "misallocation": (
        ("x", "x", "x?"),
        "|1/gamma - 1| of a factor: misallocation(gdp, factor, its elasticity)",
    ),
    "layer": (
        ("list",),
        "sum of i times the share of part i, lowest layer first: layer([va1, va2, va3])",
    ),
    "moore": (
        ("list",),
        "angle between the shares of a year and the year before, radians: moore([va1, va2, va3])",
    ),
    "moore_sum": (("list",), "moore summed since a province's first year (0 there)"),
    "herfindahl": (
        ("list",),
        "sum of squared shares, 1 = all in one part: herfindahl([a, b, ...])",
    ),
    "equality": (
        ("list",),
        "entropy of shares over its maximum, 1 = all parts equal: equality([a, b, ...])",
    ),
    "dual_contrast": (
        ("x", "x", "x", "x"),
        "labour productivity of farming over the rest's: (va1, va23, l1, l23)",
    ),
    "coupling_degree": (
        ("list",),
        "C of two or three subsystems in [0, 1]: coupling_degree([u1, u2])",
    ),
    "coordination": (
        ("list",),
        "degree of coordination D of two or three subsystems in [0, 1]: coordination([u1, u2])",
    ),
    "splice": (
        ("x", "year"),
        "level series joined at the year in which its definition breaks: splice(x, 2016)",
    ),
}

# Functions whose value in a cell rests on that cell alone; all others read other years or
# provinces.
OF_ONE_CELL = frozenset(
    {
        *("log", "exp", "sqrt", "solow", "theil", "layer", "herfindahl", "equality"),
        *("dual_contrast", "coupling_degree", "coordination"),
    }
)


class FormulaError(ValueError):
    """A formula that the grammar does not accept; the text says which part and what is allowed."""


@dataclass(frozen=True)
class Formula:
    """A parsed formula: its text, its tree and the variables it names."""

    text: str
    tree: ast.expr
    names: frozenset[str]

    @property
    def reads_other_cells(self) -> bool:
        """Whether a cell of its result rests on other years or provinces too."""
        calls = (n.func for n in ast.walk(self.tree) if isinstance(n, ast.Call))
        return not {n.id for n in calls if isinstance(n, ast.Name)} <= OF_ONE_CELL


# A formula that is longer, or nested deeper, is better made of several variables.
LENGTH, DEPTH = 10_000, 150
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.])"
_SIGN = re.compile(rf"\s+|(?P<number>{_NUMBER})|[A-Za-z][A-Za-z0-9_]*|[=<>]=|[-+*/^()\[\],<>]")
_BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_COMPARE = (ast.Eq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def parse_formula(text: str, *, comparison: bool = False) -> Formula:
    """Parse a formula; with `comparison`, exactly one comparison stands at its top.

    Raises FormulaError naming the part that is not in the grammar.
    """
    tree = _tree(text)
    if comparison:
        if (
            not isinstance(tree, ast.Compare)
            or len(tree.ops) != 1
            or not isinstance(tree.ops[0], _COMPARE)
        ):
            raise FormulaError("a rule needs exactly one of == < <= > >=")
        names = _names(tree.left) | _names(tree.comparators[0])
    else:
        names = _names(tree)
    return Formula(text, tree, names)


def _tree(text: str) -> ast.expr:
    """The tree of a text that holds nothing but signs of the grammar."""
    if len(text) > LENGTH:
        raise FormulaError(f"{len(text):,} signs, at most {LENGTH:,}")
    _check_signs(text)
    try:
        tree = ast.parse(re.sub(r"\s", " ", text).replace("^", "**").strip(), mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"not readable near column {error.offset}") from None
    except (RecursionError, MemoryError):
        raise _too_deep() from None
    level: list[ast.AST] = [tree]
    for _ in range(DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise _too_deep()
    return tree


def _check_signs(text: str) -> None:
    """Raises FormulaError for what Python reads and the grammar does not: a comment, 1_000, 0x10,
    names in full width, numbers that are infinite."""
    end = 0
    while end < len(text):
        sign = _SIGN.match(text, end)
        if sign is None:
            wrong = re.compile(r"[\w.]+|.").match(text, end)
            raise FormulaError(f"`{wrong[0] if wrong else ''}` is not part of the grammar")
        if sign["number"] and math.isinf(float(sign["number"])):
            raise FormulaError(f"`{sign['number'][:20]}` is too large a number")
        end = sign.end()


def _too_deep() -> FormulaError:
    return FormulaError(f"nested more than {DEPTH} deep: make parts of it variables of their own")


def _names(node: ast.expr) -> frozenset[str]:
    match node:
        case ast.Name(id=name):
            return frozenset({name})
        case ast.Constant(value=(int() | float()) as number) if not isinstance(
            number, bool
        ) and math.isfinite(number):
            return frozenset()
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _BINARY):
            return _names(left) | _names(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _names(operand)
        case ast.Call(func=ast.Name(id=function), args=args, keywords=[]):
            return _call_names(function, args)
    raise FormulaError(f"`{ast.unparse(node)}` is not part of the grammar")


def _call_names(function: str, args: list[ast.expr]) -> frozenset[str]:
    if function not in FUNCTIONS:
        raise FormulaError(f"no function `{function}`; there are: {', '.join(FUNCTIONS)}")
    kinds, does = FUNCTIONS[function]
    low = sum(not k.endswith("?") for k in kinds)
    if not low <= len(args) <= len(kinds):
        wanted = str(low) if low == len(kinds) else f"{low} to {len(kinds)}"
        raise FormulaError(
            f"`{function}` takes {wanted} arguments, {len(args)} given; it is: {does}"
        )
    names: frozenset[str] = frozenset()
    for kind, arg in zip(kinds, args, strict=False):
        names |= _argument_names(function, kind.rstrip("?"), arg)
    lists = {len(arg.elts) for arg in args if isinstance(arg, ast.List)}
    if "list" in kinds and len(lists) > 1:
        raise FormulaError(f"the lists of `{function}` have different lengths")
    return names


_NUMBERS: dict[str, tuple[Callable[[float], bool], str]] = {
    "k": (lambda v: isinstance(v, int) and v >= 1, "a whole number from 1"),
    "year": (lambda v: isinstance(v, int) and 1900 <= v <= 2100, "a year"),
    "p": (lambda v: 0 < v < 0.5, "a number between 0 and 0.5"),
    "d": (lambda v: 0 < v < 1, "a number between 0 and 1"),
}


def _argument_names(function: str, kind: str, arg: ast.expr) -> frozenset[str]:
    if kind in ("list", "some"):
        return _list_names(function, kind, arg)
    if kind == "x":
        names = _names(arg)
        if not names:
            raise FormulaError(f"`{ast.unparse(arg)}` in `{function}` holds no variable")
        return names
    holds, wanted = _NUMBERS[kind]
    value = arg.value if isinstance(arg, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not holds(value):
        raise FormulaError(f"`{ast.unparse(arg)}` in `{function}` should be {wanted}")
    return frozenset()


def _list_names(function: str, kind: str, arg: ast.expr) -> frozenset[str]:
    least, wanted = (2, "[a, b]") if kind == "list" else (1, "[a] or [a, b]")
    if not isinstance(arg, ast.List) or len(arg.elts) < least:
        raise FormulaError(
            f"`{ast.unparse(arg)}` in `{function}` should be a list in brackets, as in {wanted}"
        )
    return frozenset().union(*(_argument_names(function, "x", element) for element in arg.elts))
