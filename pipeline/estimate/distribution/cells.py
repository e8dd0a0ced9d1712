"""A variable as a grid of provinces and years, what of it is missing, and what cannot be used."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import BY_CODE
from pipeline.panel.result import Note

Cells = NDArray[np.float64]
_LISTED = 8
# Fewer provinces have no spread worth a number, and no moments of Moran's I.
MINIMUM = 4


@dataclass(frozen=True)
class Grid:
    """values (n, T), NaN where missing; codes (n,) GB/T 2260 of the provinces, ascending; years (T,)."""

    variable: str
    values: Cells
    codes: list[int]
    years: list[int]

    def year(self, year: int) -> tuple[Cells, list[int]]:
        """Values that are there in a year, and the codes of their provinces."""
        column = self.values[:, self.years.index(year)]
        there = np.isfinite(column)
        return column[there], [c for c, known in zip(self.codes, there, strict=True) if known]

    def usable_years(self, file: str) -> list[int]:
        """Years with enough provinces; Rejected if there are fewer than two."""
        counts = np.isfinite(self.values).sum(axis=0)
        years = [y for y, n in zip(self.years, counts, strict=True) if n >= MINIMUM]
        if len(years) < 2:
            raise refused(
                "too-few-values",
                file,
                self.variable,
                f"{len(years)} years with {MINIMUM} provinces or more",
                "at least two such years",
                "supply the missing values",
            )
        return years

    def missing(self, years: Iterable[int] | None = None) -> list[Note]:
        """A note that names the cells without a value in these years; none if there are none."""
        among = set(self.years if years is None else years)
        cells = [
            [c, y]
            for c, row in zip(self.codes, self.values, strict=True)
            for y, v in zip(self.years, row, strict=True)
            if y in among and not np.isfinite(v)
        ]
        return [Note("cells_left_out", {"cells": cells})] if cells else []


def grid_of(panel: Panel, variable: str) -> Grid:
    """The variable of the panel as a grid."""
    wide = panel.frame[variable].unstack("year").sort_index()
    values = np.asarray(wide, float)
    return Grid(variable, values, [int(c) for c in wide.index], [int(y) for y in wide.columns])


def refused(
    code: str, file: str, variable: str, found: str, expected: str, remedy: str
) -> Rejected:
    """The refusal of a variable, to be raised."""
    return Rejected(
        [Finding(code, "error", Where(file=file, variable=variable), found, expected, remedy)]
    )


def require_sign(grid: Grid, file: str, purpose: str, *, zero: bool) -> None:
    """Raise Rejected, naming provinces and years, unless every value is positive, or not negative if `zero` may be."""
    wrong = grid.values < 0 if zero else grid.values <= 0
    if not wrong.any():
        return
    where = [
        f"{BY_CODE[grid.codes[i]].en} {grid.years[t]} ({grid.values[i, t]:.4g})"
        for i, t in np.argwhere(wrong)
    ]
    more = f" and {len(where) - _LISTED} more" if len(where) > _LISTED else ""
    wanted = "values that are not negative" if zero else "positive values"
    raise refused(
        "negative-value" if zero else "not-positive",
        file,
        grid.variable,
        f"`{grid.variable}` is {'negative' if zero else 'zero or negative'} in "
        f"{', '.join(where[:_LISTED])}{more}",
        f"{wanted}: {purpose}",
        "name another variable, or drop this spec",
    )
