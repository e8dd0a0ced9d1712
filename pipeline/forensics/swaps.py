"""Rows that stand at the wrong unit in one year: two swapped, or a block rotated by a row."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.forensics.growth import Kind, movement
from pipeline.forensics.suspicion import Grid, Suspicion

_CAP = 8.0
_MOVING = 4.0  # what another place must gain at least, so that neighbours of like size do not join a cycle


def find_swaps(x: Grid, kind: Kind) -> list[Suspicion]:
    """Years in which another order of the values fits the neighbouring years far better than the
    order in the file.

    The cost of a value at a unit is its squared distance, in usual changes and capped at 8, from
    what the unit's neighbouring years let expect. The best assignment is compared with the file's
    own; its cycles are swaps (of 2) and rotations. With many values some other order always fits a
    little better, and in a year of upheaval a lot: a cycle is reported when it gains 15 per unit
    (30 in cycles of two or three), six in ten of its units are more than 3 usual changes off as
    stored, and half of them further than all but one cell in a hundred of the other years;
    exchanged they stand where they usually do, off by 1.5 usual changes in the root mean square.
    """
    move = movement(x, kind)
    spike = move.spike()
    expected = move.level - spike
    found: dict[int, list[Suspicion]] = {}
    for t in range(x.shape[1]):
        with np.errstate(invalid="ignore"):
            z = np.abs(spike[:, t]) / move.scale[:, 0]
        rows = np.flatnonzero(np.isfinite(z))
        moved = rows[z[rows] > 2]
        if len(moved) < 2 or (z[rows] > 4).sum() < 2:
            continue
        pool = rows if len(rows) <= 60 else moved[:400]
        values, wanted = move.level[pool, t], expected[pool, t]
        cost = np.minimum(np.abs(values[None, :] - wanted[:, None]) / move.scale[pool], _CAP) ** 2
        _, source = linear_sum_assignment(cost + _MOVING * (1 - np.eye(len(pool))))
        for cycle in _cycles(source):
            gain = sum(cost[k, k] - cost[k, source[k]] for k in cycle)
            after = [np.sqrt(cost[k, source[k]]) for k in cycle]
            stored = float(np.median([z[pool[k]] for k in cycle]))
            apart = (
                stored > 1.5 * _usual_worst(spike, move.scale, t)
                and np.mean([np.sqrt(cost[k, k]) > 3 for k in cycle]) >= 0.6
            )
            if (
                apart
                and gain >= (30.0 if len(cycle) <= 3 else 15.0) * len(cycle)
                and np.sqrt(np.mean(np.square(after))) <= 1.5
            ):
                cells = tuple((int(pool[k]), t) for k in cycle)
                which = "swapped" if len(cycle) == 2 else "rotated"
                found.setdefault(t, []).append(
                    Suspicion(
                        f"rows-{which}",
                        "error",
                        cells,
                        f"{len(cycle)} units hold each other's values: "
                        "exchanged back they fit the years around "
                        f"(misfit {np.sqrt(np.mean([cost[k, k] for k in cycle])):.1f} usual "
                        "changes as stored, "
                        f"{np.mean(after):.1f} exchanged)",
                        strength=float(gain),
                    )
                )
    # A year of wrong rows spoils what its neighbours expect: only the year with the larger gain is
    # blamed.
    gains = {t: sum(s.strength for s in cycles) for t, cycles in found.items()}
    return [
        s
        for t, cycles in found.items()
        if gains[t] >= max(gains.get(t - 1, 0.0), gains.get(t + 1, 0.0))
        for s in cycles
    ]


def _usual_worst(spike: Grid, scale: Grid, t: int) -> float:
    """The distance, in usual changes, that one cell in a hundred of the years away from t
    exceeds."""
    far = np.delete(
        np.abs(spike) / scale, [s for s in range(t - 2, t + 3) if 0 <= s < spike.shape[1]], axis=1
    )
    far = far[np.isfinite(far)]
    return float(np.quantile(far, 0.99)) if far.size else 0.0


def _cycles(source: np.ndarray) -> list[list[int]]:
    """The cycles of a permutation, fixed points left out; each begins with its smallest member."""
    seen: set[int] = set()
    cycles = []
    for start in range(len(source)):
        cycle = []
        k = start
        while k not in seen:
            seen.add(k)
            cycle.append(k)
            k = int(source[k])
        if len(cycle) > 1:
            cycles.append(cycle)
    return cycles
