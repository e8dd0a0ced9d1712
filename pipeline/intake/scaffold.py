"""`make new-study`: a spec folder from a user's files, with the demo study as its pattern.

What the demo study derives, indexes and tabulates is kept where the files have what it is made
from. What is left out is said, variable by variable and table by table, with the headings that
would bring it back.
"""

import re
from pathlib import Path

from pipeline.intake.plan import Plan, common_years, plan_study
from pipeline.intake.propose import COLUMNS
from pipeline.intake.run import show, survey_files, write_findings
from pipeline.intake.spec_texts import spec_texts
from pipeline.methods.load import open_study
from pipeline.panel.characters import tell
from pipeline.panel.concepts import known_variables
from pipeline.panel.csv_text import csv_text
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.report.writers.text import escape
from pipeline.study import study_paths
from pipeline.study.artifact import write_text
from pipeline.study.paths import Paths

_PATTERN = "demo"
_HEAD = [
    "# What is missing",
    "",
    "Made by `make new-study`. The pattern is the demo study; what it has and this study lacks:",
    "",
]


def run(paths: Paths) -> None:
    """Write specs/<name>/ from the files in the data folder;
    refuses to touch a folder that is there."""
    _check(paths)
    offered, rows, sources, findings = survey_files([paths.data], paths.data)
    provincial = [
        (o, r) for o, r in zip(offered.offers, rows, strict=True) if o.level == "province"
    ]
    if not provincial:
        raise _refused(
            "no provincial series",
            "files with provinces and years",
            "see what `make import` says of the files",
        )
    rows = [r for _, r in provincial]
    clear = [o for o, r in provincial if not r["question"]]
    years = common_years(clear or [o for o, _ in provincial])
    plan = plan_study(open_study(study_paths(_PATTERN)), rows, years)
    for file, text in spec_texts(plan, paths.name, sources).items():
        write_text(paths.specs / file, text)
    codebook = csv_text(COLUMNS, ([row[c] for c in COLUMNS] for row in rows))
    write_text(paths.specs / "codebook.csv", codebook)
    dropped = _prune(paths)
    write_text(paths.specs / "MISSING.md", missing_page(plan, dropped, findings))
    write_findings(paths, findings)
    _say(paths, plan, dropped, findings)


def _check(paths: Paths) -> None:
    """Raises Rejected without a data folder, or where the study is there already."""
    if not paths.data.is_dir():
        raise _refused(
            f"{paths.data} is no folder",
            "the folder of your files",
            "make new-study NAME=mine DATA=folder",
        )
    if paths.specs.exists():
        raise _refused(
            f"{paths.specs} exists", "a new name", "choose another NAME, or delete the folder"
        )


def _prune(paths: Paths) -> dict[str, str]:
    """Leave out the tables and figures that the study's own checks refuse;
    what they say is the reason."""
    dropped: dict[str, str] = {}
    for _ in range(8):
        try:
            open_study(paths)
            break
        except Rejected as rejected:
            bad = {
                f.where.file: f
                for f in rejected.findings
                if re.search(r"/(tables|figures)/", f.where.file or "")
            }
            if not bad:
                break
            for file, finding in bad.items():
                path = Path(str(file))
                path.unlink(missing_ok=True)
                dropped[f"{path.parent.name}/{path.stem}"] = f"{finding.found} ({finding.expected})"
    return dropped


def missing_page(plan: Plan, dropped: dict[str, str], findings: list[Finding]) -> str:
    """What is left out and what would bring it back, as a Markdown page."""
    parts = [_questions(plan), _lacking(plan), _left_out(dropped), _stopping(findings)]
    lines = [line for part in parts for line in part] or ["Nothing."]
    return "\n".join([*_HEAD, *lines]) + "\n"


def _questions(plan: Plan) -> list[str]:
    rows = [r for r in plan.rows if r["question"]]
    head = "A variable with an open question is not used. Answer in its row, empty the cell."
    items = [_item(r["variable"], f"({r['header']}): {r['question']}") for r in rows]
    return ["## Questions in codebook.csv", "", head, "", *items, ""] if rows else []


def _lacking(plan: Plan) -> list[str]:
    codebook = plan.pattern.codebook
    raw = sorted({n for names in plan.missing.values() for n in names if n in codebook})
    items = [_raw_variable(plan, name) for name in raw]
    return ["## Raw variables the files do not have", "", *items, ""] if raw else []


def _raw_variable(plan: Plan, name: str) -> str:
    known = known_variables().get(name)
    row = plan.pattern.codebook[name]
    also = ", ".join(known.aliases[:4]) if known else ""
    users = sorted(d for d, names in plan.missing.items() if name in names)
    said = f"{row.label_zh} / {row.label_en} ({row.unit}): for {', '.join(users)}"
    return _item(name, f"{said}; also headed {also}" if also else said)


def _left_out(dropped: dict[str, str]) -> list[str]:
    items = [f"- {escape(f'{stem}: {reason}')}" for stem, reason in sorted(dropped.items())]
    return ["## Tables and figures left out", "", *items, ""] if dropped else []


def _stopping(findings: list[Finding]) -> list[str]:
    errors = [f for f in findings if f.severity == "error"]
    head = "Correct the files, or write repairs.toml:"
    items = [_item(f.code, f"{f.where}: {f.found}") for f in errors[:40]]
    return ["## Findings that will stop the run", "", head, "", *items, ""] if errors else []


def _item(name: str, said: str) -> str:
    """An item of a list in Markdown: a name of ours, then words of the files."""
    return f"- `{name}` {escape(said)}"


def _say(paths: Paths, plan: Plan, dropped: dict[str, str], findings: list[Finding]) -> None:
    questions = sum(bool(r["question"]) for r in plan.rows)
    tell(
        f"new-study: {paths.specs} with {len(plan.rows)} variables, "
        f"{questions} of them with a question; years {plan.years[0]}-{plan.years[1]}"
    )
    try:
        study = open_study(paths)
        tell(
            f"  {len(study.tables)} tables and {len(study.figures)} figures can be made, "
            f"{len(dropped)} are left out: {paths.specs}/MISSING.md"
        )
        tell(f"  next: make all STUDY={paths.name} DATA={paths.data}")
    except Rejected as rejected:
        tell(f"  it cannot run yet ({paths.specs}/MISSING.md says what is missing):")
        for finding in rejected.findings[:10]:
            tell(
                f"  {finding.severity} [{finding.code}] {finding.where}: {finding.found}; "
                f"{finding.remedy}"
            )
    show([f for f in findings if f.severity == "error"], paths.build / "import.md")


def _refused(found: str, expected: str, remedy: str) -> Rejected:
    return Rejected([Finding("new-study", "error", Where(), found, expected, remedy)])
