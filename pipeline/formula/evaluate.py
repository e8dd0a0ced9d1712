"""Compute a parsed formula on grids: a walk over the tree, node by node."""

import ast
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.formula.functions import Calendar, Grid, functions
from pipeline.formula.grammar import Formula

_OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip


def evaluate(formula: Formula, values: Mapping[str, Grid], calendar: Calendar) -> Grid:
    """The formula's grid (provinces, years). Undefined cells (log of 0, division by 0) come out as inf or NaN."""
    known = functions(calendar)

    def walk(node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return values[name]
            case ast.Constant(value=number):
                return float(number)  # type: ignore[arg-type]
            case ast.UnaryOp(operand=operand):
                return -walk(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](walk(left), walk(right))
            case ast.Call(func=ast.Name(id=name), args=args):
                return known[name](*(walk(a) for a in args))
            case ast.List(elts=elements):
                return [walk(e) for e in elements]
        raise AssertionError(f"{ast.dump(node)} passed the grammar")

    with np.errstate(all="ignore"):
        result = walk(formula.tree)
    shape = next(iter(values.values())).shape
    return np.broadcast_to(np.asarray(result, dtype=float), shape).copy()
