"""How numbers are printed: enough digits, never 0.000 for what is not zero."""

import re
from collections.abc import Iterable, Sequence


def decimal(value: float | None, digits: int = 4) -> str:
    """Fixed decimals; two significant digits where that would print zero for what is not."""
    if value is None:
        return ""
    text = f"{value:.{digits}f}"
    if value != 0 and float(text) == 0:
        return f"{value:.1e}"
    return "0" if value == 0 else text


def p_value(value: float | None, digits: int = 3) -> str:
    """Fixed decimals; what would print 0.000 as `< 0.001`."""
    if value is None:
        return ""
    least = 10.0**-digits
    return f"< {least:.{digits}f}" if value < least else f"{value:.{digits}f}"


def stars(p: float | None, levels: Sequence[float]) -> str:
    """A star for each level that the p-value is below."""
    return "" if p is None else "*" * sum(p < level for level in levels)


def count(value: float | int | None) -> str:
    """A whole number with thousands commas."""
    return "" if value is None else f"{int(value):,}"


def span(counts: Iterable[int]) -> str:
    """`31`, or `9–31` where counts differ."""
    found = sorted(set(counts))
    return "–".join(count(n) for n in dict.fromkeys([found[0], found[-1]]))


def plain(value: float | None, digits: int = 3) -> str:
    """Descriptive numbers: fixed decimals, one from 1,000 on; zero as 0.000."""
    if value is None:
        return ""
    return f"{0:.{digits}f}" if value == 0 else decimal(value, digits if abs(value) < 1000 else 1)


def percent(value: float | None, digits: int = 1) -> str:
    """A share in percent; no minus before zero."""
    if value is None:
        return ""
    text = f"{100 * value:.{digits}f}"
    return f"{text.lstrip('-') if float(text) == 0 else text}%"


def level(value: float) -> str:
    """A level or a part as `95%` or `97.5%`, with the decimals that it has."""
    return f"{100 * value:.6g}%"


def typographic(text: str, minus: str = "−") -> str:
    """Text with the minus sign of numbers as a minus instead of a hyphen."""
    return re.sub(r"(?<![A-Za-z0-9_.)\]])-(?=\d)", lambda _: minus, text)


def bounds(low: float | None, high: float | None, digits: int = 3) -> str:
    """`[low, high]`, with infinity where a bound is open."""
    left = "−∞" if low is None else decimal(low, digits)
    return f"[{left}, {'∞' if high is None else decimal(high, digits)}]"
