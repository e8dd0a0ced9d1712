"""One variable in two sources, cell by cell:
where they differ, since when, and whether one lags the other by a year."""

from dataclasses import dataclass

import numpy as np

from pipeline.forensics.decimals import rounding
from pipeline.forensics.suspicion import Grid, Suspicion


@dataclass(frozen=True)
class Agreement:
    """How two sources agree: shares of common cells within 1% and 0.1%, by year,
    and the best shift in years."""

    cells: int
    within_1: float
    within_01: float
    by_year: tuple[float, ...]
    shift: int
    shifted_within_1: float


def compare(x: Grid, y: Grid) -> Agreement:
    """Agreement of two grids (units, years) of one variable in the same unit. shift:
    y(t + shift) fits x(t) best."""
    share = {s: _agreement(x, y, s) for s in (0, -1, 1)}
    best = max((0, -1, 1), key=lambda s: (share[s][0], s == 0))
    gap = _gap(x, y)
    known = np.isfinite(gap)
    by_year = tuple(
        float(np.mean(gap[known[:, t], t] <= 0.01)) if known[:, t].any() else np.nan
        for t in range(x.shape[1])
    )
    return Agreement(int(known.sum()), share[0][0], share[0][1], by_year, best, share[best][0])


def _gap(x: Grid, y: Grid) -> Grid:
    """Distance relative to the other source."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.abs(x - y) / np.maximum(np.abs(y), 1e-300)


def _agreement(x: Grid, y: Grid, shift: int) -> tuple[float, float]:
    years = x.shape[1]
    a = x[:, max(0, -shift) : years - max(0, shift)]
    b = y[:, max(0, shift) : years - max(0, -shift)]
    gap = _gap(a, b)
    known = np.isfinite(gap)
    if not known.any():
        return 0.0, 0.0
    return float(np.mean(gap[known] <= 0.01)), float(np.mean(gap[known] <= 0.001))


def find_disagreement(x: Grid, y: Grid) -> list[Suspicion]:
    """What two sources of one variable say against each other.

    A lag of one year: shifted they agree in 60% of the cells, as stored in less than half of that.
    Single cells: where the sources agree in four cells of five, those that differ by more than 1%
    and more than rounding. Else two vintages or definitions.
    """
    agreement = compare(x, y)
    if agreement.cells < 20:
        return []
    shifted = agreement.shifted_within_1
    if agreement.shift and shifted >= 0.6 and agreement.within_1 < 0.5 * shifted:
        return [_lagged(agreement)]
    return _differences(x, y, agreement) if agreement.within_1 >= 0.8 else [_vintage(agreement)]


def _lagged(agreement: Agreement) -> Suspicion:
    later = "later" if agreement.shift < 0 else "earlier"
    return Suspicion(
        "source-lagged",
        "error",
        ((0, 0),),
        f"the values stand one year {later} than in the other source: "
        f"{agreement.shifted_within_1:.0%} of the cells agree when shifted, "
        f"{agreement.within_1:.0%} as stored",
        strength=agreement.shifted_within_1,
    )


def _vintage(agreement: Agreement) -> Suspicion:
    return Suspicion(
        "source-vintage",
        "warning",
        ((0, 0),),
        f"the sources agree within 1% in {agreement.within_1:.0%} of {agreement.cells} cells: "
        "two definitions or vintages",
        strength=1 - agreement.within_1,
    )


def _differences(x: Grid, y: Grid, agreement: Agreement) -> list[Suspicion]:
    """The cells in which two sources differ that otherwise agree, the widest apart first."""
    coarse = np.fmax(rounding(x), rounding(y))[None, :]
    # Both may be rounded; nothing is relative to zero.
    gap = np.where((np.abs(x - y) <= coarse) | (y == 0), 0.0, _gap(x, y))
    cells = [(int(i), int(t)) for i, t in np.argwhere(np.nan_to_num(gap) > 0.01)]
    return [
        Suspicion(
            "source-differs",
            "error" if gap[c] > 0.1 else "warning",
            (c,),
            f"{x[c]:.8g} here, {y[c]:.8g} in the other source ({gap[c]:.1%} apart; "
            f"the sources agree within 1% in {agreement.within_1:.0%} of the cells)",
            float(x[c]),
            float(y[c]),
            float(gap[c]),
        )
        for c in sorted(cells, key=lambda c: -gap[c])
    ]


def find_lagged_index(index: Grid, level: Grid) -> list[Suspicion]:
    """A growth index (previous year = 100) stored a year late or early,
    judged by the level it belongs to.

    Correlations over all cells, each year's mean taken off, of the index with the level's growth in
    the same year, the year before and the year after; the other year must fit clearly better
    (Fisher's z, difference of 4).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        growth = np.diff(np.log(np.where(level > 0, level, np.nan)), axis=1)
        change = np.log(np.where(index > 0, index, np.nan) / 100)[:, 1:]
    fits = {s: _correlation(change, growth, s) for s in (0, 1, -1)}
    best = max(fits, key=lambda s: fits[s][0])
    r0, n = fits[0]
    r1, m = fits[best]
    if best == 0 or min(n, m) < 60 or r1 < 0.3:
        return []
    z = (np.arctanh(min(r1, 0.999)) - np.arctanh(max(min(r0, 0.999), -0.999))) / np.sqrt(
        1 / (n - 3) + 1 / (m - 3)
    )
    if z < 4:
        return []
    later = "later" if best > 0 else "earlier"
    return [
        Suspicion(
            "index-lagged",
            "error",
            ((0, 0),),
            f"the index follows the growth of its level one year {later}: "
            f"correlation {r1:.2f} shifted, {r0:.2f} as stored",
            strength=float(z),
        )
    ]


def _correlation(change: Grid, growth: Grid, shift: int) -> tuple[float, int]:
    """Correlation of change(t + shift) with growth(t), years demeaned, and the number of cells."""
    years = change.shape[1]
    a = change[:, max(0, shift) : years - max(0, -shift)]
    b = growth[:, max(0, -shift) : years - max(0, shift)]
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 20:
        return 0.0, int(known.sum())
    with np.errstate(invalid="ignore"):
        a, b = (
            np.where(known, g, np.nan) - np.nanmean(np.where(known, g, np.nan), axis=0)
            for g in (a, b)
        )
    u, v = a[known], b[known]
    scale = float(np.sqrt(np.sum(u**2) * np.sum(v**2)))
    return (float(np.sum(u * v)) / scale if scale else 0.0), int(known.sum())
