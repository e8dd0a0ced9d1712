"""The ingest stage: source files to one long raw panel in which every number knows its cell."""

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from pipeline.ingest.mapping import COLUMNS, Mapping
from pipeline.ingest.repair import apply_repairs
from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected, Where, findings_to_json
from pipeline.panel.provinces import BY_CODE
from pipeline.reading.containers import read_sheets
from pipeline.reading.labels import Hints
from pipeline.reading.series import read_series
from pipeline.study import Study
from pipeline.study.artifact import write_bytes, write_text

# Province, year, file, sheet.
_Place = tuple[int, int, str, str]


@dataclass(frozen=True)
class _Repeat:
    """Two cells of one province, year and variable, as rows of the raw panel."""

    first: pd.Series
    second: pd.Series


def read_sources(study: Study) -> tuple[pd.DataFrame, list[Finding]]:
    """Every cell of every source in codebook units, with its origin,
    and what was found wrong on the way.

    Returns a frame with one row per (province code, year, variable), sorted, and the findings. Rows
    of province 0 are national totals, which serve as checks.
    """
    frames: list[pd.DataFrame] = []
    findings: list[Finding] = []
    for source in study.spec.sources:
        mapping = Mapping(study, source)
        try:
            sheets = read_sheets(study.paths.data / source.file)
        except Rejected as rejected:
            findings += rejected.findings
            continue
        mapping.take(
            read_series(
                sheets,
                Hints(source.province, source.year, source.variable, source.value, source.flag),
            )
        )
        frames += mapping.frames
        findings += mapping.findings
    filled = [f for f in frames if len(f)]
    frame = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)
    findings += _duplicates(frame)
    findings += _source_flags(frame[frame["province"] != 0])
    frame, repaired = apply_repairs(study, frame.drop_duplicates(["province", "year", "variable"]))
    findings += repaired
    frame = frame[frame["year"].isin(study.years)]
    return frame.sort_values(["variable", "province", "year"], ignore_index=True), findings


def _duplicates(frame: pd.DataFrame) -> list[Finding]:
    """One finding for each province-year that a file holds twice,
    however many variables it repeats."""
    keys = ["province", "year", "variable"]
    again = frame[frame.duplicated(keys) & (frame["province"] != 0)]
    if again.empty:
        return []
    first = {
        (c["province"], c["year"], c["variable"]): c
        for _, c in frame.drop_duplicates(keys).merge(again[keys]).iterrows()
    }
    repeated: dict[_Place, list[_Repeat]] = defaultdict(list)
    for _, cell in again.iterrows():
        one = first[cell["province"], cell["year"], cell["variable"]]
        place = (cell["province"], cell["year"], cell["file"], cell["sheet"])
        repeated[place].append(_Repeat(one, cell))
    # Where two tables repeat each other, one of their province-years stands for all.
    tables: dict[tuple[str, ...], list[_Place]] = defaultdict(list)
    for place, cells in repeated.items():
        tables[cells[0].first["file"], cells[0].first["sheet"], *place[2:]].append(place)
    return [
        _duplicate(place, repeated[place], more=len(places) - 1 if len(places) > 5 else 0)
        for places in tables.values()
        for place in (places if len(places) <= 5 else places[:1])
    ]


def _duplicate(place: _Place, cells: list[_Repeat], more: int) -> Finding:
    """The finding about a province-year that stands twice; `more` of the tables do likewise."""
    province, year, file, sheet = place
    one, two = cells[0].first, cells[0].second
    names = sorted({cell.second["variable"] for cell in cells})
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    likewise = f", and {more} more province-years likewise" if more else ""
    return Finding(
        "duplicate",
        "error",
        Where(
            file=file,
            sheet=sheet,
            cell=two["cell"],
            province=BY_CODE[province].en,
            year=year,
            variable=shown,
        ),
        f"the same province and year twice ({one['text']} in {one['file']} {one['sheet']} "
        f"{one['cell']}, {two['text']} in {two['cell']}){likewise}",
        "each province-year once",
        "delete the repeated rows, column or sheet, or correct the year or name",
    )


def _source_flags(frame: pd.DataFrame) -> list[Finding]:
    """One warning for each variable and flag that the source itself put on cells that are used."""
    flagged = frame[~frame["flag"].isin(["", "ok", "derived"])]
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for file, variable, flag, year in zip(
        *(flagged[k].tolist() for k in ("file", "variable", "flag", "year")), strict=True
    ):
        counts[file, variable, flag].append(year)
    return [
        Finding(
            "source-flag",
            "warning",
            Where(file=file, variable=variable),
            f"{_cells(len(years))} of {_span(years)} flagged `{flag}` by the source",
            "cells without a flag",
            "see the source's notes; exclude the flag in study.toml if the cells are "
            "not fit for use",
        )
        for (file, variable, flag), years in sorted(counts.items())
    ]


def _cells(n: int) -> str:
    return "1 cell" if n == 1 else f"{n} cells"


def _span(years: list[int]) -> str:
    return str(min(years)) if min(years) == max(years) else f"{min(years)}–{max(years)}"


def run(study: Study) -> None:
    """Read the sources, write the raw panel and the findings beside it."""
    frame, findings = read_sources(study)
    write_text(study.paths.raw_findings, findings_to_json(findings))
    write_bytes(study.paths.raw, frame.to_parquet(index=False))
    errors = sum(f.severity == "error" for f in findings)
    files = len(study.spec.sources)
    tell(
        f"ingest: {len(frame):,} cells from {files} files"
        + (f", {errors} errors" if errors else "")
    )
