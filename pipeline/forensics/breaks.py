"""Years in which a whole variable changes what it is:
its level, its spread over units, or its precision."""

import numpy as np

from pipeline.forensics.decimals import hardly_moves
from pipeline.forensics.growth import Kind, movement, nanmedian, nanquantile
from pipeline.forensics.suspicion import Grid, Suspicion


def find_breaks(x: Grid, kind: Kind) -> list[Suspicion]:
    """Years whose common change, or whose spread of changes over units,
    is unlike every other year's.

    Level: the median change is 6 robust deviations from those of the other years and at least 15%
    (5 points of a hundred for shares), with nine units in ten on its side; or nearly all units fall
    by that much, which they do in no more than one other year. Spread: the units' changes spread
    1.9 times as wide as usual, 1.6 times as in the years beside and 1.2 times as in any other year;
    what a definition counts differs from unit to unit.
    """
    n, years = x.shape
    if years < 5 or n < 8 or hardly_moves(x):
        return []
    move = movement(x, kind)
    out = []
    common = move.common
    spread = nanquantile(np.abs(move.steps), 0.75, axis=0) / 1.1503
    top = float(np.nanmax(np.abs(x), initial=0.0))
    least = (
        np.log(1.15)
        if move.logs
        else (0.05 if top <= 1 else 5.0)
        if kind == "share"
        else 0.05 * top
    )
    for t in range(years - 1):
        others = np.delete(common, t)
        others = others[np.isfinite(others)]
        if len(others) < 3 or not np.isfinite(common[t]):
            continue
        centre = float(np.median(others))
        usual = max(1.4826 * float(np.median(np.abs(others - centre))), 0.01 if move.logs else 1e-9)
        away = float(common[t]) - centre
        steps = move.level[:, t + 1] - move.level[:, t]
        side = float(np.mean(np.sign(steps[np.isfinite(steps)] - centre) == np.sign(away)))
        against = float(np.mean(np.sign(steps[np.isfinite(steps)]) == -np.sign(centre)))
        turned = (
            against >= 0.97 and abs(float(common[t])) > least and _turns(move.level, t, centre) == 0
        )
        if (abs(away) > max(6 * usual, least) and side >= 0.9) or turned:
            size = f"{np.exp(common[t]) - 1:+.0%}" if move.logs else f"{common[t]:+.4g}"
            elsewhere = f"{np.exp(centre) - 1:+.0%}" if move.logs else f"{centre:+.4g}"
            out.append(
                Suspicion(
                    "break-level",
                    "warning",
                    tuple((i, t + 1) for i in range(n)),
                    f"the median change is {size} in this year and {elsewhere} in the others; "
                    f"{side:.0%} of the units share it",
                    strength=abs(away) / usual,
                )
            )
            continue
        rest = np.delete(spread, t)
        rest = rest[np.isfinite(rest)]
        beside = float(
            np.max(np.nan_to_num([spread[s] for s in (t - 1, t + 1) if 0 <= s < years - 1]))
        )
        wide = len(rest) >= 4 and spread[t] > max(
            1.9 * float(np.median(rest)), 1.2 * float(rest.max()), 1.6 * beside
        )
        if wide and spread[t] > (0.01 if move.logs else 0.0):
            factor = float(spread[t] / max(float(np.median(rest)), 1e-12))
            out.append(
                Suspicion(
                    "break-spread",
                    "warning",
                    tuple((i, t + 1) for i in range(n)),
                    f"changes of this year spread {factor:.1f} times as wide over the units "
                    "as in the others",
                    strength=factor,
                )
            )
    return out


def _turns(level: Grid, t: int, centre: float) -> int:
    """How many years but this one and its worst peer see three quarters of the units go against the
    usual direction."""
    steps = np.diff(level, axis=1)
    with np.errstate(invalid="ignore"):
        against = [
            float(
                np.nanmean(
                    np.where(
                        np.isfinite(steps[:, u]), np.sign(steps[:, u]) == -np.sign(centre), np.nan
                    )
                )
            )
            for u in range(steps.shape[1])
            if u != t and np.isfinite(steps[:, u]).any()
        ]
    return sum(a >= 0.75 for a in sorted(against)[:-1])


def find_precision(decimals: Grid) -> list[Suspicion]:
    """Years in which the numbers are written with other decimals than before:
    another source, or a calculation.

    decimals: (n, T) decimals of each number as its cell holds it. A change counts that lasts: two
    years on either side whose medians are three or more apart. Numbers that suddenly carry four
    decimals more are reckoned, not read.
    """
    typical = nanmedian(decimals, axis=0)
    out = []
    for t in range(1, len(typical)):
        before, after = typical[max(0, t - 2) : t], typical[t : t + 2]
        if (
            not (np.isfinite(before).all() and np.isfinite(after).all())
            or len(after) < 2
            or len(before) < 2
        ):
            continue
        up, down = float(np.min(after) - np.max(before)), float(np.min(before) - np.max(after))
        change = max(up, down)
        if change >= 3:
            out.append(
                Suspicion(
                    "precision",
                    "warning" if change >= 4 else "note",
                    tuple((i, t) for i in range(len(decimals))),
                    f"numbers have {np.median(before):.0f} decimals up to the year before and "
                    f"{np.median(after):.0f} from this year",
                    strength=change,
                )
            )
    return out
