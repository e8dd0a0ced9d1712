"""Everything that the detectors say of panels with planted defects, compared word by word.

REGENERATE=1 writes the kept text anew; `git diff` then shows what the detectors say otherwise.
"""

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from pipeline.forensics.breaks import find_breaks, find_precision
from pipeline.forensics.contradictions import find_contradictions
from pipeline.forensics.decimals import decimals_of
from pipeline.forensics.digits import find_digits
from pipeline.forensics.examine import examine
from pipeline.forensics.lines import find_extrapolation, find_lines
from pipeline.forensics.repeats import find_repeats
from pipeline.forensics.shifts import find_shifts
from pipeline.forensics.slips import find_slips
from pipeline.forensics.sources import compare, find_disagreement, find_lagged_index
from pipeline.forensics.swaps import find_swaps
from pipeline.forensics.totals import find_missed_totals
from tests.forensics.edges import changed
from tests.forensics.panels import panel
from tests.validate.small import check_kept

KEPT = Path(__file__).parent / "kept"


def line(s):
    """A suspicion in one line; the cells as year: units."""
    cells = "; ".join(
        f"{year}: {_some([str(i) for i, _ in group])}"
        for year, group in groupby(s.cells, key=lambda cell: cell[1])
    )
    numbers = [s.value, s.expected, s.strength, *s.sizes[:8]]
    shown = " ".join("-" if n is None else f"{n:.4g}" for n in numbers)
    return f"{s.code} {s.severity} [{cells}] {s.words()} | {shown}"


def _some(units):
    return " ".join(units) if len(units) <= 20 else f"{len(units)} units, {units[0]}-{units[-1]}"


def told(title, suspicions):
    return [f"# {title}", *map(line, suspicions), ""]


def slips():
    for kind, scale in (("amount", 1.0), ("index", 0.02), ("signed", 1.0)):
        x = np.round(panel(31, noise=0.02) * scale, 2)
        if kind == "signed":
            x[::2] *= -1
        x[1, 4] *= 10
        x[3, 0] /= 100
        x[5, 12] *= 1000
        x[7, 6] = float("7" + f"{x[7, 6]:.2f}")
        x[9, 3] = float(f"{x[9, 3]:.2f}"[1:] if kind != "signed" else 17.0)
        x[11, 7] *= 2.4
        x[13, 1] *= 14
        x[20:24, 9] *= 10
        x[26, 5] = 0
        x[26, 6] *= 10
        x[28, 5] = np.nan
        x[28, 6] *= 10
        yield from told(f"slips, {kind}", find_slips(x, kind))


def lines():
    rng = np.random.default_rng(0)
    x = panel(32, decimals=3)
    x[:, 5] = np.round((x[:, 4] + x[:, 6]) / 2, 3)
    x[:20, 9] = np.round(np.sqrt(x[:20, 8] * x[:20, 10]), 3)
    x[4, 7:13] = np.round(x[4, 7] + 25.0 * np.arange(6), 3)
    yield from told("lines, amount", find_lines(x, "amount"))
    yield from told("lines, signed", find_lines(np.where(x > 900, -x, x), "signed"))
    z = rng.standard_normal((31, 1)) + np.cumsum(0.1 + 0.05 * rng.standard_normal((31, 12)), axis=1)
    z[:, 4:7] = z[:, [3]] + (z[:, [7]] - z[:, [3]]) * np.array([0.25, 0.5, 0.75])
    share = 1 / (1 + np.exp(-z))
    yield from told("lines, share", find_lines(np.round(share, 6), "share"))
    yield from told("lines, percent", find_lines(np.round(100 * share, 4), "share"))
    y = 100 + np.cumsum(20 + 5 * rng.standard_normal((31, 12)), axis=1)
    for t in (7, 8, 9):
        y[:, t] = 2 * y[:, t - 1] - y[:, t - 2] + 0.02 * rng.standard_normal(31)
    yield from told("extrapolation, index", find_extrapolation(y, "index"))
    w = panel(33, noise=0.05)
    for t in (10, 11):
        w[:, t] = np.round(w[:, t - 1] ** 2 / w[:, t - 2], 2)
    yield from told("extrapolation, amount", find_extrapolation(w, "amount"))


def rows():
    x = panel(34)
    swapped = changed(x, np.s_[[2, 20], 6], np.flip)
    yield from told("rows, two", find_swaps(swapped, "amount"))
    x[8:20, 2] = np.roll(x[8:20, 2], 1)
    x[[25, 28, 30], 10] = x[[28, 30, 25], 10]
    yield from told("rows", find_swaps(x, "amount"))
    y = panel(35)
    y[5] = y[9]
    y[14, :7] = y[3, :7]
    y[:, 7] = y[:, 6]
    y[:12, 11] = y[:12, 9]
    y[3, 2:5] = y[3, 1]
    yield from told("repeats", find_repeats(y))
    z = panel(36, noise=0.02)
    z[4, 5:8] *= 1.9
    z[9, 3:6] *= 0.4
    z[15, 6:] *= 0.5
    z[16, 1:] *= 2.5
    z[17, 12] *= 2.5
    yield from told("shifts, amount", find_shifts(z, "amount"))
    yield from told("shifts, index", find_shifts(z / 50, "index"))


def years():
    x = panel(37)
    x[:, 6:] *= 0.6
    yield from told("breaks, level", find_breaks(x, "amount"))
    rng = np.random.default_rng(3)
    y = panel(38, noise=0.01)
    y[:, 9:] *= np.exp(0.08 * rng.standard_normal((31, 1)))
    yield from told("breaks, spread", find_breaks(y, "amount"))
    share = 0.3 + 0.01 * np.cumsum(rng.standard_normal((31, 10)), axis=1)
    share[:, 5:] += 0.09
    yield from told("breaks, share", find_breaks(share, "share"))
    yield from told("breaks, percent", find_breaks(100 * share, "share"))
    yield from told("breaks, index", find_breaks(100 * share, "index"))
    decimals = np.full((31, 12), 2.0)
    decimals[:, 7:] = 5
    yield from told("precision, more", find_precision(decimals))
    yield from told("precision, less", find_precision(10 - decimals))
    decimals[:, 7:] = 6
    decimals[:, 9] = np.nan
    yield from told("precision, a gap", find_precision(decimals))
    heaped = np.round(panel(39) / 5) * 5
    yield from told("digits, last", find_digits(heaped, np.zeros_like(heaped)))
    wide = np.exp(rng.uniform(0, 9, (31, 1)) + 0.05 * rng.standard_normal((31, 13)))
    wide = 6 * 10 ** np.floor(np.log10(wide)) * rng.uniform(1, 1.3, wide.shape)
    yield from told("digits, first", find_digits(wide, np.full(wide.shape, 9.0)))


def together():
    a, b, c = panel(40), panel(41), panel(42)
    values = {"a": a, "b": b, "c": c, "whole": np.round(a + b + c, 2), "two": np.round(a + b, 2)}
    values["rate"] = np.round(a / panel(43) * 1000, 3)
    values["base"] = panel(43)
    for k, part in zip("xyz", (a, b, c), strict=True):
        values[f"share_{k}"] = np.round(100 * part / (a + b + c), 2)
    for name, i, t, factor in (("b", 3, 4, 1.3), ("rate", 5, 6, 1.1), ("share_x", 7, 8, 1.2)):
        values[name][i, t] *= factor
    values["whole"][9, 2] += 90.0
    kinds = {n: "share" if n.startswith("share") else "amount" for n in values}
    decimals = {n: decimals_of(x) for n, x in values.items()}
    totals = {"c": c.sum(axis=0) * 1.01}
    totals["c"][5] *= 1.04
    found = list(examine(values, kinds, decimals, totals))
    for name in values:
        yield from told(f"together, {name}", (s for n, s in found if n == name))


def sources():
    x, y = panel(44), panel(44)
    y[3, 4] *= 1.2
    y[7, 8] *= 1.02
    y[9, 9] = 0.0
    y[1, 1] = np.nan
    yield from told("sources", find_disagreement(x, y))
    late = np.concatenate([np.full((31, 1), np.nan), x[:, :-1]], axis=1)
    yield from told("sources, late", find_disagreement(late, x))
    yield from told("sources, early", find_disagreement(x, late))
    vintage = x.copy()
    vintage[:, :6] *= 1.03
    yield from told("sources, vintage", find_disagreement(vintage, x))
    agreement = compare(vintage, x)
    yield " ".join(f"{s:.4f}" for s in (*agreement.by_year, agreement.within_01))
    rng = np.random.default_rng(2)
    growth = 0.07 + 0.03 * rng.standard_normal((31, 14))
    level = np.exp(8 + np.cumsum(growth + 0.005 * rng.standard_normal((31, 14)), axis=1))
    for shift in (1, -1):
        index = np.roll(100 * np.exp(growth), shift, axis=1)
        yield from told("index", find_lagged_index(index[:, 1:-1], level[:, 1:-1]))
    lower = np.round(x * 0.9, 2)
    lower[3, 4] = x[3, 4] * 1.2
    lower[5, 6] = x[5, 6] * 1.02
    yield from told("order", [find_contradictions(lower, x, ("low", "high"))])
    yield from told("order, often", [find_contradictions(x * 1.1, x, ("low", "high"))])
    total = x.sum(axis=0) * 1.02
    one, more = x.copy(), x.copy()
    one[8, 5] *= 3
    more[::2, 7] *= 1.05
    yield from told("total, one unit", find_missed_totals(one, total, "amount"))
    yield from told("total, many units", find_missed_totals(more, total, "amount"))
    signed = x - 900
    signed[8, 5] += 30_000
    yield from told("total, signed", find_missed_totals(signed, (x - 900).sum(axis=0), "signed"))


@pytest.mark.parametrize("defects", [slips, lines, rows, years, together, sources])
def test_what_is_said_of_planted_defects(defects):
    check_kept(KEPT / f"{defects.__name__}.txt", "\n".join(defects()) + "\n")
