"""Sampling uncertainty of weights: the provinces drawn again with replacement, indicators
normalised and weighed anew."""

import numpy as np

from pipeline.index.contract import Array, Context, Ints, Mask, WeightError, check_indicators
from pipeline.index.normalise import NORMALISATIONS
from pipeline.index.periods import weights_by_year
from pipeline.index.weighting import WEIGHTINGS
from pipeline.inference.draws import cluster_counts

# Draws whose logarithms are in memory at once: 31 x 13 cells of 30 indicators then take 3 MB.
_CHUNK = 32


def reweightings(
    x: Array,
    signs: Array,
    weighting: str,
    context: Context,
    seed: int,
    spec: str,
    draws: int = 1_000,
    normalisation: str = "minmax",
    period: str = "pooled",
    base: int | None = None,
    reference: Mask | None = None,
) -> Array:
    """Weights (draws, k) of samples of whole provinces, the mean over years where they change; a
    province drawn twice counts twice.

    x: (N, k) indicators as observed, signs (k,) their directions; context.provinces: (N,), which
    may be codes of any kind;
    period, base: as in `weights_by_year`; reference: rows (N,) whose range is used; seed, spec key
    the draws. A draw that admits no weights is a row of NaN. Raises WeightError where the sample
    itself admits none, and without provinces.
    """
    if context.provinces is None:
        raise WeightError("resampling provinces needs the province of each row")
    check_indicators(x)
    normalise, weigher = NORMALISATIONS[normalisation], WEIGHTINGS[weighting]

    def weigh(rows: Ints) -> Array:
        own = None if reference is None else reference[rows]
        here = context.at(rows)
        values = normalise(x[rows], signs, own)
        if period == "pooled":
            return weigher(values, here)
        return weights_by_year(values, weigher, here, period, base).mean(axis=0)

    weigh(np.arange(len(x)))
    names, cluster = np.unique(context.provinces, return_inverse=True)
    counts = np.concatenate(list(cluster_counts(seed, spec, draws, len(names))))
    plain = (weighting, normalisation, period) == (
        "entropy",
        "minmax",
        "pooled",
    ) and reference is None
    if plain and context.shift > 0:
        return _entropy(x * signs, cluster, counts, context.shift)
    out = np.full((draws, x.shape[1]), np.nan)
    for i, drawn in enumerate(counts[:, cluster].astype(int)):
        try:
            out[i] = weigh(np.repeat(np.arange(len(x)), drawn))
        except WeightError:
            continue
    return out


def _entropy(oriented: Array, cluster: Ints, counts: Array, shift: float) -> Array:
    """Entropy weights of min-max values, (R, k), for province counts (R, G): many draws in one
    array.

    With s = value + shift and S its sum, sum p ln p = sum s ln s / S - ln S: one logarithm a cell
    and draw.
    """
    groups = range(counts.shape[1])
    low = np.stack([oriented[cluster == g].min(axis=0) for g in groups])
    high = np.stack([oriented[cluster == g].max(axis=0) for g in groups])
    cells = counts @ np.bincount(cluster, minlength=len(groups))
    out = np.empty((len(counts), oriented.shape[1]))
    for at in range(0, len(counts), _CHUNK):
        part = slice(at, at + _CHUNK)
        drawn = (counts[part] > 0)[:, :, None]
        bottom = np.where(drawn, low, np.inf).min(axis=1)
        span = np.where(drawn, high, -np.inf).max(axis=1) - bottom
        span[~(span > 0)] = np.nan
        # Cells of provinces not drawn may lie below the minimum; they count 0 times, but need a
        # logarithm.
        s = np.maximum((oriented - bottom[:, None]) / span[:, None], 0.0) + shift
        times = counts[part][:, None, cluster]
        total = (times @ s)[:, 0]
        information = (times @ (s * np.log(s)))[:, 0] / total - np.log(total)
        d = 1 + information / np.log(cells[part])[:, None]
        out[part] = d / d.sum(axis=1, keepdims=True)
    return out
