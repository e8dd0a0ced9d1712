"""Years that were not observed: points on an exact line, or moving as no observed year does.

An interpolated year lies exactly on the line between its neighbours, in levels, in logs or (shares)
in logits, for nearly every unit. An extrapolated one repeats the last change. Exactness is judged
against the rounding of the numbers: with coarse numbers some points lie on a line by chance, and
how many is worked out from the panel's own second differences.
"""

import math

import numpy as np
from scipy.special import bdtrc

from pipeline.forensics.decimals import hardly_moves, rounding
from pipeline.forensics.growth import Kind, nanmedian
from pipeline.forensics.runs import runs
from pipeline.forensics.suspicion import Flags, Grid, Suspicion

_FORMS = {
    "levels": "a straight line",
    "logs": "constant growth",
    "logits": "a straight line of logits",
}


def find_lines(x: Grid, kind: Kind) -> list[Suspicion]:
    """Years in which many units, and runs of years in which one unit, lie exactly on a line."""
    if x.shape[1] < 4 or hardly_moves(x):
        return []
    unit = np.nan_to_num(rounding(x))
    forms: dict[str, Grid] = {"levels": x}
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind in ("amount", "index"):
            forms["logs"] = np.log(np.where(x > 0, x, np.nan))
        if kind == "share":
            top = 1.0 if np.nanmax(x, initial=0.0) <= 1 else 100.0
            share = x / top
            forms["logits"] = np.log(
                np.where((share > 0) & (share < 1), share / (1 - share), np.nan)
            )
    out: list[Suspicion] = []
    seen: set[tuple[int, int]] = set()
    blamed: set[int] = set()
    for form, y in forms.items():
        slack = _slack(x, y, unit, form)
        bend = y[:, 2:] - 2 * y[:, 1:-1] + y[:, :-2]
        moved = np.abs(np.diff(y, axis=1)) > slack
        on = (np.abs(bend) <= slack[:, 1:]) & moved[:, 1:] & moved[:, :-1]
        known = np.isfinite(bend)
        chance = _chance(bend, slack[:, 1:], on)
        out += _years(on, known, chance, form, blamed)
        out += _runs(on, known, chance, form, seen, blamed)
    return out


def _slack(x: Grid, y: Grid, unit: Grid, form: str) -> Grid:
    """(n, T-1) how far rounding alone can bend a line through three points, 2 units,
    at the scale of the form."""
    pair = np.maximum(unit[1:], unit[:-1])[None, :] * 2 * (1 + 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(x[:, 1:])
        if form == "levels":
            return pair + 1e-9 * size
        if form == "logs":
            return pair / size + 1e-9
        top = 1.0 if np.nanmax(x, initial=0.0) <= 1 else 100.0
        share = size / top
        return pair / top / (share * np.maximum(1 - share, 1e-9)) + 1e-9


def _chance(bend: Grid, slack: Grid, on: Flags) -> Grid:
    """(n, 1) the probability that a point of a unit lies on the line by chance,
    from its usual bend."""
    size = np.abs(np.where(on, np.nan, bend))
    own = nanmedian(size, axis=1)
    finite = size[np.isfinite(size)]
    whole = float(np.median(finite)) if finite.size else 1.0
    own = np.where(np.isfinite(own), np.sqrt(np.maximum(own, whole / 3) * whole), whole)
    sd = 1.4826 * np.maximum(own, 1e-300)
    return np.clip(2 * nanmedian(slack, axis=1) / (sd * math.sqrt(2 * math.pi)), 1e-6, 0.9)[:, None]


def _years(on: Flags, known: Flags, chance: Grid, form: str, blamed: set[int]) -> list[Suspicion]:
    """Years in which far more units lie on the line than chance puts there;
    successive ones are one suspicion."""
    hits: list[tuple[int, float, float]] = []
    counts = np.where(
        known.sum(axis=0) > 0, on.sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan
    )
    for t in range(on.shape[1]):
        valid = known[:, t]
        total, count = int(valid.sum()), int(on[:, t].sum())
        if total < 8 or count < max(5, 0.25 * total) or t + 1 in blamed:
            continue
        p = float(bdtrc(count - 1, total, float(np.mean(chance[valid, 0]))))
        rest = np.delete(counts, t)
        usual = float(np.median(rest[np.isfinite(rest)])) if np.isfinite(rest).any() else 0.0
        # Coarse and smooth series lie on lines in every year a little: a year must do so clearly
        # more, or nearly wholly.
        if p < 1e-6 and (count / total >= 0.75 or count / total > 2 * usual + 0.1):
            hits.append((t + 1, count / total, -math.log10(max(p, 1e-300))))
    out = []
    for group in _successive([t for t, _, _ in hits]):
        blamed |= set(group)
        shares = [share for t, share, _ in hits if t in group]
        cells = tuple((int(i), t) for t in group for i in np.flatnonzero(on[:, t - 1]))
        years = "this year" if len(group) == 1 else f"these {len(group)} years"
        out.append(
            Suspicion(
                "line-year",
                "error" if max(shares) >= 0.55 else "warning",
                cells,
                f"in {years} {np.mean(shares):.0%} of the units lie exactly on {_FORMS[form]} "
                "through the years before and after",
                strength=max(strength for t, _, strength in hits if t in group),
            )
        )
    return out


def _successive(years: list[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for t in years:
        if groups and t == groups[-1][-1] + 1:
            groups[-1].append(t)
        else:
            groups.append([t])
    return groups


def _runs(
    on: Flags, known: Flags, chance: Grid, form: str, seen: set[tuple[int, int]], blamed: set[int]
) -> list[Suspicion]:
    """Runs of three or more points of one unit on a line, longer than chance makes them anywhere in
    the panel."""
    out = []
    tries = float(known.sum())
    for i, t, length in runs(on):
        inside = [(i, t + 1 + k) for k in range(length)]
        fresh = [(i, s) for i, s in inside if s not in blamed and (i, s) not in seen]
        expected = tries * float(chance[i, 0]) ** length
        if len(fresh) >= 2 and expected < 1e-3:
            seen |= set(inside)
            out.append(
                Suspicion(
                    "line-run",
                    "warning",
                    tuple(inside),
                    f"{length + 2} successive years lie exactly on {_FORMS[form]}",
                    strength=-math.log10(expected),
                )
            )
    return out


def find_extrapolation(x: Grid, kind: Kind) -> list[Suspicion]:
    """Years whose changes repeat those of the year before as no observed year does:
    a trend model filled them in.

    For each year the median over units of |change / last year's change - their common ratio|. A
    year is suspect when that is under a quarter of the other years' median and under 0.03. Two such
    years in a row are an extrapolation.
    """
    n, years = x.shape
    if years < 6 or n < 8 or hardly_moves(x):
        return []
    if float(nanmedian(np.abs(np.diff(x, axis=1)).reshape(1, -1), axis=1)[0]) < 5 * float(
        np.nanmax(rounding(x), initial=0.0)
    ):
        return []  # changes of a few rounding units repeat by chance
    with np.errstate(divide="ignore", invalid="ignore"):
        forms = [x, *([np.log(np.where(x > 0, x, np.nan))] if kind == "amount" else [])]
    out: list[Suspicion] = []
    for y in forms:
        out += [
            s for s in _repeated(y, n) if not any(set(s.cells) & set(other.cells) for other in out)
        ]
    return out


def _repeated(y: Grid, n: int) -> list[Suspicion]:
    """Runs of years whose changes repeat, in one form of the numbers."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.diff(y, axis=1)
        ratio = steps[:, 1:] / np.where(np.abs(steps[:, :-1]) > 0, steps[:, :-1], np.nan)
        spread = nanmedian(np.abs(ratio - nanmedian(ratio, axis=0)), axis=0)
    known = np.isfinite(ratio).sum(axis=0) >= max(8, n // 2)
    usual = float(nanmedian(np.where(known, spread, np.nan)[None, :], axis=1)[0])
    tight = known & (spread < min(usual / 4, 0.03))
    if not np.isfinite(usual) or tight.sum() > y.shape[1] / 2:
        return []
    out = []
    for group in _successive([int(t) for t in np.flatnonzero(tight)]):
        if len(group) < 2:
            continue
        cells = tuple((i, t + 2) for t in group for i in range(n))
        factor = usual / max(float(np.max(spread[group])), 1e-12)
        out.append(
            Suspicion(
                "extrapolated",
                "error" if len(group) >= 3 or factor > 12 else "warning",
                cells,
                f"in {len(group)} successive years every unit repeats its last change, "
                f"{factor:.0f} times closer than in "
                f"the other years",
                strength=factor,
            )
        )
    return out
