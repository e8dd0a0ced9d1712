"""Pandera schemas generated from the codebook, and their failures in the reader's words."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pandera.pandas as pa

from pipeline.panel.finding import Finding
from pipeline.panel.units import find_unit
from pipeline.study import Study
from pipeline.study.schema import Variable
from pipeline.validate.origin import Origins


def bounds(variable: Variable) -> tuple[float | None, float | None]:
    """Lowest and highest value the codebook allows;
    shares lie in [0, 1], amounts are not negative."""
    low, high = variable.minimum, variable.maximum
    if variable.kind == "share":
        low, high = max(low or 0.0, 0.0), min(1.0 if high is None else high, 1.0)
    elif variable.kind == "amount":
        low = max(low or 0.0, 0.0)
    return low, high


def build_schema(study: Study) -> pa.DataFrameSchema:
    """One column a variable, floats that may be missing, within the codebook's bounds;
    unique known keys."""
    columns: dict[str, pa.Column] = {
        "province": pa.Column(int, pa.Check.isin([p.code for p in study.provinces])),
        "year": pa.Column(int, pa.Check.isin(study.years)),
    }
    for name, variable in study.codebook.items():
        low, high = bounds(variable)
        checks = [pa.Check.ge(low)] if low is not None else []
        checks += [pa.Check.le(high)] if high is not None else []
        columns[name] = pa.Column(float, checks, nullable=True, required=False)
    return pa.DataFrameSchema(columns, unique=["province", "year"], strict=False)


def check_schema(study: Study, wide: pd.DataFrame, origins: Origins) -> Iterator[Finding]:
    """Validate the wide frame (columns province, year, variables) lazily;
    one finding a failed cell.

    More than 20 failed cells of one variable become one finding with their count: a unit is wrong,
    not a cell.
    """
    try:
        build_schema(study).validate(wide, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        for name, group in cases.groupby("column", sort=False):
            variable = study.codebook[str(name)]
            low, high = bounds(variable)
            unit = find_unit(variable.unit)
            in_unit = (
                f" {unit.en}"
                if unit and unit.dimension not in ("ratio", "plain", "index", "chain")
                else ""
            )
            expected = (
                f"{_number(low, 'no lower bound')} to {_number(high, 'no upper bound')}{in_unit}"
            )
            rows = wide.loc[group["index"].astype(int)]
            if len(rows) > 20:
                values = rows[str(name)]
                yield Finding(
                    "out-of-range",
                    "error",
                    origins.variable(str(name)),
                    f"{len(rows)} cells out of range, from {values.min():g} to {values.max():g}",
                    expected,
                    f"is source_unit `{variable.source_unit}` in codebook.csv the "
                    "unit of the file?",
                )
                continue
            for _, row in rows.iterrows():
                value = float(row[str(name)])
                remedy = (
                    "negative: check the sign in the source"
                    if value < 0 <= (low or 0)
                    else ("check the cell against the source: a slipped digit or another unit?")
                )
                where = origins.cell(int(row["province"]), int(row["year"]), str(name))
                yield Finding("out-of-range", "error", where, f"{value:g}", expected, remedy)


def _number(value: float | None, otherwise: str) -> str:
    return otherwise if value is None or not np.isfinite(value) else f"{value:g}"
