"""Rows that stand at the wrong unit in one year: two swapped, or a block rotated by a row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from pipeline.forensics.growth import Kind, movement
from pipeline.forensics.suspicion import Grid, Suspicion

_CAP = 8.0
# What another place must gain at least, so that neighbours of like size do not join a cycle.
_MOVING = 4.0


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
        pool = _pool(z)
        if not len(pool):
            continue
        cost = _costs(move.level[pool, t], expected[pool, t], move.scale[pool])
        _, source = linear_sum_assignment(cost + _MOVING * (1 - np.eye(len(pool))))
        usual = _usual_worst(spike, move.scale, t)
        for cycle in _cycles(source):
            swap = _Swap(t, pool[cycle], cost[cycle, cycle], cost[cycle, source[cycle]])
            if float(np.median(z[swap.units])) > 1.5 * usual and swap.convinces:
                found.setdefault(t, []).append(swap.suspicion())
    # A year of wrong rows spoils what its neighbours expect: only that with the larger gain counts.
    gains = {t: sum(s.strength for s in cycles) for t, cycles in found.items()}
    return [
        s
        for t, cycles in found.items()
        if gains[t] >= max(gains.get(t - 1, 0.0), gains.get(t + 1, 0.0))
        for s in cycles
    ]


@dataclass(frozen=True)
class _Swap:
    """Units that hold each other's values in the year t; their costs as stored and exchanged."""

    t: int
    units: NDArray[np.intp]
    stored: Grid
    exchanged: Grid

    @property
    def gain(self) -> float:
        """By how much the cost falls when the values are exchanged back."""
        return float(sum(self.stored - self.exchanged))

    @property
    def convinces(self) -> bool:
        """Whether the units are off as stored, the gain is large, and the rest fits."""
        off = np.mean(np.sqrt(self.stored) > 3) >= 0.6
        bar = (30.0 if len(self.units) <= 3 else 15.0) * len(self.units)
        rest = np.sqrt(np.mean(np.square(np.sqrt(self.exchanged))))
        return bool(off and self.gain >= bar and rest <= 1.5)

    def suspicion(self) -> Suspicion:
        """What is to be said of it."""
        return Suspicion(
            "rows-swapped" if len(self.units) == 2 else "rows-rotated",
            "error",
            tuple((int(k), self.t) for k in self.units),
            f"{len(self.units)} units hold each other's values: "
            "exchanged back they fit the years around "
            f"(misfit {np.sqrt(np.mean(self.stored)):.1f} usual changes as stored, "
            f"{np.mean(np.sqrt(self.exchanged)):.1f} exchanged)",
            strength=self.gain,
        )


def _pool(z: Grid) -> NDArray[np.intp]:
    """The units among which values may have been exchanged: all of a small panel, else those out of
    line; none where fewer than two are far out."""
    rows = np.flatnonzero(np.isfinite(z))
    moved = rows[z[rows] > 2]
    if len(moved) < 2 or (z[rows] > 4).sum() < 2:
        return rows[:0]
    return rows if len(rows) <= 60 else moved[:400]


def _costs(values: Grid, wanted: Grid, scale: Grid) -> Grid:
    """(unit, value) the squared distance of each value from what each unit lets expect."""
    far = np.abs(values[None, :] - wanted[:, None]) / scale
    return np.asarray(np.minimum(far, _CAP) ** 2)


def _usual_worst(spike: Grid, scale: Grid, t: int) -> float:
    """The distance, in usual changes, that one cell in a hundred of the years away from t
    exceeds."""
    far = np.delete(
        np.abs(spike) / scale, [s for s in range(t - 2, t + 3) if 0 <= s < spike.shape[1]], axis=1
    )
    far = far[np.isfinite(far)]
    return float(np.quantile(far, 0.99)) if far.size else 0.0


def _cycles(source: NDArray[np.intp]) -> list[list[int]]:
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
