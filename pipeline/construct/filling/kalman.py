"""A local level with drift, smoothed: what the Kalman smoother gives."""

import numpy as np

from pipeline.construct.filling.level import level_model
from pipeline.construct.filling.trend import transformed
from pipeline.formula.grid import Grid

_FEWEST = 5


def smooth(x: Grid) -> Grid:
    """Every gap of a grid (n, T) by the smoothed level of the province's own model (`level_model`).

    In logs for amounts, logits for shares. A province with fewer than five observed years stays as
    it is.
    """
    y, back = transformed(x)
    out = x.copy()
    for i, row in enumerate(y):
        if np.isfinite(row).sum() < _FEWEST or np.isfinite(x[i]).all():
            continue
        model = level_model(row)
        level = row.copy()
        level[~np.isfinite(row)] = model.gaps(model.likeliest)[0]
        out[i] = np.where(np.isfinite(x[i]), x[i], back(level))
    return out
