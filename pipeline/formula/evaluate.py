"""Compute a parsed formula on grids: a walk over the tree, node by node."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.formula.functions import Calendar, functions
from pipeline.formula.grammar import Formula
from pipeline.formula.grid import Grid

# A grid, or a number that holds in every cell.
Value = Grid | np.float64
_OPERATORS: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
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
    shape = next(iter(values.values())).shape
    walk = _Walk(values, functions(calendar), np.zeros(shape, dtype=bool))
    with np.errstate(all="ignore"):
        result = walk.value(formula.tree)
    grid = np.broadcast_to(np.asarray(result, dtype=float), shape).copy()
    grid[walk.undefined] = np.nan
    return grid, walk.undefined


@dataclass(frozen=True)
class _Walk:
    """A walk over a formula's tree; `undefined` gathers the cells outside a function's domain."""

    values: Mapping[str, Grid]
    functions: Mapping[str, Callable[..., Grid]]
    undefined: NDArray[np.bool_]

    def value(self, node: ast.expr) -> Value:
        """The value of a node."""
        match node:
            case ast.Name(id=name):
                return self.values[name]
            case ast.Constant(value=int() | float() as number):
                return np.float64(number)
            case ast.UnaryOp(operand=operand):
                return -self.value(operand)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self.value(left), self.value(right)
                return self._watched(_OPERATORS[type(op)](a, b), a, b)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(name, args)
        raise AssertionError(f"{ast.dump(node)} passed the grammar")

    def _call(self, name: str, args: list[ast.expr]) -> Value:
        if name in _CELLWISE:
            (given,) = map(self.value, args)
            return self._watched(self.functions[name](given), given)
        result = self.functions[name](*map(self._argument, args))
        self.undefined[np.isinf(result)] = True
        return result

    def _argument(self, node: ast.expr) -> Value | list[Value]:
        return list(map(self.value, node.elts)) if isinstance(node, ast.List) else self.value(node)

    def _watched(self, result: Value, *inputs: Value) -> Value:
        """The result; cells where the inputs are there and it is not finite are undefined."""
        shape = self.undefined.shape
        there = np.all([np.broadcast_to(np.isfinite(i), shape) for i in inputs], axis=0)
        self.undefined[there & ~np.broadcast_to(np.isfinite(result), shape)] = True
        return result
