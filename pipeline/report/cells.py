"""How each type of cell is printed in a style."""

from collections.abc import Sequence

from pipeline.report.journals import Printing
from pipeline.report.numbers import count, decimal, p_value, percent, plain, stars
from pipeline.report.page import Printed
from pipeline.report.table import (
    Cell,
    Coefficient,
    Count,
    Number,
    Percent,
    PValue,
    Range,
    Summary,
    Words,
)
from pipeline.results.estimate import Estimate

_BLANK = Printed()


def printed(cell: Cell, style: Printing) -> Printed:
    """The cell as it is printed in its own line."""
    digits = style.journal.digits
    match cell:
        case Words(text):
            return Printed(text, words=True)
        case Coefficient(estimate):
            text = decimal(estimate.value, _digits(cell, style))
            return Printed(text, stars(estimate.decides, style.stars), estimate.value)
        case Number(value):
            text = decimal(value, _digits(cell, style))
            return _number(text, value, style.journal.brackets.error if cell.brackets else "")
        case Summary(value):
            return _number(plain(value, digits.statistics), value)
        case Count(value):
            return _number(count(value), value)
        case PValue(value):
            second = style.journal.brackets.second if cell.brackets else ""
            return _number(p_value(value, digits.p), value, second)
        case Percent(value):
            text = percent(value, digits.percent)
            return _number(text, value) if cell.sign else _unsigned(text, value)
        case Range():
            return Printed(_range(cell, style))


def below(cell: Cell, style: Printing) -> Printed:
    """What stands below the cell in the style: below coefficients alone, where it is known."""
    if not isinstance(cell, Coefficient) or cell.alone:
        return _BLANK
    e, digits = cell.estimate, style.journal.digits
    match style.below:
        case "error":
            text = decimal(e.error, _digits(cell, style))
            return _number(text, e.error, style.journal.brackets.error)
        case "t":
            t = _t(e)
            return _number(decimal(t, digits.t), t, style.journal.brackets.t)
        case "p":
            return _number(p_value(e.decides, digits.p), e.decides, style.journal.brackets.p)
        case "interval":
            ends = (e.interval.low, e.interval.high) if e.interval else None
            brackets = style.journal.brackets.interval
            return Printed(_ends(ends, _digits(cell, style), brackets) if ends else "")
    return _BLANK


def coefficients(cells: Sequence[Cell]) -> list[Coefficient]:
    """The coefficients among cells."""
    return [c for c in cells if isinstance(c, Coefficient)]


def bracketed(text: str, brackets: str) -> str:
    """A text in brackets; nothing stays nothing."""
    return f"{brackets[0]}{text}{brackets[1]}" if text and brackets else text


def _t(estimate: Estimate) -> float | None:
    """The t statistic: the estimate's own, else its value over its error."""
    if estimate.statistic is not None or not estimate.error:
        return estimate.statistic
    return estimate.value / estimate.error


def _number(text: str, value: float | None, brackets: str = "") -> Printed:
    return Printed(bracketed(text, brackets), value=value)


def _unsigned(text: str, value: float | None) -> Printed:
    """A percentage without its sign is another number: a hundred times the share."""
    return Printed(text.removesuffix("%"), value=None if value is None else 100 * value)


def _digits(cell: Coefficient | Number | Range, style: Printing) -> int:
    match cell.digits:
        case "coefficients":
            return style.digits
        case "statistics":
            return style.journal.digits.statistics
        case "t":
            return style.journal.digits.t
        case own:
            return own


def _range(cell: Range, style: Printing) -> str:
    if cell.low is None and cell.high is None and not cell.open:
        return ""
    brackets = style.journal.brackets.interval
    ends = (cell.low, cell.high)
    if not cell.percent:
        return _ends(ends, _digits(cell, style), brackets)
    return _bounded(ends, [percent(v, style.journal.digits.percent) for v in ends], brackets)


def _ends(ends: tuple[float | None, float | None], digits: int, brackets: str) -> str:
    return _bounded(ends, [decimal(v, digits) for v in ends], brackets)


def _bounded(ends: Sequence[float | None], texts: list[str], brackets: str) -> str:
    """`[low, high]`, with infinity where an end is open."""
    low, high = ends
    left = "−∞" if low is None else texts[0]
    return bracketed(f"{left}, {'∞' if high is None else texts[1]}", brackets)
