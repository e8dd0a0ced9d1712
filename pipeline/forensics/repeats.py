"""The same numbers twice: units, years, or runs of one value."""

import numpy as np

from pipeline.forensics.decimals import hardly_moves
from pipeline.forensics.runs import runs
from pipeline.forensics.suspicion import Flags, Grid, Suspicion


def find_repeats(x: Grid) -> list[Suspicion]:
    """Duplicated units, duplicated years, and values that stay the same where the variable
    otherwise moves."""
    if hardly_moves(x):
        return _units(x)
    return [*_units(x), *_years(x), *_values(x)]


def resolved(x: Grid, digits: int = 4) -> Flags:
    """Cells with that many significant digits: two such values agree by chance in one of thousands
    of cases."""
    size = np.where(np.isfinite(x) & (x != 0), np.abs(x), 1.0)
    unit = 10.0 ** (np.floor(np.log10(size)) - (digits - 2))
    odd = np.abs(size / unit - np.round(size / unit)) > 1e-9
    return np.asarray(np.isfinite(x) & (x != 0) & odd)


def _units(x: Grid) -> list[Suspicion]:
    """Pairs of units whose values agree in most years: one was copied over the other."""
    if x.shape[1] < 3:
        return []
    out = []
    for (a, b), agree in _equal_pairs(x).items():
        both = int((np.isfinite(x[a]) & np.isfinite(x[b])).sum())
        distinct = len({float(x[a, t]) for t in agree})
        if len(agree) >= max(3, 0.5 * both) and distinct >= 3:
            out.append(
                Suspicion(
                    "units-repeat",
                    "error" if len(agree) >= 0.8 * both else "warning",
                    (*((b, t) for t in agree), (a, agree[0])),
                    f"the same {len(agree)} of {both} values in two units",
                    strength=float(len(agree)),
                )
            )
    return out


def _equal_pairs(x: Grid) -> dict[tuple[int, int], list[int]]:
    """Pairs of units -> the years in which they hold one value; years full of one value aside."""
    fine = resolved(x)
    pairs: dict[tuple[int, int], list[int]] = {}
    for t in range(x.shape[1]):
        rows = np.flatnonzero(fine[:, t])
        order = rows[np.argsort(x[rows, t], kind="stable")]
        same = np.flatnonzero(np.diff(x[order, t]) == 0)
        if len(same) > len(x) // 2:
            continue
        for k in same:
            one, other = sorted((int(order[k]), int(order[k + 1])))
            pairs.setdefault((one, other), []).append(t)
    return pairs


def _years(x: Grid) -> list[Suspicion]:
    """Years whose column repeats another year's."""
    out = []
    years = x.shape[1]
    fine = resolved(x)
    for t in range(1, years):
        for s in range(max(0, t - 3), t):
            known = fine[:, t] & np.isfinite(x[:, s])
            same = known & (x[:, t] == x[:, s])
            if (
                known.sum() >= 8
                and same.sum() >= max(5, 0.3 * known.sum())
                and same.sum() > 3 * _usual_repeats(x, t, s)
            ):
                cells = tuple((int(i), t) for i in np.flatnonzero(same))
                out.append(
                    Suspicion(
                        "years-repeat",
                        "error" if same.sum() >= 0.8 * known.sum() else "warning",
                        cells,
                        f"{same.sum()} of {known.sum()} units have exactly the value of {t - s} "
                        f"{'year' if t - s == 1 else 'years'} before",
                        strength=float(same.sum()),
                    )
                )
    return out


def _usual_repeats(x: Grid, t: int, s: int) -> float:
    """How many units repeat over the same distance in the other years: the median."""
    gap = t - s
    counts = [int((x[:, u] == x[:, u - gap]).sum()) for u in range(gap, x.shape[1]) if u != t]
    return float(np.median(counts)) if counts else 0.0


def _values(x: Grid) -> list[Suspicion]:
    """Three or more successive years of one value with three or more digits,
    in a variable that otherwise moves."""
    steps = np.diff(x, axis=1)
    known = np.isfinite(steps)
    still = known & (steps == 0) & resolved(x[:, 1:], 3)
    if not known.any() or float(np.mean(steps[known] == 0)) > 0.1:
        return []
    return [
        Suspicion(
            "value-repeats",
            "warning",
            tuple((i, t + 1 + k) for k in range(length)),
            f"{x[i, t]:.8g} in {length + 1} successive years",
            strength=float(length + 1),
        )
        for i, t, length in runs(still)
    ]
