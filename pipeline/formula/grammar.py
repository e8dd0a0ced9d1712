"""The grammar of formulas in specs: parsed here, computed in `evaluate.py`, never run as Python.

    formula    = sum [comparison sum]          comparison (== < <= > >=) in checks only
    sum        = product {("+" | "-") product}
    product    = power {("*" | "/") power}
    power      = ["-"] atom ["^" number]
    atom       = number | variable | function "(" argument {"," argument} ")" | "(" sum ")"
    argument   = sum | "[" variable {"," variable} "]"

Functions and their arguments are in `FUNCTIONS`; time functions work within a province.
"""

import ast
from dataclasses import dataclass

FUNCTIONS: dict[str, tuple[int, int, str]] = {
    "log": (1, 1, "natural logarithm; zero or negative cells are an error"),
    "exp": (1, 1, "exponential"),
    "sqrt": (1, 1, "square root"),
    "lag": (1, 2, "value k years earlier in the same province (k = 1)"),
    "lead": (1, 2, "value k years later in the same province (k = 1)"),
    "diff": (1, 1, "change on the year before"),
    "growth": (1, 1, "relative change on the year before"),
    "at": (2, 2, "value in the given year, the same for all years of a province"),
    "winsor": (1, 2, "values beyond the p and 1 - p quantiles of the pooled panel set to them (p = 0.01)"),
    "zscore": (1, 1, "centred and scaled by the pooled standard deviation"),
    "real": (2, 2, "level times chained growth: real(gdp, gdp_index) in prices of the study's base year"),
    "deflate": (2, 2, "nominal value divided by a chained price index (previous year = 100), base year = 1"),
    "theil": (2, 2, "sum over sectors of (Y_i/Y) ln[(Y_i/Y)/(L_i/L)], theil([y...], [l...])"),
    "stock": (2, 2, "perpetual inventory: stock(real_investment, depreciation)"),
}


class FormulaError(ValueError):
    """A formula that the grammar does not accept; the text says which part and what is allowed."""


@dataclass(frozen=True)
class Formula:
    """A parsed formula: its text, its tree and the variables it names."""

    text: str
    tree: ast.expr
    names: frozenset[str]


_BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_COMPARE = (ast.Eq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def parse_formula(text: str, *, comparison: bool = False) -> Formula:
    """Parse a formula; with `comparison`, exactly one comparison stands at its top.

    Raises FormulaError naming the part that is not in the grammar.
    """
    try:
        tree = ast.parse(text.replace("^", "**").strip(), mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"not readable near column {error.offset}") from None
    if comparison:
        if not isinstance(tree, ast.Compare) or len(tree.ops) != 1 or not isinstance(tree.ops[0], _COMPARE):
            raise FormulaError("a rule needs exactly one of == < <= > >=")
        names = _names(tree.left) | _names(tree.comparators[0])
    else:
        names = _names(tree)
    return Formula(text, tree, names)


def _names(node: ast.expr) -> frozenset[str]:
    match node:
        case ast.Name(id=name):
            return frozenset({name})
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
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
    low, high, _ = FUNCTIONS[function]
    if not low <= len(args) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise FormulaError(f"`{function}` takes {wanted} arguments, {len(args)} given")
    names: frozenset[str] = frozenset()
    for arg in args:
        names |= frozenset().union(*map(_names, arg.elts)) if isinstance(arg, ast.List) else _names(arg)
    return names
