"""What a finding is: one thing that is wrong or worth knowing, in the reader's words."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from pipeline.panel.characters import visible
from pipeline.panel.csv_text import csv_text

Severity = Literal["error", "warning", "note"]
RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Where:
    """Where it was found. Only what applies is filled."""

    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    key: str | None = None
    line: int | None = None
    province: str | None = None
    year: int | None = None
    variable: str | None = None

    def __str__(self) -> str:
        line = "" if self.line is None else f":{self.line}"
        sheet = None if self.sheet == self.file else self.sheet
        parts = (("sheet", sheet), ("cell", self.cell), ("key", self.key))
        place = [f"{self.file or ''}{line}", *(f"{name} {part}" for name, part in parts if part)]
        who = [str(part) for part in (self.province, self.year, self.variable) if part is not None]
        return "; ".join(filter(None, (" ".join(who), ", ".join(filter(None, place)))))


@dataclass(frozen=True)
class Finding:
    """One finding: a stable code, how bad, where, what was found, what was expected, what to do."""

    code: str
    severity: Severity
    where: Where
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        lines = (
            f"{self.severity} [{self.code}] {self.where}",
            f"    found:    {self.found}",
            f"    expected: {self.expected}",
            f"    to do:    {self.remedy}",
        )
        return "\n".join(map(visible, lines))

    def as_dict(self) -> dict[str, str | int | None]:
        flat = asdict(self)
        return {"code": flat["code"], "severity": flat["severity"], **flat["where"]} | {
            k: flat[k] for k in ("found", "expected", "remedy")
        }


def finding_from_dict(row: dict[str, Any]) -> Finding:
    """The inverse of `Finding.as_dict`."""
    where = Where(**{k: row[k] for k in Where.__dataclass_fields__})
    return Finding(
        row["code"], row["severity"], where, row["found"], row["expected"], row["remedy"]
    )


def findings_to_json(findings: Iterable[Finding]) -> str:
    """Findings as JSON text, one object each."""
    return json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=1) + "\n"


def findings_from_json(text: str) -> list[Finding]:
    """The inverse of `findings_to_json`."""
    return [finding_from_dict(row) for row in json.loads(text)]


def findings_csv(findings: Sequence[Finding]) -> str:
    """The findings as a csv table."""
    columns = list(Finding("", "note", Where(), "", "", "").as_dict())
    return csv_text(columns, ([f.as_dict()[c] for c in columns] for f in findings))


@dataclass
class Rejected(Exception):
    """The input cannot be used. Carries every problem found, not only the first."""

    findings: Sequence[Finding] = field(default_factory=list)

    def __str__(self) -> str:
        n = len(self.findings)
        return "\n".join(
            [*(str(f) for f in self.findings), f"{n} problem{'s' if n != 1 else ''} found."]
        )


def refusal(where: Where, code: str, found: str, expected: str, remedy: str) -> Rejected:
    """One error, to be raised."""
    return Rejected([Finding(code, "error", where, found, expected, remedy)])
