"""The province's ratio to the national trend, carried through the gap."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from pipeline.construct.filling.linear import interpolate
from pipeline.formula.grid import Grid


def transformed(x: Grid) -> tuple[Grid, Callable[[Grid], Grid]]:
    """The grid as it is best filled, and the way back: logs of amounts (zeros are no guide to a
    trend: they count as missing), logits of shares below one, the numbers themselves where some are
    negative."""
    finite = x[np.isfinite(x)]
    if finite.size == 0 or finite.min() < 0:
        return x, np.asarray
    if finite.max() <= 1 and finite.min() >= 0 and np.median(finite) > 0.01:
        inside = np.clip(x, 1e-6, 1 - 1e-6)
        return np.log(inside / (1 - inside)), lambda z: 1 / (1 + np.exp(-z))
    return np.log(np.where(x > 0, x, np.nan)), np.exp


def common_path(y: Grid) -> Grid:
    """(T,) the panel's cumulated common movement: medians over provinces of the change per year,
    across gaps too, so that a year that no province has lies on the way between its neighbours."""
    years = [t for t in range(y.shape[1]) if np.isfinite(y[:, t]).sum() >= 1]
    path = np.full(y.shape[1], np.nan)
    if not years:
        return np.zeros(y.shape[1])
    path[years[0]] = 0.0
    for s, t in pairwise(years):
        steps = y[:, t] - y[:, s]
        known = steps[np.isfinite(steps)]
        path[t] = path[s] + (float(np.median(known)) if known.size else 0.0)
    return np.asarray(np.interp(np.arange(y.shape[1]), years, path[years]))


def follow_trend(x: Grid) -> Grid:
    """Every gap of a grid (n, T) at the panel's common growth, the province's ratio to it
    interpolated (kept, at the ends).

    The common growth of a year is the median over provinces of the change from the year before, in
    logs for amounts, in logits for shares; see `common_path`.
    """
    y, back = transformed(x)
    path = common_path(y)
    ratio = interpolate(y - path)
    for row in ratio:
        seen = np.flatnonzero(np.isfinite(row))
        if len(seen):
            row[: seen[0]], row[seen[-1] + 1 :] = row[seen[0]], row[seen[-1]]
    return np.where(np.isfinite(x), x, back(ratio + path))
