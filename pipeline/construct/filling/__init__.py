"""Gap filling, only where a study declares it; every filled cell is known afterwards.

Adding a method: a module with one function `(x, fill, rng) -> (draws, n, T)`, its line in
`METHODS`, its name in `Fill.method`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.construct.filling.kalman import smooth
from pipeline.construct.filling.linear import interpolate
from pipeline.construct.filling.multiple import impute
from pipeline.construct.filling.trend import follow_trend
from pipeline.formula.grid import Grid
from pipeline.panel.gaps import declared_gaps
from pipeline.study.schema import Fill

# Each gives the grid with its gaps filled as far as the method reaches; `impute` many such grids.
METHODS: dict[str, Callable[[Grid], Grid]] = {
    "linear": interpolate,
    "trend": follow_trend,
    "kalman": smooth,
}


def fill_gaps(
    x: Grid, fill: Fill, rng: np.random.Generator, known: Grid | None = None
) -> tuple[Grid, NDArray[np.bool_]]:
    """Filled grids (draws, n, T) and which cells (n, T) were filled: gaps of at most `max_gap`
    years, ends only if declared. known: (k, n, T) variables that multiple imputation is given.

    draws is 1 but for multiple imputation. Cells beyond the declared gaps stay missing.
    """
    allowed = declared_gaps(x, fill.max_gap, fill.ends)
    given = np.empty((0, *x.shape)) if known is None else known
    filled = (
        impute(x, given, fill.imputations, rng)
        if fill.method == "multiple"
        else METHODS[fill.method](x)[None]
    )
    cells = allowed & np.isfinite(filled).all(axis=0)
    return np.where(cells[None], filled, x[None]), cells
