"""Episodes: one unit leaves its path for a few years and comes back, or leaves it for good."""

import math
from itertools import combinations

import numpy as np

from pipeline.forensics.growth import Kind, Movement, movement
from pipeline.forensics.suspicion import Grid, Suspicion


def find_shifts(x: Grid, kind: Kind) -> list[Suspicion]:
    """Two to four years between a jump and its way back, and jumps without return, of one unit.

    A jump is a change of 10 of the unit's usual ones (8 when it comes back) and, for amounts, by
    half. A warning: the numbers cannot tell a new boundary, a new definition or another source from
    a mistake; the source can.
    """
    move = movement(x, kind)
    with np.errstate(invalid="ignore"):
        z = move.steps / move.scale
        far = (np.abs(z) > 8) & (np.abs(move.steps) > (math.log(1.5) if move.logs else 0.0))
    out = []
    for i in map(int, np.flatnonzero(far.any(axis=1))):
        jumps = [int(t) for t in np.flatnonzero(far[i])]
        episodes = _episodes(move.steps[i], jumps)
        used = {t for episode in episodes for t in episode}
        out += [_episode(x, move, i, t, s, abs(z[i, t])) for t, s in episodes]
        out += [
            _shift(x, move, i, t, abs(z[i, t]))
            for t in jumps
            if t not in used and not {t - 1, t + 1} & set(jumps) and abs(z[i, t]) > 10
            # Next to the ends nothing says what the path was.
            if 0 < t < x.shape[1] - 2
        ]
    return out


def _episodes(steps: Grid, jumps: list[int]) -> list[tuple[int, int]]:
    """Jumps of one unit with the jump that takes them back, two to four years later, each once."""
    pairs: list[tuple[int, int]] = []
    used: set[int] = set()
    for t, s in combinations(jumps, 2):
        free = not used & {t, s} and 2 <= s - t <= 4
        if free and steps[t] * steps[s] < 0 and 0.7 <= abs(steps[t] / steps[s]) <= 1.4:
            used |= {t, s}
            pairs.append((t, s))
    return pairs


def _episode(x: Grid, move: Movement, i: int, t: int, s: int, strength: float) -> Suspicion:
    gone = move.steps[i, t]
    size = f"{math.exp(gone):.2f} times" if move.logs else f"{gone:+.4g}"
    return Suspicion(
        "episode",
        "warning",
        tuple((i, u) for u in range(t + 1, s + 1)),
        f"for {s - t} years the unit stands at {size} its path, then returns to it",
        float(x[i, t + 1]),
        None,
        float(strength),
    )


def _shift(x: Grid, move: Movement, i: int, t: int, strength: float) -> Suspicion:
    grown = move.level[i, t + 1] - move.level[i, t]
    size = f"{math.exp(grown) - 1:+.0%}" if move.logs else f"{move.steps[i, t]:+.4g}"
    return Suspicion(
        "level-shift",
        "warning",
        ((i, t + 1),),
        f"the level changes by {size} from the year before and stays",
        float(x[i, t + 1]),
        None,
        float(strength),
    )
