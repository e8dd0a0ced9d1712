"""Small panels for the tests of inference, with gaps and clusters of several units."""

import numpy as np


def panel(seed, units=12, periods=7, missing=0, controls=2):
    """y, x, controls, entity, time of a panel with effects; `missing` rows are left out."""
    rng = np.random.default_rng(seed)
    entity, time = np.repeat(np.arange(units), periods), np.tile(np.arange(periods), units)
    n = units * periods
    c = rng.normal(size=(n, controls)) + 0.3 * time[:, None]
    x = rng.normal(size=n) * (1 + entity / 4) + c.sum(axis=1)
    y = 0.3 * x + c.sum(axis=1) + rng.normal(size=n) + entity
    keep = np.ones(n, bool)
    keep[rng.choice(n, missing, replace=False)] = False
    return y[keep], x[keep], c[keep], entity[keep], time[keep]


def dummies(entity, time, *others):
    """Columns of all units, all periods but the first, and others."""
    units, periods = np.unique(entity), np.unique(time)[1:]
    return np.column_stack([entity[:, None] == units, time[:, None] == periods, *others]).astype(
        float
    )
