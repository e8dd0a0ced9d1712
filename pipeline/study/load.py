"""Read a spec folder whole, check it whole, or refuse it with every problem."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.check import check_study
from pipeline.study.check_codebook import Rows, check_codebook
from pipeline.study.check_data import check_questions, check_repairs, check_vintages
from pipeline.study.check_formulas import check_formulas, check_years
from pipeline.study.check_indices import check_indices
from pipeline.study.check_levers import check_levers, check_proxies
from pipeline.study.check_roles import check_roles
from pipeline.study.check_specs import check_spec
from pipeline.study.closed import Name
from pipeline.study.headline import check_headline
from pipeline.study.paths import Paths
from pipeline.study.rows import read_rows
from pipeline.study.schema import (
    IndexSpec,
    Lever,
    LeverKey,
    RepairsSpec,
    StudySpec,
    Variable,
    VariablesSpec,
)
from pipeline.study.spec_file import read_utf8, shortened
from pipeline.study.specs import FigureSpec, Spec, TableSpec
from pipeline.study.study import Study, index_columns
from pipeline.study.toml import line_of, problem, read_kind, read_toml

_MOST = 200

Read = TypeVar("Read", bound=Spec)
Schema = TypeVar("Schema")

# Outputs are called after it, with endings: a name of a file has at most 255 bytes.
_STEM = re.compile(r"[0-9]{2}_[a-z0-9_]{1,100}")


@dataclass(frozen=True)
class Schemas:
    """Kind -> schema of table specs, and of figure specs: what the methods bring; styles: what is
    wrong with how a study wants to be printed."""

    tables: Mapping[str, type[TableSpec]]
    figures: Mapping[str, type[FigureSpec]]
    styles: Callable[[Study], list[Finding]]


@dataclass(frozen=True)
class _Read:
    """The files of a spec folder as they were read; None for one that cannot be, or not whole."""

    spec: StudySpec | None
    rows: Rows | None
    variables: VariablesSpec | None
    indices: dict[str, IndexSpec] | None
    levers: dict[str, Lever] | None
    repairs: RepairsSpec | None
    tables: dict[str, TableSpec]
    figures: dict[str, FigureSpec]

    def study(self, paths: Paths) -> Study | None:
        """The study, where everything behind its variables could be read."""
        spec, rows, variables, indices = self.spec, self.rows, self.variables, self.indices
        levers, repairs = self.levers, self.repairs
        if spec is None or rows is None or variables is None:
            return None
        if indices is None or levers is None or repairs is None:
            return None
        return Study(
            name=paths.name,
            paths=paths,
            spec=spec,
            codebook={row.variable: row for _, row in rows},
            derived=variables.variables,
            fills=variables.fill,
            indices=indices,
            levers=levers,
            tables=self.tables,
            figures=self.figures,
            repairs=repairs.repair,
        )


def load_study(paths: Paths, schemas: Schemas) -> Study:
    """The study in `paths.specs`. Raises Rejected with every problem of every spec file."""
    _require_folder(paths)
    problems: list[Finding] = []
    read = _read(paths.specs, schemas, problems)
    whole = not problems
    made = _first(_check_variables(read, paths.specs))
    problems += made
    study = read.study(paths)
    if study is not None and read.rows is not None:
        problems += _first(_check(study, read.rows, whole=whole, made=not made))
        problems += schemas.styles(study)
    if problems or study is None:
        raise Rejected([_with_line(p) for p in problems])
    return study


def _first(problems: Iterator[Finding]) -> list[Finding]:
    """The first problems: to look for what each of thousands of names could mean takes hours."""
    shown = list(islice(problems, _MOST))
    if next(problems, None) is None:
        return shown
    found, remedy = f"more than {_MOST} problems", "correct those above first"
    return [*shown, problem("spec-more", Where(), found, "none", remedy)]


def _require_folder(paths: Paths) -> None:
    if paths.specs.is_dir():
        return
    studies = sorted(p.parent.name for p in paths.specs.parent.glob("*/study.toml"))
    expected = f"one of: {', '.join(studies) or 'none'}"
    where, remedy = Where(file=str(paths.specs)), "name a study with STUDY=, or create its folder"
    raise Rejected([problem("study-missing", where, "no such study folder", expected, remedy)])


def _read(specs: Path, schemas: Schemas, problems: list[Finding]) -> _Read:
    """Every file of a spec folder; `problems` gets what is wrong."""
    read = _Read(
        spec=read_toml(specs / "study.toml", StudySpec, problems),
        rows=_read_codebook(specs / "codebook.csv", problems),
        variables=read_toml(specs / "variables.toml", VariablesSpec, problems),
        indices=_read_optional(specs / "indices.toml", dict[Name, IndexSpec], problems),
        levers=_read_levers(specs / "levers.toml", problems),
        repairs=_read_optional(specs / "repairs.toml", RepairsSpec, problems),
        tables=_read_folder(specs, "tables", schemas.tables, problems),
        figures=_read_folder(specs, "figures", schemas.figures, problems),
    )
    if not any((specs / "tables").glob("*.toml")):
        where, expected = Where(file=str(specs / "tables")), "at least one tables/NN_name.toml"
        problems.append(problem("no-tables", where, "no table spec", expected, "add one"))
    return read


def _check_variables(read: _Read, specs: Path) -> Iterator[Finding]:
    """What the files say of variables, as far as it does not depend on one that cannot be read."""
    rows, variables, indices = read.rows, read.variables, read.indices
    if rows is None:
        return
    yield from check_codebook(rows, read.spec, str(specs / "codebook.csv"))
    if variables is None or indices is None:
        return
    raw, columns = {row.variable for _, row in rows}, set(index_columns(indices))
    yield from check_formulas(variables, indices, raw, columns, str(specs / "variables.toml"))
    if read.levers is not None:
        levers = {key for key, lever in read.levers.items() if lever.variable is not None}
        known = raw | variables.variables.keys() | columns | levers
        yield from check_indices(indices, known, str(specs / "indices.toml"))


def _check(study: Study, rows: Rows, *, whole: bool, made: bool) -> Iterator[Finding]:
    """Every check across the files of a study; one file's problems hide nothing but their own
    consequences. whole: every file could be read; made: variables are made without a problem."""
    yield from check_proxies(study)
    # What a variable is made from can be followed where nothing goes in a circle.
    sound = made and not study.lever_proxies.keys() & set(study.lever_proxies.values())
    if sound:
        yield from check_years(study)
        yield from check_questions(study, rows)
        yield from check_vintages(study)
    yield from check_repairs(study)
    yield from check_study(study)
    yield from check_roles(study, sound)
    for name, spec in {**study.tables, **study.figures}.items():
        yield from check_spec(study, name, spec, sound)
    yield from check_levers(study, sound)
    if study.spec.headline is not None or (whole and sound):
        yield from check_headline(study)


def _read_codebook(path: Path, problems: list[Finding]) -> Rows | None:
    """The codebook, or None where a row cannot be read: every use of it would be unknown."""
    wrong: list[Finding] = []
    rows = read_rows(path, Variable, wrong)
    problems += wrong
    return None if wrong else rows


def _read_levers(path: Path, problems: list[Finding]) -> dict[str, Lever] | None:
    """The levers, challenges before paths, each in the order of their numbers; a study may have
    none."""
    if not path.exists():
        return {}
    found = read_toml(path, dict[LeverKey, Lever], problems)
    if found is None:
        return None
    return {key: found[key] for key in sorted(found, key=lambda k: (k[0], int(k[1:])))}


def _read_optional(path: Path, schema: type[Schema], problems: list[Finding]) -> Schema | None:
    """A spec that a study may do without: its defaults where the file is absent, None where it
    cannot be read."""
    if path.exists():
        return read_toml(path, schema, problems)
    return TypeAdapter(schema).validate_python({})


def _read_folder(
    specs: Path, folder: str, schemas: Mapping[str, type[Read]], problems: list[Finding]
) -> dict[str, Read]:
    """The specs of a folder by name, each by the schema of its kind; `problems` gets what is
    wrong."""
    found: dict[str, Read] = {}
    for path in sorted((specs / folder).glob("*.toml")):
        if not _STEM.fullmatch(path.stem):
            expected = "NN_name.toml: two digits, then lower-case words of at most 100 letters"
            where, remedy = Where(file=str(path)), "rename the file"
            problems.append(problem("spec-name", where, shortened(path.name), expected, remedy))
        elif (item := read_kind(path, schemas, problems)) is not None:
            found[f"{folder}/{path.stem}"] = item
    return found


def _with_line(finding: Finding) -> Finding:
    """Add the line of the key to a finding that names a TOML file and a key."""
    where, path = finding.where, Path(finding.where.file or "")
    if where.line is not None or not where.key or path.suffix != ".toml":
        return finding
    text = read_utf8(path, "", [])
    line = None if text is None else line_of(text, where.key.split("."))
    return replace(finding, where=replace(where, line=line))
