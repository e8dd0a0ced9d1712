"""Index weights rebuilt inside every bootstrap replicate, from the replicate's own cells."""

from collections.abc import Callable

import numpy as np

from pipeline.inference.moments import Array, Ints

_CHUNK = 64


def entropy_slopes(x: Array, signs: Array, cluster: Ints, weights: Array, shift: float) -> Array:
    """What a unit of each indicator adds to the entropy-weighted index, (R, k), for cluster counts
    `weights` (R, G).

    x: (N, k) raw indicators, signs (k,) their directions. Min-max and entropies are taken over the
    clusters drawn, a cluster drawn twice counting twice. The index is linear in the indicators
    given these slopes; its constant is absorbed by the effects. An indicator without variation in a
    replicate gets NaN.
    """
    groups = weights.shape[1]
    oriented = x * signs
    low = np.stack([oriented[cluster == g].min(axis=0) for g in range(groups)])
    high = np.stack([oriented[cluster == g].max(axis=0) for g in range(groups)])
    cells = np.bincount(cluster, minlength=groups).astype(float)
    out = np.empty((len(weights), x.shape[1]))
    for at in range(0, len(weights), _CHUNK):
        w = weights[at : at + _CHUNK]
        drawn = (w > 0)[:, :, None]
        bottom = np.where(drawn, low, np.inf).min(axis=1)
        span = np.where(drawn, high, -np.inf).max(axis=1) - bottom
        span = np.where(span > 0, span, np.nan)
        counts = w[:, cluster]
        scaled = np.maximum((oriented[None] - bottom[:, None]) / span[:, None], 0.0) + shift
        total = np.einsum("rn,rnk->rk", counts, scaled)
        p = scaled / total[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            information = np.where(p > 0, p * np.log(p), 0.0)
        d = 1 + np.einsum("rn,rnk->rk", counts, information) / np.log(w @ cells)[:, None]
        out[at : at + _CHUNK] = d / d.sum(axis=1, keepdims=True) * signs / span
    return out


def equal_slopes(x: Array, signs: Array, cluster: Ints, weights: Array, shift: float) -> Array:
    """As `entropy_slopes` for equal weights: only the ranges are estimated."""
    groups = weights.shape[1]
    low = np.stack([x[cluster == g].min(axis=0) for g in range(groups)])
    high = np.stack([x[cluster == g].max(axis=0) for g in range(groups)])
    drawn = (weights > 0)[:, :, None]
    span = np.where(drawn, high, -np.inf).max(axis=1) - np.where(drawn, low, np.inf).min(axis=1)
    return np.asarray(signs / np.where(span > 0, span, np.nan) / x.shape[1])


SLOPES: dict[str, Callable[[Array, Array, Ints, Array, float], Array]] = {
    "entropy": entropy_slopes,
    "equal": equal_slopes,
}


def contract(s: Array, blocks: list[tuple[int, Array | None]]) -> Array:
    """S (m, m, R) of raw columns to S of columns combined: each block takes `width` columns, as
    they are (None) or summed with slopes (R, width) into one."""
    parts, at = [], 0
    for width, slopes in blocks:
        if slopes is None:
            parts.append(s[at : at + width])
        else:
            parts.append(np.einsum("rk,kjr->jr", slopes, s[at : at + width])[None])
        at += width
    s = np.concatenate(parts)
    parts, at = [], 0
    for width, slopes in blocks:
        if slopes is None:
            parts.append(s[:, at : at + width])
        else:
            parts.append(np.einsum("rk,ikr->ir", slopes, s[:, at : at + width])[:, None])
        at += width
    return np.concatenate(parts, axis=1)
