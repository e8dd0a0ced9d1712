"""Relations that hold nearly everywhere, found by themselves, and the cells in which they break.

Parts that add up to a whole, shares that add up to 100, a ratio or a product of two others: if a
relation holds in most cells to rounding, the few cells in which it does not hold are wrong in one
of its members.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.forensics.decimals import rounding
from pipeline.forensics.growth import nanquantile
from pipeline.forensics.suspicion import Grid, Suspicion

_HOLDS = 0.7  # share of cells in which a relation must hold to be one
_PROBES = 16


@dataclass(frozen=True)
class Identity:
    """`whole` = sum of `parts` (sum), = a / b * factor (ratio) or the parts add up to `total`
    (shares)."""

    form: str
    whole: str | None
    parts: tuple[str, ...]
    factor: float = 1.0

    def __str__(self) -> str:
        if self.form == "ratio":
            times = "" if self.factor == 1 else f" x {self.factor:g}"
            return f"{self.whole} = {self.parts[0]} / {self.parts[1]}{times}"
        return (
            f"{' + '.join(self.parts)} = {self.whole if self.form == 'sum' else f'{self.factor:g}'}"
        )


def gap(identity: Identity, values: Mapping[str, Grid]) -> Grid:
    """Relative gap between the two sides of an identity in every cell."""
    parts = [values[p] for p in identity.parts]
    if identity.form == "ratio":
        assert identity.whole is not None
        with np.errstate(divide="ignore", invalid="ignore"):
            left, right = parts[0] / parts[1] * identity.factor, values[identity.whole]
    else:
        left = np.sum(parts, axis=0)
        right = (
            values[identity.whole]
            if identity.whole is not None
            else np.full_like(left, identity.factor)
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        return (left - right) / np.abs(right)


def find_identities(values: Mapping[str, Grid], tolerance: float = 2e-3) -> list[Identity]:
    """Sums of two or three parts, ratios, and groups of shares,
    that hold within the tolerance in 70% of the cells.

    Candidates are picked on a few probe cells, spread over the fullest rows, then checked on all.
    """
    names = [n for n, x in values.items() if np.isfinite(x).mean() > 0.3]
    if len(names) < 3:
        return []
    stack = np.array([values[n] for n in names]).reshape(len(names), -1)
    full = np.argsort(-np.isfinite(stack).sum(axis=0), kind="stable")[
        : max(_PROBES, stack.shape[1] // 3)
    ]
    probes = stack[:, full[np.linspace(0, len(full) - 1, _PROBES).astype(int)]]
    return [
        *_sums(names, probes, values, tolerance),
        *_ratios(names, probes, values, tolerance),
        *_shares(names, values),
    ]


def _holds(identity: Identity, values: Mapping[str, Grid], tolerance: float) -> bool:
    g = gap(identity, values)
    known = np.isfinite(g)
    return known.sum() >= 20 and float(np.mean(np.abs(g[known]) <= tolerance)) >= _HOLDS


def _share_near(left: Grid, right: Grid, tolerance: float) -> Grid:
    """Share of the probes, along the last axis, in which left is right;
    0 where fewer than half of them are known."""
    with np.errstate(invalid="ignore"):
        known = np.isfinite(left) & np.isfinite(right)
        near = known & (np.abs(left - right) <= tolerance * np.abs(right))
    count = known.sum(axis=-1)
    return np.where(count >= 6, near.sum(axis=-1) / np.maximum(count, 1), 0.0)


def _sums(
    names: list[str], probes: Grid, values: Mapping[str, Grid], tolerance: float
) -> list[Identity]:
    """Wholes with two or three positive parts, each of them below its whole and at least half a
    percent of it."""
    out: list[Identity] = []
    with np.errstate(invalid="ignore", divide="ignore"):
        positive = np.flatnonzero(
            (np.nan_to_num(probes, nan=0.0) >= 0).all(axis=1)
            & (np.nan_to_num(probes) > 0).any(axis=1)
        )
    for w in positive:
        whole = probes[w]
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = probes[positive] / whole
            below = _share(ratio < 1, ratio) > 0.9
            fit = positive[below & (_share(ratio > 5e-3, ratio) > 0.5) & (positive != w)]
        if len(fit) < 2:
            continue
        part = probes[fit]
        a, b = np.triu_indices(len(fit), 1)
        sums = part[a] + part[b]
        pairs = np.flatnonzero(_share_near(sums, whole, tolerance) >= _HOLDS)
        found = [Identity("sum", names[w], (names[fit[a[k]]], names[fit[b[k]]])) for k in pairs]
        if not found and len(fit) <= 80:
            # A third part is whatever is missing: it must be one of the variables.
            first = np.flatnonzero(np.isfinite(whole))[:4]
            for c in range(2, len(fit)):
                left = (whole - part[c])[first]
                close = (np.abs(sums[:, first] - left) <= tolerance * np.abs(whole[first])).sum(
                    axis=1
                ) >= 3
                for k in np.flatnonzero(close & (b < c)):
                    if _share_near(sums[k] + part[c], whole, tolerance) >= _HOLDS:
                        found.append(
                            Identity(
                                "sum", names[w], (names[fit[a[k]]], names[fit[b[k]]], names[fit[c]])
                            )
                        )
        out += [identity for identity in found if _holds(identity, values, tolerance)]
    return out


def _share(holds: Grid, of: Grid) -> Grid:
    known = np.isfinite(of)
    return (holds & known).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)


def _ratios(
    names: list[str], probes: Grid, values: Mapping[str, Grid], tolerance: float
) -> list[Identity]:
    """Ratios of two others, times a power of ten;
    each unordered triple once (a = b / c is b = a c).

    Between two probes the logs of a ratio differ by the difference of its parts' differences,
    whatever the power of ten:
    that picks candidates from all triples at once.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(np.where(probes > 0, probes, np.nan))
    votes = np.zeros((len(names),) * 3, dtype=np.int8)
    half = _PROBES // 2
    for k in range(6):
        d = logs[:, k] - logs[:, half + k]
        with np.errstate(invalid="ignore"):
            votes += np.abs(d[:, None, None] - d[None, :, None] + d[None, None, :]) <= tolerance
    out: list[Identity] = []
    seen: set[frozenset[int]] = set()
    moves = (
        np.nan_to_num(
            np.nanmax(logs, axis=1, initial=-np.inf) - np.nanmin(logs, axis=1, initial=np.inf)
        )
        > 1e-3
    )
    for c, a, b in np.argwhere(votes >= 4):
        triple = frozenset((int(a), int(b), int(c)))
        if len(triple) < 3 or triple in seen or not (moves[a] and moves[b] and moves[c]):
            continue
        off = logs[c] - logs[a] + logs[b]
        known = np.isfinite(off)
        if known.sum() < 6 or np.ptp((logs[a] - logs[b])[known]) < 1e-3:
            continue
        shift = round(float(np.median(off[known])))
        identity = Identity("ratio", names[c], (names[a], names[b]), float(10.0**shift))
        if float(
            np.mean(np.abs(off[known] - shift) <= tolerance / np.log(10))
        ) >= _HOLDS and _holds(identity, values, tolerance):
            seen.add(triple)
            out.append(identity)
    return out


def _shares(names: list[str], values: Mapping[str, Grid]) -> list[Identity]:
    """Groups of shares with a common beginning of their names (or end) that add up to 1 or 100 in
    most cells."""
    out: list[Identity] = []
    groups: dict[str, list[str]] = {}
    for name in names:
        for cut in range(3, len(name)):
            if name[cut - 1] in "_·(（:：" or (ord(name[0]) > 0x2E80 and cut >= 4):
                groups.setdefault(name[:cut], []).append(name)
    tried: set[frozenset[str]] = set()
    for _, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        chosen = _without_sums(members, values)
        key = frozenset(chosen)
        if not 3 <= len(chosen) <= 12 or key in tried or any(key < t for t in tried):
            continue
        tried.add(key)
        total = np.sum([values[m] for m in chosen], axis=0)
        known = np.isfinite(total)
        if known.sum() < 20:
            continue
        for target in (100.0, 1.0):
            if float(np.mean(np.abs(total[known] / target - 1) <= 5e-3)) >= 0.5:
                out.append(Identity("shares", None, tuple(chosen), target))
    return out


def _without_sums(members: list[str], values: Mapping[str, Grid]) -> list[str]:
    """Members that can be shares: non-negative, at most 100, with a mean below 100."""
    out = []
    for m in members:
        finite = values[m][np.isfinite(values[m])]
        if len(finite) and finite.min() >= 0 and finite.max() <= 100:
            out.append(m)
    return out


def _rounding(identity: Identity, values: Mapping[str, Grid]) -> Grid:
    """How far rounding alone can part the two sides, relative to the right one:
    a unit of each member."""
    members = [*identity.parts, *([identity.whole] if identity.whole else [])]
    units = {
        m: float(np.nan_to_num(nanquantile(rounding(values[m])[None, :], 0.5, axis=1))[0])
        for m in members
    }
    right = (
        values[identity.whole]
        if identity.whole
        else np.full_like(values[identity.parts[0]], identity.factor)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        if identity.form == "ratio":
            return np.nan_to_num(
                sum((units[m] / np.abs(values[m]) for m in members), np.zeros_like(right)),
                posinf=1.0,
            )
        return np.nan_to_num(sum(units.values()) / np.abs(right), posinf=1.0)


def broken(
    identity: Identity, values: Mapping[str, Grid], tolerance: float = 5e-3
) -> Suspicion | None:
    """The cells in which an identity does not hold, worst first; None where it holds everywhere."""
    g = gap(identity, values)
    size = np.abs(np.nan_to_num(g))
    limit = np.maximum(
        max(tolerance, 3 * float(np.quantile(size[np.isfinite(g)], 0.5))),
        _rounding(identity, values),
    )
    cells = sorted(((int(i), int(t)) for i, t in np.argwhere(size > limit)), key=lambda c: -size[c])
    if not cells:
        return None
    sizes = tuple(float(g[c]) for c in cells)
    return Suspicion(
        "identity-broken",
        "error" if abs(sizes[0]) > 0.02 else "warning",
        tuple(cells),
        f"{identity} holds in {int((size <= limit)[np.isfinite(g)].sum())} of "
        f"{int(np.isfinite(g).sum())} cells, its left side is off "
        "in the others",
        strength=abs(sizes[0]) * 100,
        sizes=sizes,
    )
