"""The rows a model uses: the declared sample, then complete cases."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.provinces import BY_CODE, NORTH, NORTHWEST_OF_HU, Province, find_province
from pipeline.results.rows import Rows
from pipeline.study.choices import Sample, Side

MINIMUM_UNITS = 3
MINIMUM_YEARS = 2


def _on_side(province: Province, side: Side) -> bool:
    if side in ("north", "south"):
        return (province.en in NORTH) == (side == "north")
    return (province.en in NORTHWEST_OF_HU) == (side == "northwest_of_hu")


def keeps_province(sample: Sample, province: Province) -> bool:
    """Whether a sample's own keys let a province in; halves by a variable (high, low) let every
    province in."""
    if any(find_province(name) == province for name in sample.without):
        return False
    if sample.provinces and all(find_province(name) != province for name in sample.provinces):
        return False
    if sample.regions and province.region not in sample.regions:
        return False
    return sample.side is None or _on_side(province, sample.side)


def keeps_year(sample: Sample, year: int) -> bool:
    """Whether a sample's own keys let a year in."""
    if year in sample.without_years:
        return False
    return sample.years is None or sample.years[0] <= year <= sample.years[1]


def _kept(frame: pd.DataFrame, sample: Sample) -> NDArray[np.bool_]:
    """Which rows the keys of a sample leave, halves included."""
    if sample == Sample():
        return np.ones(len(frame), bool)
    provinces, years = (frame.index.get_level_values(level) for level in ("province", "year"))
    here = {code: keeps_province(sample, BY_CODE[code]) for code in provinces.unique()}
    then = {year: keeps_year(sample, year) for year in years.unique()}
    keep = np.array([here[c] and then[y] for c, y in zip(provinces, years, strict=True)], bool)
    left = frame[keep]
    halves = [*((name, True) for name in sample.high), *((name, False) for name in sample.low)]
    for name, above in halves:
        means = left[name].groupby(level="province").mean().dropna()
        keep &= provinces.isin(means.index[(means > means.median()) == above])
    return keep


def select(
    frame: pd.DataFrame, sample: Sample, variables: Sequence[str], spec: str
) -> pd.DataFrame:
    """Rows of the panel in the sample with every variable there, columns as named, index (province,
    year).

    high, low: provinces whose mean of the variable is above the median of these means, or not above
    it, both over the rows that the other keys leave; a province without any value of the variable
    is neither.

    Raises Rejected when fewer than 3 provinces or 2 years are left.
    """
    keep = _kept(frame, sample)
    rows = frame.loc[keep, list(dict.fromkeys(variables))].dropna()
    units, years = (rows.index.get_level_values(level).nunique() for level in ("province", "year"))
    if units < MINIMUM_UNITS or years < MINIMUM_YEARS:
        raise _too_small(frame.loc[keep, rows.columns], units, years, spec)
    return rows


def _too_small(kept: pd.DataFrame, units: int, years: int, spec: str) -> Rejected:
    """The refusal of a sample, which names the emptiest variable."""
    expected = f"at least {MINIMUM_UNITS} provinces and {MINIMUM_YEARS} years"
    where = Where(file=spec)
    found = f"{_count(units, 'province')} and {_count(years, 'year')} left"
    remedy = "widen the sample"
    if kept.index.empty:
        found = "the sample keeps no province-year"
    elif len(kept.columns):
        counts = kept.notna().sum().sort_values(ascending=False)
        listed = ", ".join(f"{variable} {count}" for variable, count in counts.items())
        found += f"; fullest to emptiest variable: {listed}"
        expected += " with all variables"
        remedy = "widen the sample, or supply the emptiest variable"
    return Rejected([Finding("sample-too-small", "error", where, found, expected, remedy)])


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def rows_of(rows: pd.DataFrame) -> Rows:
    """Counts of the rows of a model: index (province, year)."""
    years = rows.index.get_level_values("year")
    units = rows.index.get_level_values("province").nunique()
    return Rows(len(rows), int(units), int(years.min()), int(years.max()))
