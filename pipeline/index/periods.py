"""Weights over time: one set for all years, or one a year."""

from collections.abc import Callable

import numpy as np

from pipeline.index.contract import Array, Context, Ints, Mask, Weigher, WeightError

Scheme = Callable[[Array, Weigher, Context, int | None], Array]

# Years that expanding weights need at the least: one year has no change over time in it.
_SHORTEST = 2


def pooled(x: Array, weigher: Weigher, context: Context, base: int | None = None) -> Array:
    """One set of weights from all rows, repeated for each year: later years change earlier
    scores."""
    return _repeated(weigher(x, context), context)


def per_year(x: Array, weigher: Weigher, context: Context, base: int | None = None) -> Array:
    """Each year's weights from its own rows: scores of different years are not comparable."""
    years = _years(context)
    return np.stack(
        [_from(years == t, f"in year {t}", x, weigher, context) for t in np.unique(years)]
    )


def base_year(x: Array, weigher: Weigher, context: Context, base: int | None = None) -> Array:
    """The weights of the base year's rows, repeated: given the normalised values, later years
    change nothing. Raises WeightError if it has no rows."""
    rows = _years(context) == base
    if not rows.any():
        raise WeightError(f"no rows of the base year {base}")
    return _repeated(_from(rows, f"in base year {base}", x, weigher, context), context)


def expanding(x: Array, weigher: Weigher, context: Context, base: int | None = None) -> Array:
    """Weights at t from the rows up to t; the normalised values may still know later years (their
    range).

    The first year has too little behind it and takes the weights of the first two years: it looks
    one year ahead.
    """
    years = _years(context)
    axis = np.unique(years)
    last = np.maximum(axis, axis[min(_SHORTEST, len(axis)) - 1])
    return np.stack([_from(years <= t, f"in years up to {t}", x, weigher, context) for t in last])


SCHEMES: dict[str, Scheme] = {
    "pooled": pooled,
    "per_year": per_year,
    "base_year": base_year,
    "expanding": expanding,
}


def weights_by_year(
    x: Array, weigher: Weigher, context: Context, scheme: str, base: int | None = None
) -> Array:
    """Weights (T, k), a row for each year in ascending order.

    x: (N, k) normalised; context.years: (N,); scheme: a name in `SCHEMES`; base: the base year, for
    `base_year`. Raises WeightError as the weighting does, saying in which year, and where years or
    base year are absent.
    """
    return SCHEMES[scheme](x, weigher, context, base)


def rowwise(weights: Array, years: Ints) -> Array:
    """Weights (T, k) by ascending year, spread over the rows: (N, k)."""
    return np.asarray(weights[np.unique(years, return_inverse=True)[1]])


def _years(context: Context) -> Ints:
    if context.years is None:
        raise WeightError("weights over time need the year of each row")
    return context.years


def _repeated(weights: Array, context: Context) -> Array:
    return np.tile(weights, (len(np.unique(_years(context))), 1))


def _from(rows: Mask, where: str, x: Array, weigher: Weigher, context: Context) -> Array:
    try:
        return weigher(x[rows], context.at(rows))
    except WeightError as error:
        raise WeightError(f"{where}: {error}", error.column) from None
