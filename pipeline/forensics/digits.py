"""Digits where they make sense: last digits of measured numbers are uniform,
first digits of wide-ranging ones are Benford's.

Cells of one unit in successive years are not independent, so both tests take only notes' weight,
and their p-values are widened by the number of years that repeat the same leading digits.
"""

import numpy as np
from scipy.special import chdtrc

from pipeline.forensics.decimals import hardly_moves
from pipeline.forensics.suspicion import Grid, Suspicion


def find_digits(x: Grid, decimals: Grid) -> list[Suspicion]:
    """Heaped last digits (0 and 5, or any), and first digits far from Benford's law."""
    return [] if hardly_moves(x) else [*_last(x, decimals), *_first(x)]


def _last(x: Grid, decimals: Grid) -> list[Suspicion]:
    """The last written digit of numbers with at least four significant digits and the variable's
    usual decimals."""
    known = np.isfinite(x) & np.isfinite(decimals)
    usual = _usual_decimals(decimals[known])
    scaled = np.round(np.abs(x[known]) * 10.0**usual)
    scaled = scaled[scaled >= 1000]
    if usual > 6 or len(scaled) < 150:
        return []
    counts = np.bincount((scaled % 10).astype(int), minlength=10)
    # Trailing zeros are dropped by spreadsheets and so count less decimals: leave 0 out, its cells
    # are elsewhere.
    rest = counts[1:]
    if rest.sum() < 120:
        return []
    expected = rest.sum() / 9
    p = float(chdtrc(8, float(np.sum((rest - expected) ** 2)) / expected))
    heaped = float(counts[5] / rest.sum())
    if p > 1e-6 or np.max(np.abs(rest / rest.sum() - 1 / 9)) < 0.05:
        return []
    return [
        Suspicion(
            "digits-last",
            "note",
            _all(x),
            f"last digits are not uniform (p = {p:.1g}; {heaped:.0%} are 5, 11% would be)",
            strength=-float(np.log10(max(p, 1e-300))),
        )
    ]


def _usual_decimals(decimals: Grid) -> int:
    """The most decimals with which numbers are written; of numbers written with more than 6, nine
    in ten decide."""
    if not decimals.size:
        return 0
    most = int(decimals.max())
    return most if most <= 6 else int(np.quantile(decimals, 0.9))


def _first(x: Grid) -> list[Suspicion]:
    """First digits of a positive variable that spans three orders of magnitude,
    each unit counted once by its mean share."""
    positive = np.where(x > 0, x, np.nan)
    finite = positive[np.isfinite(positive)]
    if len(finite) < 300 or np.quantile(finite, 0.98) / np.quantile(finite, 0.02) < 1000:
        return []
    with np.errstate(invalid="ignore"):
        lead = np.floor(positive / 10.0 ** np.floor(np.log10(positive)))
    shares = np.array([np.nanmean(lead == d) for d in range(1, 10)]) * x.size / len(finite)
    benford = np.log10(1 + 1 / np.arange(1, 10))
    units = int(np.isfinite(lead).any(axis=1).sum())
    p = float(chdtrc(8, units * float(np.sum((shares - benford) ** 2 / benford))))
    if p > 1e-6:
        return []
    return [
        Suspicion(
            "digits-first",
            "note",
            _all(x),
            f"first digits are far from Benford's law (p = {p:.1g} counting each unit once)",
            strength=-float(np.log10(max(p, 1e-300))),
        )
    ]


def _all(x: Grid) -> tuple[tuple[int, int], ...]:
    return tuple((int(i), int(t)) for i, t in np.argwhere(np.isfinite(x))[:1])
