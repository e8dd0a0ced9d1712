"""The rows a model uses: the declared sample, then complete cases."""

import numpy as np
import pandas as pd

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.provinces import BY_CODE, NORTH, NORTHWEST_OF_HU, Province, find_province
from pipeline.study.kinds import Sample, Side


def _on_side(province: str, side: Side) -> bool:
    if side in ("north", "south"):
        return (province in NORTH) == (side == "north")
    return (province in NORTHWEST_OF_HU) == (side == "northwest_of_hu")


def in_sample(sample: Sample, province: Province, year: int) -> bool:
    """Whether a sample's own keys let a province-year in; halves by a variable (high, low) let every province in."""
    if any(find_province(n) == province for n in sample.without) or year in sample.without_years:
        return False
    if sample.provinces and not any(find_province(n) == province for n in sample.provinces):
        return False
    if sample.regions and province.region not in sample.regions:
        return False
    if sample.side and not _on_side(province.en, sample.side):
        return False
    return sample.years is None or sample.years[0] <= year <= sample.years[1]


def select(frame: pd.DataFrame, sample: Sample, variables: list[str], spec: str) -> pd.DataFrame:
    """Rows of the panel in the sample with every variable there, columns as named, index (province, year).

    high, low: provinces whose mean of the variable is above the median of these means, or not above it, both over the
    rows that the other keys leave; a province without any value of the variable is neither.

    Raises Rejected when fewer than 3 provinces or 2 years are left.
    """
    provinces = frame.index.get_level_values("province")
    years = frame.index.get_level_values("year")
    keep = pd.Series(True, frame.index)
    if sample.without:
        keep &= ~provinces.isin([p.code for n in sample.without if (p := find_province(n))])
    if sample.provinces:
        keep &= provinces.isin([p.code for n in sample.provinces if (p := find_province(n))])
    if sample.regions:
        keep &= pd.Index([BY_CODE[c].region for c in provinces]).isin(sample.regions)
    if sample.side:
        keep &= np.array([_on_side(BY_CODE[c].en, sample.side) for c in provinces])
    if sample.years:
        keep &= (years >= sample.years[0]) & (years <= sample.years[1])
    keep &= ~years.isin(sample.without_years)
    left = frame[keep]
    for name, above in [*((n, True) for n in sample.high), *((n, False) for n in sample.low)]:
        means = left[name].groupby(level="province").mean().dropna()
        keep &= provinces.isin(means.index[(means > means.median()) == above])
    rows = frame.loc[keep, list(dict.fromkeys(variables))].dropna()
    counted = (
        rows.index.get_level_values("province").nunique(),
        rows.index.get_level_values("year").nunique(),
    )
    if counted[0] < 3 or counted[1] < 2:
        counts = frame.loc[keep, rows.columns].notna().sum()
        if not keep.any():
            raise Rejected(
                [
                    Finding(
                        "sample-too-small",
                        "error",
                        Where(file=spec),
                        "the sample keeps no province-year",
                        "at least 3 provinces and 2 years",
                        "widen the sample",
                    )
                ]
            )
        found = (
            f"{counted[0]} provinces and {counted[1]} years left; fullest to emptiest variable: "
            + ", ".join(f"{v} {n}" for v, n in counts.sort_values(ascending=False).items())
        )
        raise Rejected(
            [
                Finding(
                    "sample-too-small",
                    "error",
                    Where(file=spec),
                    found,
                    "at least 3 provinces and 2 years with all variables",
                    "widen the sample, or supply the emptiest variable",
                )
            ]
        )
    return rows
