"""Coupling and coordination of two or three subsystems (耦合协调度)."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


class Class(NamedTuple):
    """One of the ten classes of coordination: its code and its name in both languages."""

    code: str
    en: str
    zh: str


CLASSES = (
    Class("extreme_imbalance", "extreme imbalance", "极度失调"),
    Class("serious_imbalance", "serious imbalance", "严重失调"),
    Class("moderate_imbalance", "moderate imbalance", "中度失调"),
    Class("mild_imbalance", "mild imbalance", "轻度失调"),
    Class("near_imbalance", "on the verge of imbalance", "濒临失调"),
    Class("barely_coordinated", "barely coordinated", "勉强协调"),
    Class("primary_coordination", "primary coordination", "初级协调"),
    Class("intermediate_coordination", "intermediate coordination", "中级协调"),
    Class("good_coordination", "good coordination", "良好协调"),
    Class("quality_coordination", "quality coordination", "优质协调"),
)


# A sum of weights may leave a score of 1 a few bits above it.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Coupling:
    """Coupling degree C, development T and coordination D, each (n,) and in [0, 1]."""

    degree: Array
    development: Array
    coordination: Array


def couple(u: Array) -> Coupling:
    """C = m (prod U)^(1/m) / sum U, T = sum U / m and D = sqrt(C T); all 0 where all U are 0.

    u: (n, m) subsystems in [0, 1], m = 2 or 3, with equal shares. C = 1 where all U are equal; D
    rises in every U.
    Raises ValueError for values outside [0, 1], naming the subsystem.
    Source: 廖重斌 (1999), 热带地理 19(2), 171-177; 王淑佳 et al. (2021), 自然资源学报 36(3),
    793-810.
    """
    m = u.shape[1]
    if m not in (2, 3):
        raise ValueError(f"coupling is defined here for two or three subsystems, not {m}")
    wrong = np.flatnonzero(~((u >= 0) & (u <= 1)).all(axis=0))
    if wrong.size:
        raise ValueError(
            f"subsystem {int(wrong[0]) + 1} has values that are missing or outside [0, 1]"
        )
    # C does not depend on the scale: relative to the largest, products of small values cannot
    # underflow.
    top = u.max(axis=1, keepdims=True)
    v = np.divide(u, top, out=np.zeros_like(u), where=top > 0)
    total = v.sum(axis=1)
    c = np.divide(m * v.prod(axis=1) ** (1 / m), total, out=np.zeros_like(total), where=total > 0)
    c = np.minimum(c, 1.0)
    t = np.minimum(u @ np.full(m, 1 / m), 1.0)
    return Coupling(c, t, np.sqrt(c * t))


def classify(coordination: Array) -> Ints:
    """Positions in `CLASSES`: 0 for D in [0, 0.1), 1 for [0.1, 0.2), ... 9 for [0.9, 1];
    D (n,) in [0, 1].

    Sources differ on which class a bound belongs to; here it is the upper one, as in 廖重斌 (1999):
    0.10 to 0.19.
    """
    return np.asarray(np.searchsorted(np.arange(1, 10) / 10, coordination, side="right"))


def _on_grids(u: list[Array], part: Literal["degree", "coordination"]) -> Array:
    """One part of `couple` cell by cell: missing where a subsystem is,
    infinite where one lies outside [0, 1]."""
    grids = np.stack(u, axis=-1)
    there = np.asarray(np.isfinite(grids).all(axis=-1))
    grids = np.where(np.abs(grids - 0.5) < 0.5 + _ROUNDING, np.clip(grids, 0.0, 1.0), grids)
    sound = there & np.asarray(((grids >= 0) & (grids <= 1)).all(axis=-1))
    out = np.where(there, np.inf, np.nan)
    out[sound] = getattr(couple(grids[sound]), part)
    return out


def coupling_degree(u: list[Array]) -> Array:
    """Coupling degree C of two or three subsystems on grids; see `couple`."""
    return _on_grids(u, "degree")


def coordination(u: list[Array]) -> Array:
    """Degree of coordination D of two or three subsystems on grids; see `couple`."""
    return _on_grids(u, "coordination")
