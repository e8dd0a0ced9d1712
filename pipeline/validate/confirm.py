"""Cells that somebody looked up and confirmed:
findings about them stay, as notes with the reason, and about no others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.forensics.suspicion import Suspicion
from pipeline.panel.finding import Finding
from pipeline.panel.provinces import find_province
from pipeline.study import Study
from pipeline.study.schema import Repair

# Findings about one cell that a look at the source can settle; forensic ones are settled cell by
# cell below.
_SETTLED = ("jump", "level-outlier", "zero-cell", "rule-broken")


def _names(repair: Repair) -> set[str]:
    return {p.en for n in repair.provinces if (p := find_province(n))}


def _covers(repair: Repair, province: str | None, year: int | None) -> bool:
    names = _names(repair)
    return (not names or province in names) and (not repair.years or year in repair.years)


def confirmed_apart(study: Study, variable: str, suspicion: Suspicion) -> Iterator[Suspicion]:
    """The suspicion about the cells that nobody confirmed,
    and as a note that about the confirmed ones.

    A suspicion about one cell, or about rows in the wrong place, counts as confirmed when its cells
    are; of one about many cells (an identity, a line) each cell counts for itself.
    """
    confirms = [r for r in study.repairs if r.action == "confirm" and r.variable == variable]
    settled = {
        c: r
        for c in suspicion.cells
        for r in confirms
        if _covers(r, study.provinces[c[0]].en, study.years[c[1]])
    }
    left = tuple(c for c in suspicion.cells if c not in settled)
    if settled and suspicion.code.startswith("rows"):
        left = ()
    if left:
        yield suspicion if not settled else suspicion.about(left)
    if settled:
        reasons = "; ".join(dict.fromkeys(r.reason for r in settled.values()))
        part = suspicion.about(tuple(settled))
        yield replace(
            part, severity="note", evidence=f"{suspicion.evidence} (confirmed: {reasons})"
        )


def confirmed(study: Study, findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, those about single confirmed cells as notes."""
    confirms = [r for r in study.repairs if r.action == "confirm"]
    for finding in findings:
        where = finding.where
        repair = next(
            (
                r
                for r in confirms
                if r.variable == where.variable
                and where.province is not None
                and where.year is not None
                and _covers(r, where.province, where.year)
            ),
            None,
        )
        if repair is not None and finding.code in _SETTLED and finding.severity != "note":
            yield replace(
                finding, severity="note", found=f"{finding.found}; confirmed: {repair.reason}"
            )
        else:
            yield finding
