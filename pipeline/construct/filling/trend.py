"""The province's ratio to the national trend, carried through the gap."""

import numpy as np

from pipeline.construct.filling.linear import interpolate
from pipeline.formula.functions import Grid


def follow_trend(x: Grid) -> Grid:
    """Every gap of a grid (n, T) at the panel's common growth, the province's ratio to it interpolated (kept, at the ends).

    The common growth of a year is the median over provinces of the change from the year before (of the log where all
    values are positive). A year that no province has leaves its gaps open.
    """
    logs = bool(np.nanmin(x, initial=np.inf) > 0)
    y = np.log(x) if logs else x
    steps = np.diff(y, axis=1)
    common = np.array([np.median(s[np.isfinite(s)]) if np.isfinite(s).any() else np.nan for s in steps.T])
    path = np.concatenate([[0.0], np.cumsum(common)])
    ratio = interpolate(y - path)
    for row in ratio:
        seen = np.flatnonzero(np.isfinite(row))
        if len(seen):
            row[: seen[0]], row[seen[-1] + 1 :] = row[seen[0]], row[seen[-1]]
    out = ratio + path
    return np.where(np.isfinite(x), x, np.exp(out) if logs else out)
