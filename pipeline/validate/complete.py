"""Is every province-year there, in every source; which cells are missing."""

from collections.abc import Iterator

import pandas as pd

from pipeline.panel.finding import Finding, Severity, Where
from pipeline.panel.provinces import BY_CODE
from pipeline.study import Study
from pipeline.study.schema import Source

_ADD = (
    "add the rows to the file; or narrow `years` / `provinces_without` in study.toml; or set "
    "`unbalanced = true` there to go on without them"
)


def check_keys(study: Study, raw: pd.DataFrame) -> Iterator[Finding]:
    """Province-years that a source lacks altogether, one finding for each province
    (or year, where all lack it)."""
    for source in study.spec.sources:
        variables = [v.variable for v in study.codebook.values() if v.source == source.name]
        rows = raw[raw["variable"].isin(variables)]
        if not rows.empty:
            there = set(zip(rows["province"], rows["year"], strict=True))
            yield from _missing(study, source, there)


def _missing(study: Study, source: Source, there: set[tuple[int, int]]) -> Iterator[Finding]:
    missing = {
        p.code: [y for y in study.years if (p.code, y) not in there] for p in study.provinces
    }
    everywhere = set(study.years).intersection(*missing.values())
    for year in sorted(everywhere):
        yield _missing_year(study, source, year)
    for code, years in missing.items():
        rest = [y for y in years if y not in everywhere]
        if rest:
            yield _missing_province_years(study, source, code, rest)


def _severity(study: Study) -> Severity:
    return "warning" if study.spec.unbalanced else "error"


def _missing_year(study: Study, source: Source, year: int) -> Finding:
    return Finding(
        "missing-year",
        _severity(study),
        Where(file=source.file, year=year),
        "no province has this year",
        f"{len(study.provinces)} provinces in every year of {study.spec.years}",
        _ADD,
    )


def _missing_province_years(study: Study, source: Source, code: int, years: list[int]) -> Finding:
    every = f"all years {study.years[0]}-{study.years[-1]}"
    shown = every if len(years) == len(study.years) else ", ".join(map(str, years))
    where = Where(
        file=source.file,
        province=BY_CODE[code].en,
        year=years[0] if len(years) == 1 else None,
    )
    expected = "a value in every year of the study"
    found = f"no data for {shown}"
    return Finding("missing-province-year", _severity(study), where, found, expected, _ADD)


def check_cells(study: Study, wide: pd.DataFrame) -> Iterator[Finding]:
    """Missing cells of variables whose province-year is there:
    one warning a variable, naming the cells."""
    fills = {f.variable for f in study.fills}
    for name, variable in study.codebook.items():
        if name not in wide:
            continue
        gone = wide.loc[wide[name].isna(), ["province", "year"]]
        if gone.empty:
            continue
        pairs = [f"{BY_CODE[int(p)].en} {int(y)}" for p, y in gone.itertuples(index=False)]
        shown = ", ".join(pairs[:6]) + (f" and {len(pairs) - 6} more" if len(pairs) > 6 else "")
        file = next(s.file for s in study.spec.sources if s.name == variable.source)
        remedy = (
            "gaps are filled as [[fill]] in variables.toml declares"
            if name in fills
            else (
                "models leave these cells out; or declare a [[fill]] in variables.toml "
                "with its reason"
            )
        )
        yield Finding(
            "missing-cell",
            "warning",
            Where(file=file, variable=name),
            f"{len(pairs)} of {len(wide)} cells missing: {shown}",
            "a value",
            remedy,
        )
