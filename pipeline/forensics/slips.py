"""Digits that slipped: a factor of 10, 100, 1,000, 10,000, a digit too many or too few,
two digits exchanged."""

import math
from dataclasses import replace

import numpy as np

from pipeline.forensics.decimals import rounding
from pipeline.forensics.growth import Kind, Movement, movement
from pipeline.forensics.suspicion import Flags, Grid, Suspicion

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
    in the same
    direction: then something happened. Cells beside a zero and counts of a few rounding units are
    passed over.
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
        name, corrected, text = slip
        evidence += f"; {text} gives {corrected:.8g}"
        # Among sixty ways to add a digit one often fits by chance; in a wild series a surge may
        # well be tenfold.
        sure = name != "drop" and not (name == "ten" and scale > 0.1 and size <= 2 * rare)
        return Suspicion(
            f"slip-{name}", "error" if sure else "warning", ((i, t),), evidence, value, corrected, z
        )
    return Suspicion("spike", "error" if surge else "warning", ((i, t),), evidence, value, usual, z)


def _explanation(
    value: float, usual: float, scale: float, logs: bool
) -> tuple[str, float, str] | None:
    """The simplest slip that brings the cell within reach of its neighbours, by name,
    corrected value and words."""
    if value == 0 or not math.isfinite(usual) or (logs and usual <= 0):
        return None
    reach = max(2.5 * scale, 0.02) if logs else max(2.5 * scale, 0.01 * abs(usual))
    if logs and reach > 0.35:  # nearly anything would be within reach
        return None

    def fits(candidate: float) -> bool:
        if candidate == value:
            return False
        if logs:
            return candidate > 0 and abs(math.log(candidate / usual)) <= reach
        return abs(candidate - usual) <= reach

    for k in (1, -1, 2, -2, 3, -3, 4, -4):
        if fits(value / 10**k):
            return "ten", value / 10**k, _NAMES["ten"].format(k=abs(k))
    text = f"{abs(value):.12g}"
    if "e" in text or (logs and reach > 0.12):  # among so many candidates one would fit by chance
        return None
    digits = sum(ch.isdigit() for ch in text)
    sign = math.copysign(1.0, value)
    for name, candidates in (
        ("insert", _shorter(text)),
        ("exchange", _exchanged(text)),
        ("drop", _longer(text) if digits <= 6 else []),
    ):
        if name == "exchange" and logs and reach > 0.06:
            continue
        hits = [(c, how) for c, how in candidates if fits(sign * c)]
        if hits and (name != "drop" or abs(math.log10(abs(value / usual))) > 0.5):
            best, how = min(hits, key=lambda hit: abs(hit[0] - abs(usual)))
            return name, sign * best, _NAMES[name].format(text=how)
    return None


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
