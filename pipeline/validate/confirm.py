"""Cells that somebody looked up and confirmed: findings about them stay, as notes with the reason."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.panel.finding import Finding
from pipeline.panel.provinces import find_province
from pipeline.study import Study

# What no look at the source can make right: the panel cannot be built from it.
_STANDING = ("missing", "duplicate", "no-values", "file", "unit", "heading", "columns", "out-of-range")


def confirmed(study: Study, findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, those about confirmed cells as notes."""
    confirms = [r for r in study.repairs if r.action == "confirm"]
    for finding in findings:
        where = finding.where
        for repair in confirms:
            names = {p.en for n in repair.provinces if (p := find_province(n))}
            fits = where.variable == repair.variable and (not names or where.province in names) and (
                not repair.years or where.year in repair.years or where.year is None)  # fmt: skip
            if fits and finding.severity != "note" and not finding.code.startswith(_STANDING):
                yield replace(finding, severity="note", found=f"{finding.found}; confirmed: {repair.reason}")
                break
        else:
            yield finding
