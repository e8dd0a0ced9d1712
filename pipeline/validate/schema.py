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

# More failed cells of one variable are one finding: a unit is wrong, not a cell.
_MANY = 20


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
        for name, group in errors.failure_cases.groupby("column", sort=False):
            rows = wide.loc[group["index"].astype(int)]
            variable = study.codebook[str(name)]
            if len(rows) > _MANY:
                yield _wrong_unit(variable, rows, origins)
            else:
                yield from _out_of_range(variable, rows, origins)


def _expected(variable: Variable) -> str:
    """The range that the codebook allows, in words."""
    low, high = bounds(variable)
    unit = find_unit(variable.unit)
    named = unit is not None and unit.dimension not in ("ratio", "plain", "index", "chain")
    in_unit = f" {unit.en}" if unit and named else ""
    return f"{_number(low, 'no lower bound')} to {_number(high, 'no upper bound')}{in_unit}"


def _wrong_unit(variable: Variable, rows: pd.DataFrame, origins: Origins) -> Finding:
    values = rows[variable.variable]
    return Finding(
        "out-of-range",
        "error",
        origins.variable(variable.variable),
        f"{len(rows)} cells out of range, from {values.min():g} to {values.max():g}",
        _expected(variable),
        f"is source_unit `{variable.source_unit}` in codebook.csv the unit of the file?",
    )


def _out_of_range(variable: Variable, rows: pd.DataFrame, origins: Origins) -> Iterator[Finding]:
    low, _ = bounds(variable)
    name = variable.variable
    for province, year, value in zip(rows["province"], rows["year"], rows[name], strict=True):
        remedy = (
            "negative: check the sign in the source"
            if value < 0 <= (low or 0)
            else "check the cell against the source: a slipped digit or another unit?"
        )
        where = origins.cell(int(province), int(year), name)
        yield Finding("out-of-range", "error", where, f"{value:g}", _expected(variable), remedy)


def _number(value: float | None, otherwise: str) -> str:
    return otherwise if value is None or not np.isfinite(value) else f"{value:g}"
