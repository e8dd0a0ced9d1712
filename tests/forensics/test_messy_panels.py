"""Panels as they come: gaps, zeros, coarse numbers, short spans, several defects at once.

What all detectors say of each is kept, a line a suspicion; REGENERATE=1 writes it anew.
"""

from pathlib import Path

import numpy as np
import pytest

from pipeline.forensics.breaks import find_precision
from pipeline.forensics.decimals import decimals_of
from pipeline.forensics.digits import find_digits
from pipeline.forensics.examine import examine_variable
from pipeline.forensics.identities import find_identities
from pipeline.forensics.identity import broken
from pipeline.forensics.sources import compare, find_disagreement, find_lagged_index
from tests.forensics.panels import panel
from tests.validate.small import check_kept

KEPT = Path(__file__).parent / "kept"
KINDS = ("amount", "index", "share", "signed")


def copied(x, rng):
    i, k = rng.integers(len(x), size=2)
    x[i] = x[k]


def on_a_line(x, rng):
    t = int(rng.integers(2, x.shape[1] - 1))
    some = rng.random(len(x)) < 0.6
    x[some, t] = ((x[:, t - 1] + x[:, t + 1]) / 2)[some]


def rescaled(x, rng):
    x[:, int(rng.integers(2, x.shape[1])) :] *= rng.choice([0.6, 0.8, 1.3])


def spread(x, rng):
    t = int(rng.integers(2, x.shape[1] - 1))
    x[:, t:] *= np.exp(0.15 * rng.standard_normal((len(x), 1)))


def slipped(x, rng):
    for _ in range(3):
        x[rng.integers(len(x)), rng.integers(x.shape[1])] *= rng.choice([0.01, 0.1, 3, 10, 100])


def moved(x, rng):
    i, t = int(rng.integers(len(x))), int(rng.integers(1, x.shape[1] - 2))
    x[i, t : t + int(rng.integers(2, 9))] *= rng.choice([0.5, 2])


def turned(x, rng):
    t, k = int(rng.integers(x.shape[1])), int(rng.integers(2, 9))
    x[:k, t] = np.roll(x[:k, t], 1)


def carried(x, rng):
    i, t = int(rng.integers(len(x))), int(rng.integers(x.shape[1] - 2))
    x[i, t + 1 : t + 4] = x[i, t]


DEFECTS = (copied, on_a_line, rescaled, spread, slipped, moved, turned, carried)


def messy(seed):
    """A panel with two defects, gaps, a few zeros, and numbers of 0 to 3 decimals."""
    rng = np.random.default_rng(seed)
    shape = int(rng.choice([8, 9, 20, 31])), int(rng.choice([5, 6, 9, 13, 19]))
    x = panel(seed, *shape, noise=float(rng.choice([0.01, 0.03, 0.2])), decimals=6)
    kind = KINDS[seed % 4]
    if kind == "share":
        x = x / x.max() / rng.choice([1.01, 0.0101])
    for k in rng.choice(len(DEFECTS), 2, replace=False):
        DEFECTS[k](x, rng)
    x[rng.random(shape) < rng.choice([0.0, 0.0, 0.05, 0.25])] = np.nan
    x[rng.random(shape) < rng.choice([0.0, 0.0, 0.01])] = 0.0
    digits = int(rng.integers(4)) + (2 if kind == "share" else 0)
    late = int(rng.integers(2, 40))
    x[:, :late] = np.round(x[:, :late], digits)
    total = np.nansum(x, axis=0) * 1.01
    total[shape[1] // 2] *= rng.choice([1.0, 1.002, 1.2])
    return np.round(x, 6), kind, np.round(total, 2)


def line(s):
    first = f"{s.cells[0][0]},{s.cells[0][1]}"
    last = f"{s.cells[-1][0]},{s.cells[-1][1]}"
    return f"  {s.code} {s.severity} {len(s.cells)} cells {first} to {last} {s.strength:.4g}"


def found(seed):
    x, kind, total = messy(seed)
    yield f"# {seed}: {kind} {x.shape}"
    yield from map(line, examine_variable(x, kind, decimals_of(x), total))


@pytest.mark.parametrize("part", range(4))
def test_what_is_said_of_messy_panels(part):
    seeds = range(100 + 40 * part, 140 + 40 * part)
    text = "".join(f"{line}\n" for seed in seeds for line in found(seed))
    check_kept(KEPT / f"messy_{part}.txt", text)


def related(seed):
    """Sums, ratios and shares of a few variables with gaps and some cells off."""
    rng = np.random.default_rng(seed)
    size = {"n": 12, "years": int(rng.choice([4, 9]))}
    a, b, c, d = (panel(4 * seed + k, **size) for k in range(4))
    whole = a + b + c
    values = {"a": a, "b": b, "c": c, "whole": np.round(whole, 2), "part": np.round(a + b, 2)}
    values |= {"d": d, "rate": np.round(a / d * 100, 3), "zero": 0 * a}
    values |= {
        f"s_{k}": np.round(100 * x / whole, 2) for k, x in zip("abc", (a, b, c), strict=True)
    }
    values |= {f"t_{k}": np.round(x / whole, 4) for k, x in zip("abc", (a, b, c), strict=True)}
    for x in values.values():
        x[rng.random(x.shape) < rng.choice([0.0, 0.02, 0.3])] = np.nan
        x[rng.random(x.shape) < 0.02] *= rng.choice([1.003, 1.1, 10])
    values["sparse"] = np.where(rng.random(a.shape) < 0.8, np.nan, a)
    return values


def test_relations_found_among_variables_with_gaps():
    lines = []
    for seed in range(200, 216):
        values = related(seed)
        for identity in find_identities(values):
            fault = broken(identity, values)
            said = (
                ""
                if fault is None
                else f"{fault.evidence.removeprefix(str(identity))[:24]}{line(fault)}"
            )
            lines.append(f"{seed} {identity}{said}")
    check_kept(KEPT / "relations.txt", "".join(f"{text}\n" for text in lines))


def test_two_sources_with_gaps():
    lines = []
    for seed in range(300, 330):
        x, _, _ = messy(4 * seed)
        rng = np.random.default_rng(seed)
        y = x * np.where(rng.random(x.shape) < 0.1, rng.choice([1.005, 1.02, 1.2]), 1.0)
        y = np.roll(y, int(rng.integers(-1, 2)), axis=1)
        y[rng.random(x.shape) < 0.1] = np.nan
        agreement = compare(x, y)
        shares = " ".join(f"{s:.4g}" for s in (*vars(agreement).values(),) if np.ndim(s) == 0)
        lines.append(f"{seed} {shares}; {' '.join(f'{s:.3g}' for s in agreement.by_year)}")
        lines += map(line, find_disagreement(x, y)[:4])
        with np.errstate(divide="ignore", invalid="ignore"):
            index = 100 * np.roll(x[:, 1:] / x[:, :-1], int(rng.integers(-1, 2)), axis=1)
        lines += map(line, find_lagged_index(index, x[:, 1:]))
    check_kept(KEPT / "two_sources.txt", "".join(f"{text}\n" for text in lines))


def test_decimals_and_digits_with_gaps():
    lines = []
    for seed in range(400, 424):
        rng = np.random.default_rng(seed)
        typical = rng.choice([0, 2, 3, 5, 9], size=8).repeat(2).astype(float)
        decimals = np.tile(typical, (9, 1)) + rng.integers(0, 2, (9, 16))
        decimals[rng.random(decimals.shape) < 0.1] = np.nan
        lines += [f"# {seed}", *map(line, find_precision(decimals))]
        x = np.round(panel(seed, noise=0.1) * 10 ** rng.uniform(0, 5, (31, 1)), 1)
        heaped = rng.random(x.shape) < 0.1 * (seed % 4)
        x[heaped] = np.round(x[heaped]) + rng.choice([0.0, 0.5])
        x[rng.random(x.shape) < 0.1] = np.nan
        lines += map(line, find_digits(x, decimals_of(x)))
    check_kept(KEPT / "digits.txt", "".join(f"{text}\n" for text in lines))
