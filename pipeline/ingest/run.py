"""The ingest stage: source files to one long raw panel in which every number knows its cell."""

from collections import defaultdict

import pandas as pd

from pipeline.ingest.mapping import COLUMNS, Mapping
from pipeline.ingest.repair import apply_repairs
from pipeline.panel.finding import Finding, Rejected, Where, findings_to_json
from pipeline.panel.provinces import BY_CODE
from pipeline.reading.containers import read_sheets
from pipeline.reading.labels import Hints
from pipeline.reading.series import read_series
from pipeline.study import Study
from pipeline.study.artifact import write_bytes, write_text


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
    repeated: dict[tuple[int, int, str, str], list[tuple[pd.Series, pd.Series]]] = defaultdict(list)
    for _, cell in again.iterrows():
        one = first[cell["province"], cell["year"], cell["variable"]]
        repeated[cell["province"], cell["year"], cell["file"], cell["sheet"]].append((one, cell))
    groups: dict[tuple[str, str, str, str], list[tuple[int, int, str, str]]] = defaultdict(list)
    for (province, year, file, sheet), pairs in repeated.items():
        groups[pairs[0][0]["file"], pairs[0][0]["sheet"], file, sheet].append(
            (province, year, file, sheet)
        )
    findings = []
    for (_, sheet_a, file, sheet), places in groups.items():
        for place in places if len(places) <= 5 else places[:1]:
            one, two = repeated[place][0]
            names = sorted({b["variable"] for _, b in repeated[place]})
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            where = Where(
                file=file,
                sheet=sheet,
                cell=two["cell"],
                province=BY_CODE[place[0]].en,
                year=place[1],
                variable=shown,
            )
            found = (
                f"the same province and year twice ({one['text']} in {one['file']} {sheet_a} "
                f"{one['cell']}, "
                f"{two['text']} in {two['cell']})"
            )
            more = (
                f", and {len(places) - 1} more province-years likewise" if len(places) > 5 else ""
            )
            findings.append(
                Finding(
                    "duplicate",
                    "error",
                    where,
                    found + more,
                    "each province-year once",
                    "delete the repeated rows, column or sheet, or correct the year or name",
                )
            )
    return findings


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
    print(
        f"ingest: {len(frame):,} cells from {files} files"
        + (f", {errors} errors" if errors else "")
    )
