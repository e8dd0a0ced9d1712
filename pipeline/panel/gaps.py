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
        edges = [-1, *seen, len(row)] if ends and len(seen) else seen
        for left, right in pairwise(edges):
            out[i, left + 1 : right] = right - left - 1 <= longest
    return out
