"""Relations that hold nearly everywhere, found by themselves.

Parts that add up to a whole, shares that add up to 100, a ratio or a product of two others: if a
relation holds in most cells to rounding, the few cells in which it does not hold are wrong in one
of its members.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.forensics.identity import Identity, gap
from pipeline.forensics.suspicion import Flags, Grid

Indices = NDArray[np.intp]
_HOLDS = 0.7  # share of cells in which a relation must hold to be one
_PROBES = 16


@dataclass(frozen=True)
class _Search:
    """The variables among which relations are looked for.

    probes: (variables, 16) a few cells of each; values: all cells
    tolerance: how far apart, relatively, the two sides of a relation may lie
    """

    names: list[str]
    probes: Grid
    values: Mapping[str, Grid]
    tolerance: float

    def near(self, left: Grid, right: Grid) -> Grid:
        """Share of the probes, along the last axis, in which left is right;
        0 where fewer than half of them are known."""
        with np.errstate(invalid="ignore"):
            known = np.isfinite(left) & np.isfinite(right)
            near = known & (np.abs(left - right) <= self.tolerance * np.abs(right))
        count = known.sum(axis=-1)
        return np.where(count >= 6, near.sum(axis=-1) / np.maximum(count, 1), 0.0)

    def holds(self, identity: Identity) -> bool:
        """Whether a relation holds in 70% of all cells."""
        g = gap(identity, self.values)
        known = np.isfinite(g)
        within = np.abs(g[known]) <= self.tolerance
        return known.sum() >= 20 and float(np.mean(within)) >= _HOLDS

    def sum(self, whole: int, parts: Sequence[int]) -> Identity:
        """The relation that some variables add up to another."""
        return Identity("sum", self.names[whole], tuple(self.names[k] for k in parts))


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
    search = _Search(names, probes, values, tolerance)
    return [*_sums(search), *_ratios(search), *_shares(names, values)]


def _sums(search: _Search) -> list[Identity]:
    """Wholes with two or three positive parts, each of them below its whole and at least half a
    percent of it."""
    probes = np.nan_to_num(search.probes)
    positive = np.flatnonzero((probes >= 0).all(axis=1) & (probes > 0).any(axis=1))
    out: list[Identity] = []
    for w in positive.tolist():
        fit = _possible_parts(search.probes, positive, w)
        found = _pairs(search, w, fit)
        if not found and len(fit) <= 80:
            found = _triples(search, w, fit)
        out += [identity for identity in found if search.holds(identity)]
    return out


def _possible_parts(probes: Grid, positive: Indices, whole: int) -> Indices:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = probes[positive] / probes[whole]
        below = (_share(ratio < 1, ratio) > 0.9) & (_share(ratio > 5e-3, ratio) > 0.5)
    return np.asarray(positive[below & (positive != whole)])


def _share(holds: Flags, of: Grid) -> Grid:
    """Share of the known cells, along the last axis, in which something holds."""
    known = np.isfinite(of)
    return np.asarray((holds & known).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1))


def _pairs(search: _Search, whole: int, fit: Indices) -> list[Identity]:
    a, b = np.triu_indices(len(fit), 1)
    sums = search.probes[fit[a]] + search.probes[fit[b]]
    hits = np.flatnonzero(search.near(sums, search.probes[whole]) >= _HOLDS)
    return [search.sum(whole, [fit[a[k]], fit[b[k]]]) for k in hits]


def _triples(search: _Search, w: int, fit: Indices) -> list[Identity]:
    """Three parts of a whole. The third is whatever is missing: it must be one of the variables."""
    whole, part = search.probes[w], search.probes[fit]
    a, b = np.triu_indices(len(fit), 1)
    sums = part[a] + part[b]
    first = np.flatnonzero(np.isfinite(whole))[:4]
    slack = search.tolerance * np.abs(whole[first])
    found = []
    for c in range(2, len(fit)):
        apart = np.abs(sums[:, first] - (whole - part[c])[first])
        close = (apart <= slack).sum(axis=1) >= 3
        found += [
            search.sum(w, [fit[a[k]], fit[b[k]], fit[c]])
            for k in np.flatnonzero(close & (b < c))
            if search.near(sums[k] + part[c], whole) >= _HOLDS
        ]
    return found


def _ratios(search: _Search) -> list[Identity]:
    """Ratios of two others, times a power of ten;
    each unordered triple once (a = b / c is b = a c)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(np.where(search.probes > 0, search.probes, np.nan))
    low, high = np.nanmin(logs, axis=1, initial=np.inf), np.nanmax(logs, axis=1, initial=-np.inf)
    moves = np.nan_to_num(high - low) > 1e-3
    found: dict[frozenset[int], Identity] = {}
    for c, a, b in _balanced(logs, search.tolerance).tolist():
        triple = frozenset((a, b, c))
        if len(triple) == 3 and triple not in found and moves[[a, b, c]].all():
            identity = _ratio(search, logs, c, a, b)
            if identity is not None:
                found[triple] = identity
    return list(found.values())


def _balanced(logs: Grid, tolerance: float) -> Indices:
    """Triples (c, a, b) of variables that may be c = a / b times a power of ten.

    Between two probes the logs of a ratio differ by the difference of its parts' differences,
    whatever the power of ten: that picks candidates from all triples at once.
    """
    votes = np.zeros((len(logs),) * 3, dtype=np.int8)
    half = _PROBES // 2
    for k in range(6):
        d = logs[:, k] - logs[:, half + k]
        with np.errstate(invalid="ignore"):
            votes += np.abs(d[:, None, None] - d[None, :, None] + d[None, None, :]) <= tolerance
    return np.argwhere(votes >= 4)


def _ratio(search: _Search, logs: Grid, c: int, a: int, b: int) -> Identity | None:
    """The relation c = a / b times its power of ten, where it holds and the ratio moves."""
    off = logs[c] - logs[a] + logs[b]
    known = np.isfinite(off)
    if known.sum() < 6 or np.ptp((logs[a] - logs[b])[known]) < 1e-3:
        return None
    shift = round(float(np.median(off[known])))
    if np.mean(np.abs(off[known] - shift) <= search.tolerance / np.log(10)) < _HOLDS:
        return None
    names = search.names
    identity = Identity("ratio", names[c], (names[a], names[b]), float(10.0**shift))
    return identity if search.holds(identity) else None


def _shares(names: list[str], values: Mapping[str, Grid]) -> list[Identity]:
    """Groups of shares with a common beginning of their names that add up to 1 or 100 in most
    cells."""
    out: list[Identity] = []
    tried: list[set[str]] = []
    for members in _families(names):
        chosen = [m for m in members if _may_be_share(values[m])]
        if 3 <= len(chosen) <= 12 and not any(set(chosen) <= other for other in tried):
            tried.append(set(chosen))
            total = np.sum([values[m] for m in chosen], axis=0)
            out += [Identity("shares", None, tuple(chosen), t) for t in _totals(total)]
    return out


def _families(names: list[str]) -> list[list[str]]:
    """Variables with a common beginning of their names, the largest families first."""
    families: dict[str, list[str]] = {}
    for name in names:
        for cut in range(3, len(name)):
            if name[cut - 1] in "_·(（:：" or (ord(name[0]) > 0x2E80 and cut >= 4):
                families.setdefault(name[:cut], []).append(name)
    ordered = sorted(families.items(), key=lambda item: (-len(item[1]), item[0]))
    return [members for _, members in ordered]


def _may_be_share(x: Grid) -> bool:
    """Nowhere negative or above 100."""
    finite = x[np.isfinite(x)]
    return bool(len(finite) and finite.min() >= 0 and finite.max() <= 100)


def _totals(total: Grid) -> list[float]:
    """Which of 100 and 1 a sum is in half of its cells, within half a percent."""
    known = total[np.isfinite(total)]
    if len(known) < 20:
        return []
    return [t for t in (100.0, 1.0) if np.mean(np.abs(known / t - 1) <= 5e-3) >= 0.5]
