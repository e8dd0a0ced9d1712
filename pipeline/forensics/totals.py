"""Sums over units beside the total that the source itself prints."""

import numpy as np

from pipeline.forensics.growth import Kind, movement
from pipeline.forensics.suspicion import Grid, Suspicion


def find_missed_totals(x: Grid, total: Grid, kind: Kind) -> list[Suspicion]:
    """Years in which the units miss the printed total, where they meet it (or a fixed share of it)
    in most others.

    total: (T,). Only additive variables can: the sum must lie within 10% of the total in the median
    year. The unit blamed is the one that comes nearest to what its neighbours in time let expect
    when the whole gap is taken off it, and only if that is about what it is off by; else the year
    as a whole is told, a warning.
    """
    complete = np.isfinite(x).all(axis=0) & np.isfinite(total) & (total != 0)
    if complete.sum() < 3:
        return []
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(complete, x.sum(axis=0) / total, np.nan)
    usual = float(np.nanmedian(ratio))
    if not 0.9 <= usual <= 1.1:
        return []
    off = np.abs(ratio - usual)
    noise = max(1.4826 * float(np.nanmedian(off)), 1e-4)
    move = movement(x, kind)
    expected = move.expected()
    out = []
    years = np.flatnonzero(complete & (off > max(8 * noise, 0.001)))
    for t in years:
        missing = float((ratio[t] - usual) * total[t])
        corrected = x[:, t] - missing
        with np.errstate(invalid="ignore", divide="ignore"):
            before, after = (
                _distance(v, expected[:, t], move.scale[:, 0], move.logs)
                for v in (x[:, t], corrected)
            )
        gain = np.where(np.isfinite(before) & np.isfinite(after), before**2 - after**2, -np.inf)
        blamed = int(np.argmax(gain))
        closes = float((x[blamed, t] - expected[blamed, t]) / missing)
        alone = 0.5 <= closes <= 1.5
        who = (
            f"; the unit alone explains {closes:.0%} of it"
            if alone
            else "; no single unit explains it"
        )
        cells = ((blamed, int(t)),) if alone else tuple((i, int(t)) for i in range(len(x)))
        severe = alone and abs(ratio[t] - usual) > 0.01 and len(years) <= 0.25 * complete.sum()
        out.append(
            Suspicion(
                "total-missed",
                "error" if severe else "warning",
                cells,
                f"the units add up to {ratio[t]:.2%} of the total that the source prints, "
                f"in other years to {usual:.2%}{who}",
                float(x[blamed, t]) if alone else None,
                float(x[blamed, t] - missing) if alone else None,
                float(off[t] / noise),
            )
        )
    return out


def _distance(value: Grid, expected: Grid, scale: Grid, logs: bool) -> Grid:
    """How far values are from what is expected, in usual changes of the unit;
    infinitely far where a log has no value."""
    gap = (
        np.where(value > 0, np.log(np.where(value > 0, value, 1.0) / expected), np.inf)
        if logs
        else value - expected
    )
    return np.asarray(np.abs(gap) / scale)
