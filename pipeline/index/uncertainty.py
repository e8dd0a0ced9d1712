"""Sampling uncertainty of weights: the provinces drawn again with replacement, indicators
normalised and weighed anew."""

import numpy as np

from pipeline.index.contract import Array, Context, Ints, Mask, WeightError, check_indicators
from pipeline.index.normalise import NORMALISATIONS
from pipeline.index.periods import weights_by_year
from pipeline.index.weighting import WEIGHTINGS
from pipeline.inference.draws import cluster_counts
from pipeline.inference.reweight import entropy_weights


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
        return np.asarray(weights_by_year(values, weigher, here, period, base).mean(axis=0))

    weigh(np.arange(len(x)))
    names, cluster = np.unique(context.provinces, return_inverse=True)
    counts = np.concatenate(list(cluster_counts(seed, spec, draws, len(names))))
    asked = (weighting, normalisation, period)
    if reference is None and asked == ("entropy", "minmax", "pooled"):
        return entropy_weights(x * signs, cluster, counts, context.shift)
    out = np.full((draws, x.shape[1]), np.nan)
    for i, drawn in enumerate(counts[:, cluster].astype(int)):
        try:
            out[i] = weigh(np.repeat(np.arange(len(x)), drawn))
        except WeightError:
            continue
    return out
