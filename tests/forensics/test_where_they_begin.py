"""The smallest defect that each detector speaks of: its sensitivity, on panels of known noise.

The sizes are found by bisection and kept in `kept/edges_*.txt`; REGENERATE=1 writes it anew.
"""

from pathlib import Path

import numpy as np
import pytest

from pipeline.forensics.breaks import find_breaks, find_precision
from pipeline.forensics.decimals import hardly_moves
from pipeline.forensics.digits import find_digits
from pipeline.forensics.examine import examine_variable
from pipeline.forensics.lines import find_extrapolation, find_lines
from pipeline.forensics.repeats import find_repeats
from pipeline.forensics.shifts import find_shifts
from pipeline.forensics.slips import find_slips
from pipeline.forensics.swaps import find_swaps
from tests.forensics.edges import changed, edge, fewest, says
from tests.forensics.panels import panel
from tests.validate.small import check_kept

KEPT = Path(__file__).parent / "kept"
QUIET = panel(51, noise=0.01, decimals=6)
USUAL = panel(52, noise=0.03, decimals=6)
WILD = panel(53, noise=0.15, decimals=6)


def slips():
    def spike(x, at, kind, how):
        return lambda f: any(
            at in s.cells for s in find_slips(changed(x, at, lambda v: how(v, f)), kind)
        )

    def times(v, f):
        return v * f

    for name, x in (("quiet", QUIET), ("usual", USUAL), ("wild", WILD)):
        yield f"a spike, {name}", edge(spike(x, (7, 6), "amount", times), 1.05, 9.5)
        yield f"a fall, {name}", edge(spike(x, (7, 6), "amount", times), 0.95, 0.11)
        yield f"a spike at the end, {name}", edge(spike(x, (7, 12), "amount", times), 1.05, 9.5)
        yield f"a spike, index, {name}", edge(spike(x, (7, 6), "index", times), 1.01, 60.0)

    def surge(f):
        return says(find_slips(changed(USUAL, (7, 6), lambda v: v * f), "amount"), "spike", "error")

    yield "a surge that is an error", edge(surge, 6.0, 70.0)
    for name, x in (("usual", USUAL), ("wild", WILD)):

        def near(f, x=x):
            return says(find_slips(changed(x, (7, 6), lambda v: v * 10 * f), "amount"), "slip-ten")

        yield f"off by more than ten, {name}", edge(near, 1.0, 3.0)
        yield f"off by less than ten, {name}", edge(near, 1.0, 0.4)

    def crowd(k):
        x = np.round(QUIET, 2)
        x[:k, 6] = [float(f"7{v}") for v in x[:k, 6]]
        found = find_slips(x, "amount")
        return len(found) == k and all(s.severity == "warning" for s in found)

    yield "a crowd", fewest(crowd, range(1, 12))

    def small(v):
        x = np.round(QUIET / QUIET[5, 5] * 12)
        return any((5, 6) in s.cells for s in find_slips(changed(x, (5, 6), lambda _: v), "amount"))

    yield "counts of a few units", fewest(small, range(10, 200))


def years():
    for kind, x, how in (
        ("amount", USUAL, lambda v, f: v * (1 + f)),
        ("index", 100 + np.cumsum(USUAL / 4000, axis=1), lambda v, f: v + 100 * f),
        ("share", 0.3 + USUAL / 1e6, lambda v, f: v + f),
        ("share", 30 + USUAL / 1e4, lambda v, f: v + 100 * f),
    ):
        for sign in (1, -1):

            def level(f, x=x, how=how, kind=kind, sign=sign):
                y = changed(x, np.s_[:, 6:], lambda v: how(v, sign * f))
                return says(find_breaks(y, kind), "break-level")

            yield f"a new level, {kind}, {sign:+d}", edge(level, 0.001, 0.25)

    def shared(k):
        return says(
            find_breaks(changed(USUAL, np.s_[:k, 6:], lambda v: v * 1.5), "amount"), "break-level"
        )

    yield "units that share a new level", fewest(shared, range(31))


def spreads():
    draws = np.random.default_rng(5).standard_normal((31, 1))
    for name, x in (("quiet", QUIET), ("usual", USUAL)):
        for t in (1, 6, 12):

            def spread(f, x=x, t=t):
                y = changed(x, np.s_[:, t:], lambda v: v * np.exp(f * draws))
                return says(find_breaks(y, "amount"), "break-spread")

            yield f"a new spread, {name}, year {t}", edge(spread, 0.001, 0.6)
    for shape in ((8, 5), (7, 5), (8, 4), (8, 6), (31, 7)):
        x = changed(QUIET[: shape[0], : shape[1]], np.s_[:, 3:], lambda v: v * 2)
        yield f"a new level in {shape}", str([s.code for s in find_breaks(x, "amount")])
    for after in (3, 4):
        x = changed(np.full((9, 6), 1.0), np.s_[:, 4:], lambda v, a=after: v + a)
        yield (
            f"{after} decimals more",
            str([(s.severity, s.cells[0][1]) for s in find_precision(x)]),
        )
        yield f"{after} decimals more, late", str(find_precision(x[:, :5]))
        yield f"{after} decimals more, early", str(find_precision(x[:, 3:]))

    def still(k):
        return hardly_moves(changed(QUIET[:10, :11], np.s_[:k, 1:], lambda v: 0 * v + 7.0))

    yield "units that do not move", fewest(still, range(11))


def lines():
    x = np.round(USUAL, 3)
    middle = np.round((x[:, 4] + x[:, 6]) / 2, 3)

    def year(k, severity=None):
        y = x.copy()
        y[:k, 5] = middle[:k]
        return says(find_lines(y, "amount"), "line-year", severity)

    yield "units on a line", fewest(year, range(31))
    yield "units on a line, an error", fewest(lambda k: year(k, "error"), range(31))
    for decimals in (0, 2):

        def run(k, decimals=decimals):
            z = np.round(USUAL, decimals)
            z[4, 3 : 3 + k] = z[4, 3] + 25 * np.arange(k)
            return says(find_lines(z, "amount"), "line-run")

        yield f"years of a unit on a line, {decimals} decimals", fewest(run, range(2, 10))

    rng = np.random.default_rng(6)
    base = 100 + np.cumsum(20 + 5 * rng.standard_normal((31, 12)), axis=1)
    noise = rng.standard_normal((31, 12))

    def extrapolated(f, count=3, severity=None):
        y = base.copy()
        for t in range(12 - count, 12):
            y[:, t] = 2 * y[:, t - 1] - y[:, t - 2] + f * noise[:, t]
        return says(find_extrapolation(y, "index"), "extrapolated", severity)

    yield "the noise of an extrapolation", edge(extrapolated, 0.001, 5.0)
    yield "of two years, an error", edge(lambda f: extrapolated(f, 2, "error"), 0.001, 5.0)
    yield "extrapolated years", fewest(lambda k: extrapolated(0.01, k), range(1, 6))
    yield "extrapolated of twelve", str([k for k in range(1, 10) if extrapolated(0.01, k)])


def rows():
    def swapped(f, at=6):
        x = USUAL.copy()
        x[20] = x[2] * f
        x[20] *= np.exp(0.01 * np.sin(np.arange(13)))
        x[[2, 20], at] = x[[20, 2], at]
        return says(find_swaps(x, "amount"), "rows-swapped")

    for at in (0, 6, 12):
        yield (
            f"how far apart swapped rows are, year {at}",
            edge(lambda f, t=at: swapped(f, t), 1.1, 4.0),
        )

    def cycle(k):
        x = changed(USUAL, np.s_[:k, 6], lambda v: np.roll(v, 1))
        return ",".join(f"{s.code[5:]} {len(s.cells)}" for s in find_swaps(x, "amount"))

    yield "rotated by a row", "; ".join(f"{k}: {cycle(k)}" for k in range(2, 31, 4))
    x = panel(54, decimals=2)

    def copied(k, severity=None):
        y = changed(x, np.s_[5, :k], lambda _: x[9, :k])
        return says(find_repeats(y), "units-repeat", severity)

    yield "years of a copied unit", fewest(copied, range(14))
    yield "years of a copied unit, an error", fewest(lambda k: copied(k, "error"), range(14))
    for back in (1, 2, 3, 4):

        def repeated(k, severity=None, back=back):
            y = changed(x, np.s_[:k, 7], lambda _: x[:k, 7 - back])
            return says(find_repeats(y), "years-repeat", severity)

        yield f"units that repeat {back} years", fewest(repeated, range(32))
        yield (
            f"units, an error, {back} years",
            fewest(lambda k, r=repeated: r(k, "error"), range(32)),
        )

    def still(k):
        return says(find_repeats(changed(x, np.s_[3, 4 : 4 + k], lambda v: v[0])), "value-repeats")

    yield "years of one value", fewest(still, range(1, 8))


def shifts():
    for kind, x in (("amount", QUIET), ("amount", USUAL), ("index", 100 + USUAL / 400)):

        def episode(f, x=x, kind=kind):
            return says(find_shifts(changed(x, np.s_[4, 5:8], lambda v: v * f), kind), "episode")

        def shift(f, x=x, kind=kind):
            return says(find_shifts(changed(x, np.s_[4, 6:], lambda v: v * f), kind), "level-shift")

        yield f"an episode, {kind}", edge(episode, 1.01, 3.0)
        yield f"a lasting shift, {kind}", edge(shift, 1.01, 3.0)

    def length(k, first=4):
        y = changed(QUIET, np.s_[4, first : first + k], lambda v: v * 2)
        return [s.code for s in find_shifts(y, "amount")]

    yield "years of an episode", "; ".join(f"{k}: {length(k)}" for k in range(1, 7))
    yield "a shift from year", "; ".join(f"{t}: {length(13, t)}" for t in (1, 2, 3, 10, 11, 12))

    def back(f):
        y = changed(QUIET, np.s_[4, 5:8], lambda v: v * 2)
        return says(find_shifts(changed(y, np.s_[4, 8:], lambda v: v * f), "amount"), "episode")

    yield "a return that falls short", edge(back, 1.0, 1.9)
    yield "a return that goes too far", edge(back, 1.0, 0.5)


def digits():
    x = np.round(USUAL * 10)
    fives = np.random.default_rng(9).permutation(x.size)

    def heaped(k):
        y = x.copy()
        y.flat[fives[:k]] = np.round(y.flat[fives[:k]] / 10) * 10 + 5
        return says(find_digits(y, np.zeros_like(y)), "digits-last")

    yield "cells that end in five", fewest(heaped, range(0, x.size, 4))

    def few(k):
        y = np.round(x[:k] / 10) * 10 + 5
        return says(find_digits(y, np.zeros_like(y)), "digits-last")

    yield "units whose cells end in five", fewest(few, range(1, 31))

    def heard(cells):
        y = USUAL[:3, :4].copy()
        y[:, 3] = [np.nan] * (12 - cells) + y[12 - cells :, 3].tolist()
        total = np.array([1.0, 2.0, 1.0, 1.0]) * y.sum(axis=0)
        return says(examine_variable(y, "amount", None, total), "total-missed")

    yield "eleven and twelve cells", f"{heard(11)}, {heard(12)}"


@pytest.mark.parametrize("edges", [slips, years, spreads, lines, rows, shifts, digits])
def test_where_a_detector_begins_to_speak(edges):
    text = "".join(f"{what}: {size}\n" for what, size in edges())
    check_kept(KEPT / f"edges_{edges.__name__}.txt", text)
