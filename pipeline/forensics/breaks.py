"""Years in which a whole variable changes what it is:
its level, its spread over units, or its precision."""

import math

import numpy as np

from pipeline.forensics.decimals import hardly_moves
from pipeline.forensics.growth import Kind, Movement, movement, nanmedian, nanquantile
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
    least = _least(x, kind)
    spread = nanquantile(np.abs(move.steps), 0.75, axis=0) / 1.1503
    found = []
    for t in range(years - 1):
        others = _others(move.common, t)
        if len(others) >= 3 and np.isfinite(move.common[t]):
            found.append(_level_break(move, t, others, least) or _spread_break(move, t, spread))
    return [s for s in found if s is not None]


def _least(x: Grid, kind: Kind) -> float:
    """The smallest change of level that counts: 15%, 5 points of a hundred, or 5% of the largest
    value."""
    top = float(np.nanmax(np.abs(x), initial=0.0))
    if kind == "amount":
        return math.log(1.15)
    if kind == "share":
        return 0.05 if top <= 1 else 5.0
    return 0.05 * top


def _others(values: Grid, t: int) -> Grid:
    """The known values of the other years."""
    others = np.delete(values, t)
    return others[np.isfinite(others)]


def _level_break(move: Movement, t: int, others: Grid, least: float) -> Suspicion | None:
    """A common change unlike the `others`, or against the direction that nearly all units take."""
    change = float(move.common[t])
    centre = float(np.median(others))
    floor = 0.01 if move.logs else 1e-9
    usual = max(1.4826 * float(np.median(np.abs(others - centre))), floor)
    away = change - centre
    steps = move.level[:, t + 1] - move.level[:, t]
    steps = steps[np.isfinite(steps)]
    side = float(np.mean(np.sign(steps - centre) == np.sign(away)))
    against = float(np.mean(np.sign(steps) == -np.sign(centre)))
    jumped = abs(away) > max(6 * usual, least) and side >= 0.9
    turned = against >= 0.97 and abs(change) > least and _turns(move.level, t, centre) == 0
    if not (jumped or turned):
        return None
    return Suspicion(
        "break-level",
        "warning",
        _year(move, t + 1),
        f"the median change is {_size(change, move.logs)} in this year and "
        f"{_size(centre, move.logs)} in the others; {side:.0%} of the units share it",
        strength=abs(away) / usual,
    )


def _size(change: float, logs: bool) -> str:
    return f"{np.exp(change) - 1:+.0%}" if logs else f"{change:+.4g}"


def _year(move: Movement, t: int) -> tuple[tuple[int, int], ...]:
    """The cells of all units in a year."""
    return tuple((i, t) for i in range(len(move.y)))


def _spread_break(move: Movement, t: int, spread: Grid) -> Suspicion | None:
    """Changes that differ more from unit to unit than in any other year."""
    rest = _others(spread, t)
    if len(rest) < 4:
        return None
    sides = [spread[s] for s in (t - 1, t + 1) if 0 <= s < len(spread)]
    beside = float(np.max(np.nan_to_num(sides)))
    median = float(np.median(rest))
    bar = max(1.9 * median, 1.2 * float(rest.max()), 1.6 * beside, 0.01 if move.logs else 0.0)
    if not spread[t] > bar:
        return None
    factor = float(spread[t] / max(median, 1e-12))
    return Suspicion(
        "break-spread",
        "warning",
        _year(move, t + 1),
        f"changes of this year spread {factor:.1f} times as wide over the units as in the others",
        strength=factor,
    )


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
    for t in range(2, len(typical) - 1):
        before, after = typical[t - 2 : t], typical[t : t + 2]
        if not (np.isfinite(before).all() and np.isfinite(after).all()):
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
