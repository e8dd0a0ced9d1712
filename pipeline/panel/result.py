"""What every estimator returns: tidy terms, statistics, notes, provenance."""

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Term:
    """One estimated quantity.

    `name` is the row it belongs to, `role` what it is (treatment, control, a, b, direct, indirect, total, mean, ...).
    `interval` says how low and high were made (`crv1-t`, `percentile`); quantities that do not apply are None.
    """

    name: str
    role: str
    estimate: float | None
    se: float | None = None
    statistic: float | None = None
    p: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str | None = None


@dataclass(frozen=True)
class Column:
    """One column of a table: a fitted model, or a column of descriptive numbers."""

    key: str
    outcome: str | None
    terms: list[Term]
    statistics: dict[str, float | int | str | bool | None] = field(default_factory=dict)

    def term(self, name: str) -> Term:
        """The term called `name`; KeyError if the column has none."""
        for term in self.terms:
            if term.name == name:
                return term
        raise KeyError(f"column {self.key} has no term {name}")


@dataclass(frozen=True)
class Note:
    """A fact that the table must state, as a code with its numbers, so that each language words it."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """The results file of one spec."""

    spec: str
    kind: str
    columns: list[Column]
    notes: list[Note] = field(default_factory=list)
    provenance: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Full precision, sorted as made, NaN as null: the same numbers give the same bytes."""
        return (
            json.dumps(_plain(asdict(self)), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, bool | str | int) or value is None:
        return value
    number = float(value)
    return number if math.isfinite(number) else None


def result_from_json(text: str) -> Result:
    """The inverse of `Result.to_json`."""
    raw = json.loads(text)
    columns = [
        Column(c["key"], c["outcome"], [Term(**t) for t in c["terms"]], c["statistics"])
        for c in raw["columns"]
    ]
    notes = [Note(n["code"], n["values"]) for n in raw["notes"]]
    return Result(raw["spec"], raw["kind"], columns, notes, raw["provenance"])
