"""A variable as a grid of units and years: the one place where the panel is pivoted."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import Panel
from pipeline.study.specs import Spec

Array = NDArray[np.float64]
# Fewer units have no spread worth a number, and no moments of Moran's I.
MINIMUM = 4
# An island, which by the convention of spatial studies counts as a neighbour of the coast opposite.
HAINAN = 460000
# A refusal lists so many cells before it says how many more there are.
_LISTED = 8


@dataclass(frozen=True)
class Grid:
    """values (n, T), NaN where missing; codes (n,) of the units, ascending; years (T,)."""

    variable: str
    values: Array
    codes: list[int]
    years: list[int]

    def year(self, year: int) -> tuple[Array, list[int]]:
        """Values that are there in a year, and the codes of their units."""
        column = self.values[:, self.years.index(year)]
        there = np.isfinite(column)
        return column[there], [c for c, known in zip(self.codes, there, strict=True) if known]

    def of(self, codes: Iterable[int]) -> "Grid":
        """The grid of some of its units, in its own order."""
        wanted = set(codes)
        rows = [i for i, code in enumerate(self.codes) if code in wanted]
        return Grid(self.variable, self.values[rows], [self.codes[i] for i in rows], self.years)

    def during(self, years: Iterable[int]) -> "Grid":
        """The grid of some of its years, in its own order."""
        wanted = set(years)
        columns = [t for t, year in enumerate(self.years) if year in wanted]
        kept = [self.years[t] for t in columns]
        return Grid(self.variable, self.values[:, columns], self.codes, kept)

    @property
    def complete(self) -> "Grid":
        """The grid of the units that have a value in every year."""
        whole = np.asarray(np.isfinite(self.values).all(axis=1))
        return self.of(c for c, there in zip(self.codes, whole, strict=True) if there)

    @property
    def missing(self) -> dict[int, list[int]]:
        """Unit -> years without a value; units without a gap are left out."""
        gaps = {
            code: [y for y, value in zip(self.years, row, strict=True) if not np.isfinite(value)]
            for code, row in zip(self.codes, self.values, strict=True)
        }
        return {code: years for code, years in gaps.items() if years}


def grid_of(panel: Panel, variable: str) -> Grid:
    """A variable of the panel as a grid."""
    wide = panel.frame[variable].unstack("year").sort_index()
    values = np.asarray(wide, float)
    return Grid(variable, values, [int(c) for c in wide.index], [int(y) for y in wide.columns])


def usable_years(task: Task[Spec], grid: Grid) -> list[int]:
    """Years with enough units. Raises Rejected if there are fewer than two."""
    counts = np.isfinite(grid.values).sum(axis=0)
    years = [y for y, n in zip(grid.years, counts, strict=True) if n >= MINIMUM]
    if len(years) < 2:
        found = f"{len(years)} years with {MINIMUM} provinces or more"
        expected, remedy = "at least two such years", "supply the missing values"
        raise task.refusal("too-few-values", found, expected, remedy, variable=grid.variable)
    return years


def require_positive(task: Task[Spec], grid: Grid, purpose: str) -> None:
    """Raise Rejected, naming units and years, unless every value is above zero."""
    wrong = grid.values <= 0
    if wrong.any():
        found = f"zero or negative in {_named(task, grid, wrong)}"
        raise _sign(task, grid, "not-positive", found, f"positive values: {purpose}")


def require_amounts(task: Task[Spec], grid: Grid, purpose: str) -> None:
    """Raise Rejected, naming units and years, if a value is below zero."""
    wrong = grid.values < 0
    if wrong.any():
        found = f"negative in {_named(task, grid, wrong)}"
        expected = f"values that are not negative: {purpose}"
        raise _sign(task, grid, "negative-value", found, expected)


def _named(task: Task[Spec], grid: Grid, wrong: NDArray[np.bool_]) -> str:
    """The first cells of a mask (n, T) with their values, and how many more there are."""
    cells = [
        f"{task.study.unit_name(grid.codes[i], 'en')} {grid.years[t]} ({grid.values[i, t]:.4g})"
        for i, t in np.argwhere(wrong)
    ]
    more = len(cells) - _LISTED
    return ", ".join(cells[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _sign(task: Task[Spec], grid: Grid, code: str, found: str, expected: str) -> Rejected:
    remedy = "name another variable, or drop this spec"
    said = f"`{grid.variable}` is {found}"
    return task.refusal(code, said, expected, remedy, variable=grid.variable)


def finite(value: float) -> float | None:
    """A number as results hold it: None where it is not finite."""
    return float(value) if np.isfinite(value) else None
