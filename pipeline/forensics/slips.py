"""Digits that slipped: a factor of 10, 100, 1,000, 10,000, a digit too many or too few,
two digits exchanged."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.forensics.decimals import rounding
from pipeline.forensics.growth import Kind, Movement, movement
from pipeline.forensics.suspicion import Flags, Grid, Severity, Suspicion

_NAMES = {
    "ten": "a decimal point slipped by {k} places",
    "insert": "a digit too many (`{text}`)",
    "drop": "a digit too few (`{text}`)",
    "exchange": "two digits exchanged (`{text}`)",
}


def find_slips(x: Grid, kind: Kind) -> list[Suspicion]:
    """Cells out of line with the years around it, with the slip that explains them where there is
    one.

    A cell stands out when it departs from the years around it by 8 of the unit's usual changes and,
    for amounts, by a factor of 1.6 (or by 5 and a factor of 3), for other kinds by 15%. It is an
    `error` where one simple slip of the digits brings it back in line; or where it departs by a
    factor of 10, four times as far as the unit ever does and three times as far as all but one cell
    in a hundred of the panel. It stays a `warning` in a year in which three units or more stand out
    in the same direction: then something happened. Cells beside a zero and counts of a few rounding
    units are passed over.
    """
    move = movement(x, kind)
    spike = move.spike()
    expected = move.expected()
    with np.errstate(invalid="ignore"):
        z = np.abs(spike) / move.scale
        far = (z > 8) & (np.abs(spike) > (math.log(1.6) if move.logs else 0.15 * np.abs(expected)))
        if move.logs:
            far |= (np.abs(spike) > math.log(3)) & (z > 5)
        far &= _stands_out(spike)
        if move.logs:
            padded = np.pad(x == 0, ((0, 0), (1, 1)))
            far &= ~(padded[:, :-2] | padded[:, 2:])
            far &= np.fmax(x, expected) > 30 * np.nan_to_num(rounding(x))[None, :]
        crowd = np.maximum((far & (spike > 0)).sum(axis=0), (far & (spike < 0)).sum(axis=0)) >= max(
            3, 0.06 * len(x)
        )
    finite = np.abs(spike[np.isfinite(spike)])
    rare = float(np.quantile(finite, 0.99)) if finite.size else 0.0
    found = [
        _judge(x, move, spike, expected, int(i), int(t), float(z[i, t]), rare)
        for i, t in np.argwhere(far)
    ]
    return [
        replace(s, severity="warning") if crowd[s.cells[0][1]] and s.code != "slip-ten" else s
        for s in found
    ]


def _stands_out(spike: Grid) -> Flags:
    """A wrong cell also bends its neighbours' expectation by half:
    only the largest of three in a row is blamed."""
    size = np.nan_to_num(np.abs(spike))
    padded = np.pad(size, ((0, 0), (1, 1)))
    return (size >= padded[:, :-2]) & (size >= padded[:, 2:])


def _judge(
    x: Grid, move: Movement, spike: Grid, expected: Grid, i: int, t: int, z: float, rare: float
) -> Suspicion:
    value, usual = float(x[i, t]), float(expected[i, t])
    scale = float(move.scale[i, 0])
    others = np.delete(np.abs(spike[i]), [max(t - 1, 0), t, min(t + 1, spike.shape[1] - 1)])
    worst = float(np.nanmax(others, initial=0.0))
    inside = (
        0 < t < x.shape[1] - 1
        and np.isfinite(move.level[i, t - 1])
        and np.isfinite(move.level[i, t + 1])
    )
    slip = _explanation(value, usual, scale / math.sqrt(2) if inside else scale, move.logs)
    ratio = f", {value / usual:.3g} times that" if usual and move.logs else ""
    evidence = f"{value:.8g}; the years around let expect {usual:.5g}{ratio}"
    size = abs(float(spike[i, t]))
    surge = move.logs and size > math.log(10) and size > 4 * worst and size > 3 * rare
    if slip is not None:
        evidence += f"; {slip.words} gives {slip.corrected:.8g}"
        # Among sixty ways to add a digit one often fits by chance; in a wild series a surge may
        # well be tenfold.
        wild = slip.name == "ten" and scale > 0.1 and size <= 2 * rare
        severity: Severity = "warning" if slip.name == "drop" or wild else "error"
        code = f"slip-{slip.name}"
        return Suspicion(code, severity, ((i, t),), evidence, value, slip.corrected, z)
    severity = "error" if surge else "warning"
    return Suspicion("spike", severity, ((i, t),), evidence, value, usual, z)


@dataclass(frozen=True)
class _Cell:
    """A value out of line, what was expected, and how near to that a correction must come."""

    value: float
    usual: float
    reach: float
    logs: bool

    def fits(self, candidate: float) -> bool:
        """Whether a corrected value is within reach."""
        if candidate == self.value:
            return False
        if self.logs:
            return candidate > 0 and abs(math.log(candidate / self.usual)) <= self.reach
        return abs(candidate - self.usual) <= self.reach

    @property
    def threefold(self) -> bool:
        """Whether the value is off by more than a factor of the root of ten."""
        return not self.usual or abs(math.log10(abs(self.value / self.usual))) > 0.5


@dataclass(frozen=True)
class _Slip:
    """A simple slip: its name, the value without it, what happened in words."""

    name: str
    corrected: float
    words: str


def _explanation(value: float, usual: float, scale: float, logs: bool) -> _Slip | None:
    """The simplest slip that brings the cell within reach of its neighbours."""
    if value == 0 or not math.isfinite(usual) or (logs and usual <= 0):
        return None
    cell = _Cell(value, usual, max(2.5 * scale, 0.02 if logs else 0.01 * abs(usual)), logs)
    if logs and cell.reach > 0.35:  # nearly anything would be within reach
        return None
    return _moved_point(cell) or _changed_digits(cell)


def _moved_point(cell: _Cell) -> _Slip | None:
    for k in (1, -1, 2, -2, 3, -3, 4, -4):
        if cell.fits(cell.value / 10**k):
            return _Slip("ten", cell.value / 10**k, _NAMES["ten"].format(k=abs(k)))
    return None


def _changed_digits(cell: _Cell) -> _Slip | None:
    text = f"{abs(cell.value):.12g}"
    if "e" in text or (cell.logs and cell.reach > 0.12):  # one of so many would fit by chance
        return None
    sign = math.copysign(1.0, cell.value)
    for name, candidates in _readings(cell, text):
        hits = [(c, how) for c, how in candidates if cell.fits(sign * c)]
        if hits:
            best, how = min(hits, key=lambda hit: abs(hit[0] - abs(cell.usual)))
            return _Slip(name, sign * best, _NAMES[name].format(text=how))
    return None


def _readings(cell: _Cell, text: str) -> Iterator[tuple[str, list[tuple[float, str]]]]:
    """What the digits may have been, by the slip; first those that fit least by chance."""
    yield "insert", _shorter(text)
    if not cell.logs or cell.reach <= 0.06:
        yield "exchange", _exchanged(text)
    if sum(ch.isdigit() for ch in text) <= 6 and cell.threefold:
        yield "drop", _longer(text)


def _shorter(text: str) -> list[tuple[float, str]]:
    """The number with one digit left out."""
    found = []
    for i, ch in enumerate(text):
        rest = text[:i] + text[i + 1 :]
        if ch.isdigit() and any(c.isdigit() for c in rest):
            found.append((float(rest), f"{ch} in {text}"))
    return found


def _exchanged(text: str) -> list[tuple[float, str]]:
    """The number with two adjacent digits exchanged."""
    return [
        (float(text[:i] + text[i + 1] + text[i] + text[i + 2 :]), f"{text[i : i + 2]} in {text}")
        for i in range(len(text) - 1)
        if text[i].isdigit() and text[i + 1].isdigit() and text[i] != text[i + 1]
    ]


def _longer(text: str) -> list[tuple[float, str]]:
    """The number with one digit more before the decimal point."""
    whole = len(text.split(".")[0])
    return [
        (float(text[:i] + d + text[i:]), f"{d} missing in {text}")
        for i in range(whole + 1)
        for d in "0123456789"
    ]
