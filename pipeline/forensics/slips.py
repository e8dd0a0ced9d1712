"""Digits that slipped: a factor of 10, 100, 1,000, 10,000, a digit too many or too few, two digits exchanged."""

import math

import numpy as np

from pipeline.forensics.growth import Kind, Movement, movement
from pipeline.forensics.suspicion import Flags, Grid, Suspicion

_NAMES = {"ten": "a decimal point slipped by {k} places", "insert": "a digit too many (`{text}`)",
          "drop": "a digit too few (`{text}`)", "exchange": "two digits exchanged (`{text}`)"}  # fmt: skip


def find_slips(x: Grid, kind: Kind) -> list[Suspicion]:
    """Cells out of line with the years around them, with the slip that explains them where there is one.

    A cell stands out when it departs from its neighbours in time by 8 of the unit's usual changes and, for amounts, by a
    factor of 1.6. It is an `error` where one simple slip of the digits brings it back in line, or where it departs by a
    factor of 5 while nothing like it occurs elsewhere in the series; else a `warning`: surges do happen.
    """
    move = movement(x, kind)
    spike = move.spike()
    with np.errstate(invalid="ignore"):
        z = np.abs(spike) / move.scale
        far = (z > 8) & (np.abs(spike) > (math.log(1.6) if move.logs else 0.0))
        if move.logs:
            far |= (np.abs(spike) > math.log(3)) & (z > 5)
    far &= _stands_out(spike)
    out = []
    expected = move.expected()
    for i, t in np.argwhere(far):
        out.append(_judge(x, move, spike, expected, int(i), int(t), float(z[i, t])))
    return out


def _stands_out(spike: Grid) -> Flags:
    """A wrong cell also bends its neighbours' expectation by half: only the largest of three in a row is blamed."""
    size = np.nan_to_num(np.abs(spike))
    padded = np.pad(size, ((0, 0), (1, 1)))
    return (size >= padded[:, :-2]) & (size >= padded[:, 2:])


def _judge(x: Grid, move: Movement, spike: Grid, expected: Grid, i: int, t: int, z: float) -> Suspicion:
    value, usual = float(x[i, t]), float(expected[i, t])
    scale = float(move.scale[i, 0])
    others = np.delete(np.abs(spike[i]), [max(t - 1, 0), t, min(t + 1, spike.shape[1] - 1)])
    worst = float(np.nanmax(others, initial=0.0))
    inside = 0 < t < x.shape[1] - 1 and np.isfinite(move.level[i, t - 1]) and np.isfinite(move.level[i, t + 1])
    slip = _explanation(value, usual, scale / math.sqrt(2) if inside else scale, move.logs)
    ratio = f", {value / usual:.3g} times that" if usual and move.logs else ""
    evidence = f"{value:.8g}; the years around let expect {usual:.5g}{ratio}"
    surge = move.logs and abs(float(spike[i, t])) > math.log(5) and abs(float(spike[i, t])) > 4 * worst
    if slip is not None:
        name, corrected, text = slip
        evidence += f"; {text} gives {corrected:.8g}"
        return Suspicion(f"slip-{name}", "error", ((i, t),), evidence, value, corrected, z)
    return Suspicion("spike", "error" if surge else "warning", ((i, t),), evidence, value, usual, z)


def _explanation(value: float, usual: float, scale: float, logs: bool) -> tuple[str, float, str] | None:
    """The simplest slip that brings the cell within reach of its neighbours, by name, corrected value and words."""
    if value == 0 or not math.isfinite(usual) or (logs and usual <= 0):
        return None
    reach = max(2.5 * scale, 0.02) if logs else max(2.5 * scale, 0.01 * abs(usual))
    if logs and reach > 0.35:  # nearly anything would be within reach
        return None

    def fits(candidate: float) -> bool:
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
    return [(float(text[:i] + text[i + 1] + text[i] + text[i + 2 :]), f"{text[i : i + 2]} in {text}")
            for i in range(len(text) - 1) if text[i].isdigit() and text[i + 1].isdigit() and text[i] != text[i + 1]]  # fmt: skip


def _longer(text: str) -> list[tuple[float, str]]:
    """The number with one digit more before the decimal point."""
    whole = len(text.split(".")[0])
    return [(float(text[:i] + d + text[i:]), f"{d} missing in {text}") for i in range(whole + 1) for d in "0123456789"]
