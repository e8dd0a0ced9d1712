"""Compute a parsed formula on grids: a walk over the tree, node by node."""

import ast
import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formula.functions import Calendar, Grid, functions
from pipeline.formula.grammar import Formula

_OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


# Functions of one cell: a missing result where the argument is there is an undefined one.
_CELLWISE = frozenset({"log", "exp", "sqrt"})


def evaluate(
    formula: Formula, values: Mapping[str, Grid], calendar: Calendar
) -> tuple[Grid, NDArray[np.bool_]]:
    """The formula's grid (provinces, years), and where it is undefined:
    log of 0, division by 0 and the like.

    A cell that is missing because its inputs are (or because the panel has not begun) is missing,
    not undefined.
    """
    known = functions(calendar)
    shape = next(iter(values.values())).shape
    undefined = np.zeros(shape, dtype=bool)

    def watch(result: Any, *inputs: Any) -> Any:
        there = np.all([np.broadcast_to(np.isfinite(i), shape) for i in inputs], axis=0)
        undefined[there & ~np.broadcast_to(np.isfinite(result), shape)] = True
        return result

    def walk(node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return values[name]
            case ast.Constant(value=number):
                return np.float64(number)  # type: ignore[arg-type]
            case ast.UnaryOp(operand=operand):
                return -walk(operand)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = walk(left), walk(right)
                return watch(_OPERATORS[type(op)](a, b), a, b)
            case ast.Call(func=ast.Name(id=name), args=args):
                given = [walk(a) for a in args]
                result = known[name](*given)
                if name in _CELLWISE:
                    return watch(result, *given)
                undefined[np.isinf(result)] = True
                return result
            case ast.List(elts=elements):
                return [walk(e) for e in elements]
        raise AssertionError(f"{ast.dump(node)} passed the grammar")

    with np.errstate(all="ignore"):
        result = walk(formula.tree)
    grid = np.broadcast_to(np.asarray(result, dtype=float), shape).copy()
    grid[undefined] = np.nan
    return grid, undefined
