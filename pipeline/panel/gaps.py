"""Gaps of a panel: which missing cells a declared filling may reach."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def declared_gaps(x: NDArray[np.float64], longest: int, ends: bool) -> NDArray[np.bool_]:
    """Missing cells that lie in a gap of at most `longest` years, between observed years unless
    `ends`."""
    out = np.zeros(x.shape, dtype=bool)
    for i, row in enumerate(np.isfinite(x)):
        seen = np.flatnonzero(row)
        if not len(seen):
            continue
        edges = [(-1, seen[0]), *pairwise(seen), (seen[-1], len(row))]
        for left, right in edges:
            outer = left == -1 or right == len(row)
            if 0 < right - left - 1 <= longest and (ends or not outer):
                out[i, left + 1 : right] = True
    return out
