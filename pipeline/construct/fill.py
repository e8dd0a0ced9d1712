"""Gap filling, only where a study declares it; every filled cell is known afterwards."""

from itertools import pairwise

import numpy as np

from pipeline.formula.functions import Grid


def fill_linear(x: Grid, max_gap: int) -> tuple[Grid, list[tuple[int, int]]]:
    """Fill inner gaps of at most `max_gap` years on a straight line between the observed neighbours.

    x: (provinces, years) with NaN gaps. Returns the filled grid and the (row, column) of each filled cell. Gaps at the
    ends and longer gaps stay missing.
    """
    out = x.copy()
    filled: list[tuple[int, int]] = []
    for i, row in enumerate(x):
        seen = np.flatnonzero(np.isfinite(row))
        for left, right in pairwise(seen):
            gap = right - left - 1
            if 0 < gap <= max_gap:
                for t in range(left + 1, right):
                    out[i, t] = row[left] + (row[right] - row[left]) * (t - left) / (right - left)
                    filled.append((i, int(t)))
    return out, filled
