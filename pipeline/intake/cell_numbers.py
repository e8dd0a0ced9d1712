"""The cells of a series as numbers in one unit."""

from collections import Counter

import numpy as np
import pandas as pd

from pipeline.forensics.suspicion import Grid
from pipeline.panel.finding import Finding, Where
from pipeline.panel.units import conversion_factor
from pipeline.reading.cells import CellError, fold, parse_number, parse_quantity
from pipeline.reading.series import Series

# A number; None for a missing mark; a number and its unit; what a cell holds that is none of these.
Content = float | str | tuple[float, str] | None


def to_numbers(series: Series, findings: list[Finding]) -> tuple[Grid, str | None]:
    """The cells as numbers, NaN where missing, and their unit:
    the heading's, else the one most cells carry themselves.

    A cell with a unit of its own is converted; what is no number, or of another dimension, is told
    once a series.
    """
    cells = series.cells
    numbers = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").to_numpy(float).copy()
    odd = map(int, np.flatnonzero(~np.isfinite(numbers)))
    slow = {k: _slow(cells[k], series.unit) for k in odd}
    inside = Counter(content[1] for content in slow.values() if isinstance(content, tuple))
    unit = series.unit or (inside.most_common(1)[0][0] if inside else None)
    problems: dict[str, list[tuple[int, str]]] = {"not-a-number": [], "unit-mixed": []}
    for k, content in slow.items():
        number = _number(content, unit)
        numbers[k] = np.nan if number is None else number
        if isinstance(content, str):
            problems["not-a-number"].append((k, content))
        elif content is not None and number is None:
            problems["unit-mixed"].append((k, f"`{fold(cells[k])}` among numbers in {unit}"))
    if np.isfinite(numbers).any() or series.unit:
        findings += [_problem(series, code, cases) for code, cases in problems.items() if cases]
    return numbers, unit


def _number(content: Content, unit: str | None) -> float | None:
    """What a cell holds as a number in the series' unit; None where it is none."""
    if isinstance(content, tuple):
        factor = conversion_factor(content[1], unit) if unit else None
        return None if factor is None else content[0] * factor
    return None if isinstance(content, str) else content


def _problem(series: Series, code: str, cases: list[tuple[int, str]]) -> Finding:
    (first, text), more = cases[0], len(cases) - 1
    return Finding(
        code,
        "warning",
        Where(file=series.file, sheet=series.sheet, cell=series.address(first)),
        text + (f", and {more} more" if more else ""),
        "a number, or an empty cell",
        "type the number, or empty the cell",
    )


def _slow(cell: object, unit: str | None) -> Content:
    """The number in a cell, None for a missing mark, number and unit where it holds both,
    else what it is."""
    try:
        return parse_number(cell, percent=unit == "%")
    except CellError as error:
        return parse_quantity(cell) or error.holds
