"""Read a spec folder whole, check it whole, or refuse it with every problem."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.check import (
    check_codebook,
    check_formulas,
    check_indices,
    check_study,
    check_years,
)
from pipeline.study.check_data import check_questions, check_repairs, check_vintages
from pipeline.study.check_levers import check_levers
from pipeline.study.closed import Name
from pipeline.study.paths import Paths
from pipeline.study.schema import (
    IndexSpec,
    Lever,
    LeverKey,
    RepairsSpec,
    StudySpec,
    Variable,
    VariablesSpec,
)
from pipeline.study.specs import FigureSpec, Spec, TableSpec
from pipeline.study.study import Study
from pipeline.study.toml import line_of, problem, read_kind, read_rows, read_toml

Read = TypeVar("Read", bound=Spec)

_STEM = re.compile(r"^\d\d_[a-z0-9_]+$")


@dataclass(frozen=True)
class Schemas:
    """Kind -> schema of table specs, and of figure specs: what the methods bring."""

    tables: Mapping[str, type[TableSpec]]
    figures: Mapping[str, type[FigureSpec]]


def load_study(paths: Paths, schemas: Schemas) -> Study:
    """The study in `paths.specs`. Raises Rejected with every problem of every spec file."""
    if not paths.specs.is_dir():
        there = (
            ", ".join(sorted(p.parent.name for p in paths.specs.parent.glob("*/study.toml")))
            or "none"
        )
        raise Rejected(
            [
                problem(
                    "study-missing",
                    Where(file=str(paths.specs)),
                    "no such study folder",
                    f"one of: {there}",
                    "name a study with STUDY=, or create its folder",
                )
            ]
        )
    problems: list[Finding] = []
    spec = read_toml(paths.specs / "study.toml", StudySpec, problems)
    rows = read_rows(paths.specs / "codebook.csv", Variable, problems)
    variables = read_toml(paths.specs / "variables.toml", VariablesSpec, problems)
    indices = _read_optional(paths.specs / "indices.toml", dict[Name, IndexSpec], problems)
    levers = _read_levers(paths.specs / "levers.toml", problems)
    repairs = _read_optional(paths.specs / "repairs.toml", RepairsSpec, problems)
    tables = _read_folder(paths.specs, "tables", schemas.tables, problems)
    figures = _read_folder(paths.specs, "figures", schemas.figures, problems)
    if not tables and not any((w := p.where.file) and "/tables/" in w for p in problems):
        where = Where(file=str(paths.specs / "tables"))
        problems.append(
            problem(
                "no-tables", where, "no table spec", "at least one tables/NN_name.toml", "add one"
            )
        )
    unreadable = any((p.where.file or "").endswith("codebook.csv") for p in problems)
    if (
        spec is None
        or variables is None
        or indices is None
        or levers is None
        or repairs is None
        or unreadable
    ):  # the rest would be consequences
        raise Rejected([_with_line(p) for p in problems])
    problems += check_codebook(rows, spec, str(paths.specs / "codebook.csv"))
    codebook = {row.variable: row for _, row in rows}
    study = Study(
        paths.name,
        paths,
        spec,
        codebook,
        variables.variables,
        variables.fill,
        indices,
        levers,
        tables,
        figures,
        repairs.repair,
    )
    raw = set(codebook)
    problems += check_formulas(
        variables, indices, raw, set(study.index_columns), str(paths.specs / "variables.toml")
    )
    problems += check_indices(indices, study.variables, str(paths.specs / "indices.toml"))
    sound = not problems
    if sound:
        problems += check_years(study)
        problems += [*check_questions(study, rows), *check_vintages(study)]
    problems += check_repairs(study)
    problems += check_study(study, sound)
    problems += check_levers(study, sound)
    if problems:
        raise Rejected([_with_line(p) for p in problems])
    return study


def _read_levers(path: Path, problems: list[Finding]) -> dict[str, Lever] | None:
    """The levers, challenges before paths, each in the order of their numbers; a study may have none."""
    if not path.exists():
        return {}
    found = read_toml(path, dict[LeverKey, Lever], problems)
    if found is None:
        return None
    return {key: found[key] for key in sorted(found, key=lambda k: (k[0], int(k[1:])))}


def _read_optional(path: Path, schema: Any, problems: list[Finding]) -> Any:
    """A spec that a study may do without: its defaults where the file is absent, None where it cannot be read."""
    return (
        read_toml(path, schema, problems)
        if path.exists()
        else TypeAdapter(schema).validate_python({})
    )


def _read_folder(
    specs: Path, folder: str, schemas: Mapping[str, type[Read]], problems: list[Finding]
) -> dict[str, Read]:
    """The specs of a folder by name, each by the schema of its kind; `problems` gets what is wrong."""
    found: dict[str, Read] = {}
    for path in sorted((specs / folder).glob("*.toml")):
        if not _STEM.match(path.stem):
            problems.append(
                problem(
                    "spec-name",
                    Where(file=str(path)),
                    path.name,
                    "NN_name.toml: two digits, then lower-case words",
                    "rename the file",
                )
            )
            continue
        if (item := read_kind(path, schemas, problems)) is not None:
            found[f"{folder}/{path.stem}"] = item
    return found


def _with_line(finding: Finding) -> Finding:
    """Add the line of the key to a finding that names a TOML file and a key."""
    where = finding.where
    if where.line is not None or not where.key or not (where.file or "").endswith(".toml"):
        return finding
    line = line_of(Path(str(where.file)).read_text(encoding="utf-8"), where.key.split("."))
    placed = Where(**{**where.__dict__, "line": line})
    return Finding(
        finding.code, finding.severity, placed, finding.found, finding.expected, finding.remedy
    )
