"""Index weights rebuilt inside every bootstrap replicate, from the replicate's own cells."""

from collections.abc import Callable

import numpy as np
from scipy.special import xlogy

from pipeline.inference.moments import Array, Ints

# Draws whose logarithms are in memory at once: 31 x 13 cells of 30 indicators then take 3 MB.
_CHUNK = 32


def minmax(x: Array, low: Array, span: Array) -> Array:
    """x on the scale on which `low` is 0 and `low + span` is 1."""
    return np.asarray((x - low) / span)


def drawn_ranges(x: Array, cluster: Ints, weights: Array) -> tuple[Array, Array]:
    """Minimum and range (R, k) of x (N, k) over the clusters drawn, for counts `weights` (R, G).

    The range is NaN for a column without variation in the draw.
    """
    groups = range(weights.shape[1])
    lowest = np.stack([x[cluster == g].min(axis=0) for g in groups])
    highest = np.stack([x[cluster == g].max(axis=0) for g in groups])
    low, span = np.empty((2, len(weights), x.shape[1]))
    for at in range(0, len(weights), _CHUNK):
        part = slice(at, at + _CHUNK)
        drawn = (weights[part] > 0)[:, :, None]
        low[part] = np.where(drawn, lowest, np.inf).min(axis=1)
        span[part] = np.where(drawn, highest, -np.inf).max(axis=1) - low[part]
    return low, np.where(span > 0, span, np.nan)


def entropy_weights(oriented: Array, cluster: Ints, weights: Array, shift: float) -> Array:
    """Entropy weights (R, k) of min-max values of `oriented` (N, k), which point the same way, for
    cluster counts `weights` (R, G); a cluster drawn twice counts twice.

    With s = value + shift and S its sum, sum p ln p = sum s ln s / S - ln S: one logarithm a cell
    and draw. NaN where an indicator does not vary.
    """
    low, span = drawn_ranges(oriented, cluster, weights)
    cells = weights @ np.bincount(cluster, minlength=weights.shape[1])
    out = np.empty(low.shape)
    for at in range(0, len(weights), _CHUNK):
        part = slice(at, at + _CHUNK)
        # Cells of clusters not drawn may lie below the minimum: they count 0 times, but need a log.
        values = np.maximum(minmax(oriented, low[part, None], span[part, None]), 0.0) + shift
        times = weights[part][:, None, cluster]
        total = (times @ values)[:, 0]
        information = (times @ xlogy(values, values))[:, 0] / total - np.log(total)
        d = 1 + information / np.log(cells[part])[:, None]
        out[part] = d / d.sum(axis=1, keepdims=True)
    return out


def entropy_slopes(x: Array, signs: Array, cluster: Ints, weights: Array, shift: float) -> Array:
    """What a unit of each indicator adds to the entropy-weighted index, (R, k), for cluster counts
    `weights` (R, G).

    x: (N, k) raw indicators, signs (k,) their directions. The index is linear in the indicators
    given these slopes; its constant is absorbed by the effects. An indicator without variation in a
    replicate gets NaN.
    """
    _, span = drawn_ranges(x, cluster, weights)
    return entropy_weights(x * signs, cluster, weights, shift) * signs / span


def equal_slopes(x: Array, signs: Array, cluster: Ints, weights: Array, shift: float) -> Array:
    """As `entropy_slopes` for equal weights: only the ranges are estimated."""
    _, span = drawn_ranges(x, cluster, weights)
    return np.asarray(signs / span / x.shape[1])


SLOPES: dict[str, Callable[[Array, Array, Ints, Array, float], Array]] = {
    "entropy": entropy_slopes,
    "equal": equal_slopes,
}


def contract(s: Array, blocks: list[tuple[int, Array | None]]) -> Array:
    """S (m, m, R) of raw columns to S of columns combined: each block takes `width` columns, as
    they are (None) or summed with slopes (R, width) into one."""
    rows = _combined(s, blocks)
    return _combined(rows.swapaxes(0, 1), blocks).swapaxes(0, 1)


def _combined(s: Array, blocks: list[tuple[int, Array | None]]) -> Array:
    """The first axis of S (m, j, R) combined block by block."""
    parts, at = [], 0
    for width, slopes in blocks:
        part = s[at : at + width]
        parts.append(part if slopes is None else np.einsum("rk,kjr->jr", slopes, part)[None])
        at += width
    return np.concatenate(parts)
