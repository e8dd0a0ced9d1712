"""Episodes: one unit leaves its path for a few years and comes back, or leaves it for good."""

import math

import numpy as np

from pipeline.forensics.growth import Kind, movement
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
        used: set[int] = set()
        for a, t in enumerate(jumps):
            for s in jumps[a + 1 :]:
                if t in used or s in used or not 2 <= s - t <= 4:
                    continue
                gone, back = move.steps[i, t], move.steps[i, s]
                if gone * back < 0 and 0.7 <= abs(gone / back) <= 1.4:
                    used |= {t, s}
                    size = f"{math.exp(gone):.2f} times" if move.logs else f"{gone:+.4g}"
                    cells = tuple((i, u) for u in range(t + 1, s + 1))
                    out.append(
                        Suspicion(
                            "episode",
                            "warning",
                            cells,
                            f"for {s - t} years the unit stands at {size} its path, then returns "
                            "to it",
                            float(x[i, t + 1]),
                            None,
                            float(abs(z[i, t])),
                        )
                    )
        for t in jumps:
            near = {t - 1, t + 1} & set(jumps)
            if t not in used and not near and abs(z[i, t]) > 10 and 0 < t < x.shape[1] - 2:
                size = (
                    f"by {math.exp(move.level[i, t + 1] - move.level[i, t]) - 1:+.0%}"
                    if move.logs
                    else f"by {move.steps[i, t]:+.4g}"
                )
                out.append(
                    Suspicion(
                        "level-shift",
                        "warning",
                        ((i, t + 1),),
                        f"the level changes {size} from the year before and stays",
                        float(x[i, t + 1]),
                        None,
                        float(abs(z[i, t])),
                    )
                )
    return out
