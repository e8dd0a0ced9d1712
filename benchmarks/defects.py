"""Kinds of defect that a panel may have, each as what it does to a grid and what should find it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.forensics.suspicion import Grid

Cells = set[tuple[int, int]]


@dataclass(frozen=True)
class Kind:
    """A kind of defect: what it does to a grid (rng, x -> cells it spoils), and the codes that
    count as finding it."""

    plant: Callable[[np.random.Generator, Grid], Cells]
    codes: tuple[str, ...]
    variables: tuple[str, ...] | None = None


def _cell(change: Callable[[float], float]) -> Callable[[np.random.Generator, Grid], Cells]:
    def plant(rng: np.random.Generator, x: Grid) -> Cells:
        i, t = int(rng.integers(len(x))), int(rng.integers(x.shape[1]))
        x[i, t] = change(float(x[i, t]))
        return {(i, t)}

    return plant


def _swap(rng: np.random.Generator, x: Grid) -> Cells:
    i, j = rng.choice(len(x), 2, replace=False)
    t = int(rng.integers(x.shape[1]))
    x[[i, j], t] = x[[j, i], t]
    return {(int(i), t), (int(j), t)}


def _rotate(rng: np.random.Generator, x: Grid) -> Cells:
    first, t = int(rng.integers(len(x) - 12)), int(rng.integers(x.shape[1]))
    block = slice(first, first + int(rng.integers(5, 13)))
    x[block, t] = np.roll(x[block, t], 1)
    return {(i, t) for i in range(block.start, block.stop)}


def _copy_unit(rng: np.random.Generator, x: Grid) -> Cells:
    i, j = map(int, rng.choice(len(x), 2, replace=False))
    x[i] = x[j]
    return {(i, t) for t in range(x.shape[1])} | {(j, t) for t in range(x.shape[1])}


def _copy_year(rng: np.random.Generator, x: Grid) -> Cells:
    t = int(rng.integers(1, x.shape[1]))
    x[:, t] = x[:, t - 1]
    return {(i, t) for i in range(len(x))}


def _interpolate(rng: np.random.Generator, x: Grid) -> Cells:
    length = int(rng.integers(1, 4))
    t = int(rng.integers(1, x.shape[1] - length))
    for k in range(1, length + 1):
        x[:, t - 1 + k] = x[:, t - 1] + (x[:, t + length] - x[:, t - 1]) * k / (length + 1)
    return {(i, t - 1 + k) for i in range(len(x)) for k in range(1, length + 1)}


def _extrapolate(rng: np.random.Generator, x: Grid) -> Cells:
    last = x.shape[1]
    for t in range(last - 3, last):
        x[:, t] = x[:, t - 1] + (x[:, t - 1] - x[:, t - 2]) * (
            1 + 0.01 * rng.standard_normal(len(x))
        )
    return {(i, t) for i in range(len(x)) for t in range(last - 3, last)}


def _carry(rng: np.random.Generator, x: Grid) -> Cells:
    i, t = int(rng.integers(len(x))), int(rng.integers(1, x.shape[1] - 2))
    x[i, t : t + 3] = x[i, t - 1]
    return {(i, s) for s in range(t, t + 3)}


def _redefine(rng: np.random.Generator, x: Grid) -> Cells:
    t = int(rng.integers(3, x.shape[1] - 3))
    x[:, t:] *= 0.6 * np.exp(0.05 * rng.standard_normal((len(x), 1)))
    return {(i, t) for i in range(len(x))}


def _vintage(rng: np.random.Generator, x: Grid) -> Cells:
    t = int(rng.integers(3, x.shape[1] - 3))
    x[:, t:] *= np.exp(0.3 * rng.standard_normal((len(x), 1)))
    return {(i, t) for i in range(len(x))}


def _late(rng: np.random.Generator, x: Grid) -> Cells:
    x[:, 1:] = x[:, :-1].copy()
    x[:, 0] = x[:, 1]
    return {(0, 0)}


SLIP = ("slip", "spike")
KINDS = {
    "a decimal point slipped by one place": Kind(_cell(lambda v: v * 10), SLIP),
    "a decimal point slipped by two places": Kind(_cell(lambda v: v / 100), SLIP),
    "another unit in one cell (factor 10,000)": Kind(_cell(lambda v: v * 1e4), SLIP),
    "a digit too many": Kind(_cell(lambda v: float("1" + f"{v:.4f}")), SLIP),
    "two provinces swapped in one year": Kind(_swap, ("rows", *SLIP)),
    "rows rotated in one year": Kind(_rotate, ("rows", *SLIP)),
    "one province copied over another": Kind(_copy_unit, ("units-repeat",)),
    "one year copied over the next": Kind(_copy_year, ("years-repeat",)),
    "one to three years interpolated": Kind(_interpolate, ("line-year",)),
    "the last three years extrapolated": Kind(_extrapolate, ("extrapolated", "line-year")),
    "a value carried forward for three years": Kind(_carry, ("value-repeats", "line-run", *SLIP)),
    "a new definition from one year on": Kind(_redefine, ("break",)),
    "another vintage from one year on": Kind(_vintage, ("break", "level-shift")),
    "a part that misses its total (by a quarter)": Kind(
        _cell(lambda v: v * 1.25),
        ("identity-broken",),
        ("emp_primary", "emp_secondary", "emp_tertiary", "va_primary"),
    ),
    "a cell that differs from a second source (by 15%)": Kind(
        _cell(lambda v: v * 1.15), ("source-differs",)
    ),
    "a series stored a year late (second source)": Kind(_late, ("source-lagged",)),
    "a growth index stored a year late": Kind(_late, ("index-lagged",), ("gdp_index",)),
    "a province that misses the national total (by a third)": Kind(
        _cell(lambda v: v * 1.35),
        ("total-missed",),
        ("gdp", "pop", "patents", "rd_expenditure", "trade"),
    ),
}
