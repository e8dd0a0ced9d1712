"""Sums over units beside the total that the source itself prints."""

from dataclasses import dataclass

import numpy as np

from pipeline.forensics.growth import Kind, Movement, movement
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
    years = [int(t) for t in np.flatnonzero(complete & (off > max(8 * noise, 0.001)))]
    rare = len(years) <= 0.25 * complete.sum()
    move = movement(x, kind)
    out = []
    for t in years:
        culprit = _culprit(x[:, t], float((ratio[t] - usual) * total[t]), move, t)
        severe = culprit.alone and abs(ratio[t] - usual) > 0.01 and rare
        every = tuple((i, t) for i in range(len(x)))
        out.append(
            Suspicion(
                "total-missed",
                "error" if severe else "warning",
                ((culprit.unit, t),) if culprit.alone else every,
                f"the units add up to {ratio[t]:.2%} of the total that the source prints, "
                f"in other years to {usual:.2%}; {culprit.words}",
                culprit.value if culprit.alone else None,
                culprit.corrected if culprit.alone else None,
                float(off[t] / noise),
            )
        )
    return out


@dataclass(frozen=True)
class _Culprit:
    """The unit that comes nearest to what is expected when a whole gap is taken off it.

    closes: how much of the gap it is off by itself
    """

    unit: int
    value: float
    corrected: float
    closes: float

    @property
    def alone(self) -> bool:
        """Whether it is off by about the gap."""
        return 0.5 <= self.closes <= 1.5

    @property
    def words(self) -> str:
        """What is said of it."""
        share = f"the unit alone explains {self.closes:.0%} of it"
        return share if self.alone else "no single unit explains it"


def _culprit(values: Grid, missing: float, move: Movement, t: int) -> _Culprit:
    expected, scale = move.expected()[:, t], move.scale[:, 0]
    corrected = values - missing
    with np.errstate(invalid="ignore", divide="ignore"):
        before, after = (_distance(v, expected, scale, move.logs) for v in (values, corrected))
    gain = np.where(np.isfinite(before) & np.isfinite(after), before**2 - after**2, -np.inf)
    unit = int(np.argmax(gain))
    closes = float((values[unit] - expected[unit]) / missing)
    return _Culprit(unit, float(values[unit]), float(corrected[unit]), closes)


def _distance(value: Grid, expected: Grid, scale: Grid, logs: bool) -> Grid:
    """How far values are from what is expected, in usual changes of the unit;
    infinitely far where a log has no value."""
    gap = (
        np.where(value > 0, np.log(np.where(value > 0, value, 1.0) / expected), np.inf)
        if logs
        else value - expected
    )
    return np.asarray(np.abs(gap) / scale)
