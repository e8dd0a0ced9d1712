"""Which estimate answers the study's question: `headline` of study.toml, else the one column with
the study's roles."""

from collections.abc import Iterator
from dataclasses import dataclass
from os.path import exists  # false for a name too long for a file

from pipeline.panel.finding import Finding, Where
from pipeline.study.choices import ModelChoice
from pipeline.study.model import resolve
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name


@dataclass(frozen=True)
class Place:
    """A column of a table: the spec's name and the position from 1."""

    table: str
    column: int


def headline(study: Study) -> Place | None:
    """The column that answers the question; None in a study whose tables do not say it."""
    declared = study.spec.headline
    if declared is not None:
        return Place(f"tables/{declared.table}", declared.column)
    found = _candidates(study)
    return found[0] if len(found) == 1 else None


def _candidates(study: Study) -> list[Place]:
    """Columns whose outcome, treatment, controls, effects and sample are those of the study's
    roles."""
    wanted = resolve(study, ModelChoice())
    return [
        Place(name, i)
        for name, spec in study.tables.items()
        if spec.headline
        for i, model in enumerate(spec.models(study), start=1)
        if model.same_as(wanted)
    ]


def check_headline(study: Study) -> Iterator[Finding]:
    """The headline declared exists; where none is declared, one column and no more is the study's
    own."""
    file = str(study.paths.specs / "study.toml")
    offered = {n.split("/")[1]: spec for n, spec in study.tables.items() if spec.headline}
    declared = study.spec.headline
    if declared is not None:
        yield from _check_declared(study, file)
        return
    found = _candidates(study)
    if not offered or len(found) == 1:
        return
    where = Where(file=file, key="headline")
    listed = (
        ", ".join(f"column ({p.column}) of {p.table.split('/')[1]}" for p in found) or "no column"
    )
    found_text = f"{listed}: outcome, treatment, controls and sample of the roles"
    stem = found[0].table.split("/")[1] if found else next(iter(offered))
    column = found[0].column if found else "N"
    remedy = f'name the column: headline = {{ table = "{stem}", column = {column} }}'
    expected = "one column that answers the question"
    yield problem("headline", where, found_text, expected, remedy)


def _check_declared(study: Study, file: str) -> Iterator[Finding]:
    declared = study.spec.headline
    assert declared is not None, "called where it is declared"
    where, name = Where(file=file, key="headline.table"), f"tables/{declared.table}"
    tables = [n.split("/")[1] for n, spec in study.tables.items() if spec.headline]
    spec = study.tables.get(name)
    if spec is None:
        # Of a table that cannot be read its own file tells.
        if not exists(study.paths.specs / f"{name}.toml"):
            yield unknown_name(where, declared.table, tables, "table")
    elif not spec.headline:
        found = f"`{declared.table}` is a {spec.kind} table"
        expected = "a table whose columns are regressions"
        remedy = f"name one of: {', '.join(tables)}" if tables else "add one, or remove the key"
        yield problem("headline", where, found, expected, remedy)
    elif declared.column > (columns := len(spec.models(study))):
        where = Where(file=file, key="headline.column")
        found = f"column {declared.column} of a table with {columns}"
        expected = f"a column from 1 to {columns}"
        yield problem("headline", where, found, expected, "change the column")
