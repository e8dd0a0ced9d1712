"""How numbers are printed: enough digits, never 0.000 for what is not zero."""

import re


def decimal(value: float | None, digits: int = 4) -> str:
    """Fixed decimals; where that would print zero for a number that is not, two significant digits instead."""
    if value is None:
        return ""
    text = f"{value:.{digits}f}"
    if value != 0 and float(text) == 0:
        return f"{value:.1e}"
    return "0" if value == 0 else text


def p_value(value: float | None) -> str:
    """Three decimals, `< 0.001` below."""
    if value is None:
        return ""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def equals(value: float | None) -> str:
    """A p-value after the word p: `= 0.031`, `< 0.001`."""
    text = p_value(value)
    return text if text.startswith("<") else f"= {text}"


def stars(p: float | None) -> str:
    """*** below 1%, ** below 5%, * below 10%."""
    if p is None:
        return ""
    return "***" if p < 0.01 else "**" if p < 0.05 else "*" if p < 0.1 else ""


def count(value: float | int | None) -> str:
    """A whole number with thousands commas."""
    return "" if value is None else f"{int(value):,}"


def plain(value: float | None) -> str:
    """Descriptive numbers: three decimals, one from 1,000 on; zero as 0.000."""
    if value is None:
        return ""
    return "0.000" if value == 0 else decimal(value, 3 if abs(value) < 1000 else 1)


def percent(value: float | None) -> str:
    """A share in percent with one decimal; no minus before zero."""
    if value is None:
        return ""
    text = f"{100 * value:.1f}%"
    return "0.0%" if text == "-0.0%" else text


def typographic(text: str) -> str:
    """Text with the minus sign of numbers as a minus instead of a hyphen."""
    return re.sub(r"(?<![A-Za-z0-9_.)\]])-(?=\d)", "−", text)


def bounds(low: float | None, high: float | None, digits: int = 3) -> str:
    """`[low, high]`, with infinity where a bound is open."""
    left = "−∞" if low is None else decimal(low, digits)
    return f"[{left}, {'∞' if high is None else decimal(high, digits)}]"
