"""The ingest stage: source files to one long raw panel in which every number knows its cell."""

from collections import defaultdict

import pandas as pd

from pipeline.ingest.layouts import LAYOUTS
from pipeline.ingest.reading import RawCell, Reading
from pipeline.ingest.sheets import read_sheets
from pipeline.panel.finding import Finding, Rejected, Where, findings_to_json
from pipeline.panel.provinces import BY_CODE
from pipeline.study import Study
from pipeline.study.artifact import write_bytes, write_text

_COLUMNS = list(RawCell.__dataclass_fields__)


def read_sources(study: Study) -> tuple[pd.DataFrame, list[Finding]]:
    """Every cell of every source in codebook units, with its origin, and what was found wrong on the way.

    Returns a frame with one row per (province code, year, variable), sorted, and the findings.
    """
    cells: list[RawCell] = []
    findings: list[Finding] = []
    for source in study.spec.sources:
        reading = Reading(study, source)
        try:
            sheets = read_sheets(study.paths.data / source.file)
        except Rejected as rejected:
            findings += rejected.findings
            continue
        LAYOUTS[source.layout](reading, sheets)
        reading.finish()
        cells += reading.cells
        findings += reading.findings
    findings += _duplicates(cells)
    findings += _source_flags(cells)
    frame = pd.DataFrame([c.__dict__ for c in cells], columns=_COLUMNS)
    frame = frame.drop_duplicates(["province", "year", "variable"])
    return frame.sort_values(["variable", "province", "year"], ignore_index=True), findings


def _duplicates(cells: list[RawCell]) -> list[Finding]:
    """One finding for each province-year that a file holds twice, however many variables it repeats."""
    first: dict[tuple[int, int, str], RawCell] = {}
    again: dict[tuple[int, int, str, str], list[tuple[RawCell, RawCell]]] = defaultdict(list)
    for cell in cells:
        place = (cell.province, cell.year, cell.variable)
        if place in first:
            again[cell.province, cell.year, cell.file, cell.sheet].append((first[place], cell))
        else:
            first[place] = cell
    findings = []
    groups: dict[tuple[str, str, str, str], list[tuple[int, int, str, str]]] = defaultdict(list)
    for (province, year, file, sheet), pairs in again.items():
        groups[pairs[0][0].file, pairs[0][0].sheet, file, sheet].append((province, year, file, sheet))
    for (_, sheet_a, file, sheet), keys in groups.items():
        for key in keys if len(keys) <= 5 else keys[:1]:
            one, two = again[key][0]
            names = sorted({b.variable for _, b in again[key]})
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            where = Where(
                file=file, sheet=sheet, cell=two.cell, province=BY_CODE[key[0]].en, year=key[1], variable=shown
            )
            found = f"the same province and year twice ({one.text} in {one.file} {sheet_a} {one.cell}, {two.text} in {two.cell})"
            more = f", and {len(keys) - 1} more province-years likewise" if len(keys) > 5 else ""
            findings.append(Finding("duplicate", "error", where, found + more, "each province-year once",
                                    "delete the repeated rows, column or sheet, or correct the year or name"))  # fmt: skip
    return findings


def _source_flags(cells: list[RawCell]) -> list[Finding]:
    """One warning for each variable and flag that the source itself put on cells that are used."""
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for cell in cells:
        if cell.flag and cell.flag not in ("ok", "derived"):
            counts[cell.file, cell.variable, cell.flag].append(cell.year)
    return [
        Finding("source-flag", "warning", Where(file=file, variable=variable),
                f"{_cells(len(years))} of {_span(years)} flagged `{flag}` by the source", "cells without a flag",
                "see the source's notes; exclude the flag in study.toml if the cells are not fit for use")
        for (file, variable, flag), years in sorted(counts.items())
    ]  # fmt: skip


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
    print(f"ingest: {len(frame):,} cells from {files} files" + (f", {errors} errors" if errors else ""))
