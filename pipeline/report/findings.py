"""Findings as a Markdown page."""

from collections.abc import Sequence

from pipeline.panel.finding import RANK, Finding
from pipeline.report.writers.text import escape


def findings_page(title: str, findings: Sequence[Finding]) -> str:
    """The findings as a Markdown page, in their order."""
    counts = {s: sum(f.severity == s for f in findings) for s in RANK}
    stops = "Errors stop the run before anything is estimated."
    head = [
        f"# {escape(title)}",
        "",
        f"{counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes. "
        + (stops if counts["error"] else "Nothing stops the run."),
        "",
    ]
    return "\n".join([*head, *map(_item, findings)]) + "\n"


def _item(finding: Finding) -> str:
    parts = (("found", finding.found), ("expected", finding.expected), ("to do", finding.remedy))
    head = f"- **{finding.severity}** `{finding.code}` {escape(str(finding.where))}"
    return "\n".join([head, *(f"  - {name}: {escape(text)}" for name, text in parts)])
