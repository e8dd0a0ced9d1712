"""Forensics in the reader's words: which province, year, variable and cell, what speaks against it,
what to do."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.forensics.contradictions import find_contradictions
from pipeline.forensics.decimals import decimals_of
from pipeline.forensics.examine import examine
from pipeline.forensics.sources import compare, find_disagreement, find_lagged_index
from pipeline.forensics.suspicion import Grid, Suspicion
from pipeline.panel.concepts import ORDERED, concept_of, known_breaks
from pipeline.panel.finding import Finding, Severity, Where
from pipeline.panel.units import conversion_factor
from pipeline.study import Study
from pipeline.validate.confirm import confirmed_apart
from pipeline.validate.origin import Origins

# Kinds of suspicion that are about a variable's years, whichever cells show it.
_WHOLE = ("break", "precision", "digits", "extrapolated")
# So many cells in which two sources differ are told one by one.
_SHOWN = 8


@dataclass(frozen=True)
class Advice:
    """What should stand in place of what was found, and what to do."""

    expected: str
    remedy: str


def _read_advice() -> dict[str, Advice]:
    table = tomllib.loads(Path(__file__).with_name("advice.toml").read_text(encoding="utf-8"))
    look_up = table.pop("look_up")
    return {k: Advice(row["expected"], row.get("remedy", look_up)) for k, row in table.items()}


_ADVICE = _read_advice()


def check_forensics(
    study: Study,
    grids: Mapping[str, Grid],
    raw: pd.DataFrame,
    origins: Origins,
    blamed: set[tuple[str, int, str]],
) -> Iterator[Finding]:
    """Every suspicion of every detector; cells in `blamed` (province, year,
    variable) were found wrong before.

    raw: the raw panel with its national rows (province 0), which serve as totals.
    """
    kinds = {v: row.kind for v, row in study.codebook.items()}
    # Digits slip in the file's unit, not in ours.
    written = {
        v: conversion_factor(row.unit, row.source_unit) or 1.0 for v, row in study.codebook.items()
    }
    stored = {name: x * written[name] for name, x in grids.items()}
    decimals = {name: decimals_of(x) for name, x in stored.items()}
    totals = {name: total * written[name] for name, total in _totals(study, raw).items()}
    for name, suspicion in examine(stored, kinds, decimals, totals, together=grids):
        for part in confirmed_apart(study, name, suspicion):
            finding = _finding(study, name, part, origins)
            key = (str(finding.where.province), int(finding.where.year or 0), name)
            if len(part.cells) > 1 or key not in blamed:
                yield finding
    concepts = _by_concept(study)
    yield from _pairs(study, grids, origins, concepts)
    yield from _lags(grids, origins, concepts)
    yield from _orders(study, grids, origins)


def _totals(study: Study, raw: pd.DataFrame) -> dict[str, Grid]:
    """The national rows of each variable, (years,), NaN where there is none."""
    national = raw[raw["province"] == 0]
    printed = {
        str(name): dict(zip(group["year"], group["value"], strict=True))
        for name, group in national.groupby("variable")
    }
    return {
        name: np.array([values.get(year, np.nan) for year in study.years])
        for name, values in printed.items()
    }


def _finding(study: Study, name: str, suspicion: Suspicion, origins: Origins) -> Finding:
    kind = suspicion.code.split("-")[0]
    i, t = suspicion.cells[0]
    units = sorted({a for a, _ in suspicion.cells})
    years = sorted({study.years[b] for _, b in suspicion.cells})
    whole = kind in _WHOLE or len(units) > max(3, 0.6 * len(study.provinces))
    where = origins.cell(study.provinces[i].code, study.years[t], name)
    if whole:
        where = Where(where.file, variable=name, year=years[0] if len(years) == 1 else None)
    evidence = suspicion.words()
    if len(suspicion.cells) > 1:
        names = [study.provinces[u].en for u in units]
        who = f"{len(names)} provinces" if whole else _some(names)
        evidence += f" ({who}; {_span(years)})"
    if kind == "break":
        evidence += _known_break(study, name, years[0])
    advice = _ADVICE[kind]
    severity: Severity = suspicion.severity
    return Finding(suspicion.code, severity, where, evidence, advice.expected, advice.remedy)


def _some(names: list[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _known_break(study: Study, name: str, year: int) -> str:
    """The catalogue's break of the variable in or beside a year, in words."""
    if study.spec.synthetic:
        return ""
    known = known_breaks(concept_of(study.codebook[name]))
    near = [b for b in known if abs(b.year - year) <= 1]
    return f"; known: {near[0].en}" if near else ""


def _by_concept(study: Study) -> dict[str, list[str]]:
    """The variables of each concept of the catalogue, in the codebook's order."""
    concepts: dict[str, list[str]] = {}
    for name, variable in study.codebook.items():
        if concept := concept_of(variable):
            concepts.setdefault(concept, []).append(name)
    return concepts


def _pairs(
    study: Study, grids: Mapping[str, Grid], origins: Origins, concepts: dict[str, list[str]]
) -> Iterator[Finding]:
    """Variables of one concept from two places, cell by cell."""
    for first, *others in concepts.values():
        for other in others:
            if study.codebook[first].unit == study.codebook[other].unit:
                yield from _disagreements(study, grids, origins, first, other)


def _disagreements(
    study: Study, grids: Mapping[str, Grid], origins: Origins, first: str, other: str
) -> Iterator[Finding]:
    found = find_disagreement(grids[other], grids[first])
    for suspicion in found[:_SHOWN]:
        finding = _finding(study, other, suspicion, origins)
        where = finding.where if suspicion.code == "source-differs" else origins.variable(other)
        yield replace(finding, where=where, found=f"{suspicion.evidence} (beside `{first}`)")
    if len(found) > _SHOWN:
        common = compare(grids[other], grids[first]).cells
        advice = _ADVICE["source"]
        yield Finding(
            "source-differs",
            "warning",
            origins.variable(other),
            f"{len(found) - _SHOWN} more cells differ from `{first}` by more than 1% "
            f"(of {common} common ones)",
            advice.expected,
            advice.remedy,
        )


def _lags(
    grids: Mapping[str, Grid], origins: Origins, concepts: dict[str, list[str]]
) -> Iterator[Finding]:
    """The growth index of output beside the level it belongs to."""
    advice = _ADVICE["index"]
    for level in concepts.get("gdp", [])[:1]:
        for index in concepts.get("gdp_index", []):
            for suspicion in find_lagged_index(grids[index], grids[level]):
                yield Finding(
                    suspicion.code,
                    suspicion.severity,
                    origins.variable(index),
                    f"{suspicion.evidence} (level: `{level}`)",
                    advice.expected,
                    advice.remedy,
                )


def _orders(study: Study, grids: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Known series in the order that logic gives them."""
    named = {concept_of(row): name for name, row in reversed(study.codebook.items())}
    for small, large in ORDERED:
        if small not in named or large not in named:
            continue
        lower, upper = named[small], named[large]
        factor = conversion_factor(study.codebook[lower].unit, study.codebook[upper].unit)
        if not factor:
            continue
        suspicion = find_contradictions(grids[lower] * factor, grids[upper], (lower, upper))
        for part in confirmed_apart(study, lower, suspicion) if suspicion else ():
            yield _finding(study, lower, part, origins)
