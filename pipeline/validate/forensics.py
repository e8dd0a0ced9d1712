"""Forensics in the reader's words: which province, year, variable and cell, what speaks against it,
what to do."""

from collections.abc import Iterator, Mapping

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

_REPAIR = (
    "look it up in the source; correct it in repairs.toml with the reason, "
    "or `confirm` it there if it is right"
)
_EXPECTED = {
    "slip": "a value in line with the years around it",
    "spike": "a value in line with the years around it",
    "rows": "each province's own values",
    "line": "observed years, which do not lie on a line",
    "extrapolated": "observed years, which do not repeat their last change",
    "units": "different values in different provinces",
    "years": "different values in different years",
    "value": "values that move",
    "identity": "the relation in every cell",
    "break": "one definition throughout",
    "precision": "one way of writing the numbers",
    "total": "provinces that add up to the total",
    "source": "sources that agree",
    "index": "the index of the year it is stored under",
    "episode": "a path without excursions",
    "level": "one definition of the province's value",
    "digits": "digits without a pattern",
    "contradiction": "the smaller below the larger",
}
_REMEDY = {
    "rows": "the rows of this year stand at other provinces' names: `exchange` them in repairs.toml after a look at the source",
    "line": "the source filled these years in: leave them out (`drop` in repairs.toml) or say so; they hold no information",
    "extrapolated": "the source extended a trend: leave the years out (`drop` in repairs.toml); they hold no information",
    "units": "one province was copied over another: find the right rows in the source",
    "years": "one year was copied over another: find the right column in the source",
    "value": "carried forward? If so, the later years are no observations: `drop` them in repairs.toml",
    "break": "see the notes of the yearbook: use one definition, or splice(variable, year) in variables.toml; year effects do not "
    "cure it where provinces differ",
    "precision": "the years come from two sources or are reckoned: see whether their definitions are the same",
    "total": "compare the provinces with the source; a slipped digit or a missing row does this",
    "source": "decide for one source; mixing two vintages of one series is an error",
    "index": "`shift` the variable in repairs.toml after a look at the source",
    "episode": "look up these years in the source: another boundary, unit or definition?",
    "level": "look up the two years in the source: another boundary, unit or definition?",
    "digits": "numbers that people round or make up look like this; see how the source made them",
}


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
    national = raw[raw["province"] == 0]
    totals = {
        str(v): np.array(
            [dict(zip(g["year"], g["value"], strict=True)).get(y, np.nan) for y in study.years]
        )
        for v, g in national.groupby("variable")
    }
    written = {
        v: conversion_factor(row.unit, row.source_unit) or 1.0 for v, row in study.codebook.items()
    }
    stored = {
        name: x * written[name] for name, x in grids.items()
    }  # digits slip in the file's unit, not in ours
    decimals = {name: decimals_of(x) for name, x in stored.items()}
    totals = {name: total * written[name] for name, total in totals.items()}
    for name, suspicion in examine(stored, kinds, decimals, totals, together=grids):
        for part in confirmed_apart(study, name, suspicion):
            finding = _finding(study, name, part, origins)
            key = (str(finding.where.province), int(finding.where.year or 0), name)
            if len(part.cells) > 1 or key not in blamed:
                yield finding
    yield from _pairs(study, grids, origins)
    yield from _orders(study, grids, origins)


def _finding(study: Study, name: str, suspicion: Suspicion, origins: Origins) -> Finding:
    kind = suspicion.code.split("-")[0]
    i, t = suspicion.cells[0]
    units = sorted({a for a, _ in suspicion.cells})
    years = sorted({study.years[b] for _, b in suspicion.cells})
    whole = len(units) > max(3, 0.6 * len(study.provinces)) or kind in (
        "break",
        "precision",
        "digits",
        "extrapolated",
    )
    place = origins.cell(study.provinces[i].code, study.years[t], name)
    where = (
        Where(place.file, variable=name, year=years[0] if len(years) == 1 else None)
        if whole
        else place
    )
    severity: Severity = suspicion.severity
    evidence = suspicion.words()
    if len(suspicion.cells) > 1:
        names = [study.provinces[u].en for u in units]
        who = (
            f"{len(names)} provinces"
            if whole
            else ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        )
        when = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        evidence += f" ({who}; {when})"
    remedy = _REMEDY.get(kind, _REPAIR)
    if kind == "break" and not study.spec.synthetic:
        known = [
            b
            for b in known_breaks(concept_of(study.codebook[name]))
            if b.year in (years[0], years[0] - 1, years[0] + 1)
        ]
        if known:
            evidence += f"; known: {known[0].en}"
    return Finding(suspicion.code, severity, where, evidence, _EXPECTED[kind], remedy)


def _pairs(study: Study, grids: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Variables of one concept from two places, cell by cell;
    growth indices beside the level they belong to."""
    by_concept: dict[str, list[str]] = {}
    for name, variable in study.codebook.items():
        if concept := concept_of(variable):
            by_concept.setdefault(concept, []).append(name)
    for names in by_concept.values():
        for other in names[1:]:
            first = names[0]
            if study.codebook[first].unit != study.codebook[other].unit:
                continue
            found = find_disagreement(grids[other], grids[first])
            for suspicion in found[:8]:
                place = _finding(study, other, suspicion, origins)
                where = (
                    place.where if suspicion.code == "source-differs" else origins.variable(other)
                )
                yield Finding(
                    place.code,
                    place.severity,
                    where,
                    f"{suspicion.evidence} (beside `{first}`)",
                    place.expected,
                    place.remedy,
                )
            if len(found) > 8:
                agreement = compare(grids[other], grids[first])
                yield Finding(
                    "source-differs",
                    "warning",
                    origins.variable(other),
                    f"{len(found) - 8} more cells differ from `{first}` by more than 1% (of "
                    f"{agreement.cells} common ones)",
                    _EXPECTED["source"],
                    _REMEDY["source"],
                )
    for level, index in (("gdp", "gdp_index"),):
        for x in by_concept.get(level, [])[:1]:
            for y in by_concept.get(index, []):
                for suspicion in find_lagged_index(grids[y], grids[x]):
                    yield Finding(
                        suspicion.code,
                        suspicion.severity,
                        origins.variable(y),
                        f"{suspicion.evidence} (level: `{x}`)",
                        _EXPECTED["index"],
                        _REMEDY["index"],
                    )


def _orders(study: Study, grids: Mapping[str, Grid], origins: Origins) -> Iterator[Finding]:
    """Known series in the order that logic gives them."""
    named = {concept_of(row): name for name, row in reversed(study.codebook.items())}
    for small, large in ORDERED:
        if small not in named or large not in named:
            continue
        lower, upper = named[small], named[large]
        factor = conversion_factor(study.codebook[lower].unit, study.codebook[upper].unit)
        suspicion = (
            find_contradictions(grids[lower] * factor, grids[upper], (lower, upper))
            if factor
            else None
        )
        for part in confirmed_apart(study, lower, suspicion) if suspicion is not None else ():
            yield _finding(study, lower, part, origins)
