"""`make import`: read files, propose a codebook, say what is wrong with the numbers."""

from pathlib import Path

from pipeline.intake.examine import examine_offers
from pipeline.intake.offer import Survey, find_files, survey
from pipeline.intake.propose import COLUMNS, Row, propose_codebook
from pipeline.panel.characters import tell
from pipeline.panel.csv_text import csv_text
from pipeline.panel.finding import (
    RANK,
    Finding,
    Rejected,
    Where,
    findings_csv,
    findings_to_json,
)
from pipeline.report.findings import findings_page
from pipeline.study.artifact import write_text
from pipeline.study.paths import Paths

_SHOWN = 20


def survey_files(
    files: list[Path], root: Path | None = None
) -> tuple[Survey, list[Row], dict[str, str], list[Finding]]:
    """What the files offer, the codebook proposed for it, the sources' names, and every finding,
    errors first.

    Raises Rejected when no file offers a series.
    """
    offered = survey(find_files(files), root)
    if not offered.offers:
        nothing = Finding(
            "no-series",
            "error",
            Where(file=", ".join(offered.files[:5])),
            "no series of provinces and years",
            "a panel",
            "see what a file should look like in the README, and what was found below",
        )
        raise Rejected([nothing, *offered.findings])
    rows, sources = propose_codebook(offered.offers)
    findings = [*offered.findings, *examine_offers(offered.offers, rows)]
    return offered, rows, sources, sorted(findings, key=lambda f: RANK[f.severity])


def run(paths: Paths, files: list[Path], root: Path | None) -> None:
    """Write the proposed codebook beside the study's specs (never over an edited one),
    and the findings."""
    offered, rows, _, findings = survey_files(files, root)
    target = paths.specs / "codebook.csv"
    if target.exists():
        target = paths.specs / "codebook.proposed.csv"
    write_text(target, csv_text(COLUMNS, ([row[c] for c in COLUMNS] for row in rows)))
    write_findings(paths, findings)
    questions = sum(bool(row["question"]) for row in rows)
    known = sum(
        row["label_zh"] != row["header"] or row["label_en"] != row["header"] for row in rows
    )
    tell(
        f"import: {len(rows)} series from {len(offered.files)} files, "
        f"{known} of them known by name; {questions} questions in {target}"
    )
    show(findings, paths.build / "import.md")


def write_findings(paths: Paths, findings: list[Finding]) -> None:
    """The findings as page, csv and JSON under the study's build folder."""
    write_text(
        paths.build / "import.md",
        findings_page(f"What was found in the files for {paths.name}", findings),
    )
    write_text(paths.build / "import.csv", findings_csv(findings))
    write_text(paths.build / "import.json", findings_to_json(findings))


def show(findings: list[Finding], page: Path) -> None:
    """The first findings on the terminal, and where the rest stands."""
    for f in findings[:_SHOWN]:
        tell(f"  {f.severity} [{f.code}] {f.where}: {f.found}")
    more = f"  and {len(findings) - _SHOWN} more; " if len(findings) > _SHOWN else "  "
    tell(f"{more}what to do stands in {page}")
