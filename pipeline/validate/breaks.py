"""Definition breaks and census revisions from the catalogue,
for the series and years that a study uses."""

import ast
from collections.abc import Iterator

from pipeline.panel.concepts import (
    DefinitionBreak,
    concept_of,
    definition_breaks,
    known_breaks,
)
from pipeline.panel.finding import Finding, Where
from pipeline.study import Study
from pipeline.study.schema import Variable

_CUT = {"cq_1997": "Sichuan", "hn_1988": "Guangdong"}


def check_breaks(study: Study) -> Iterator[Finding]:
    """A warning for each definition that changes inside the study's years,
    where no formula splices the series there.

    Revisions (vintages) are notes while the codebook declares the variable's vintage: they matter
    when two are mixed.
    """
    if study.spec.synthetic:  # nobody ever redefined made-up numbers
        return
    yield from _boundaries(study)
    used = _used(study)
    spliced = _splices(study)
    for name, variable in study.codebook.items():
        for known in known_breaks(concept_of(variable)) if name in used else ():
            inside = study.years[0] < known.year <= study.years[-1]
            if inside and (name, known.year) not in spliced:
                yield from _break(study, variable, known)


def _break(study: Study, variable: Variable, known: DefinitionBreak) -> Iterator[Finding]:
    """One break of one variable; a revision of it only where its vintage is not said."""
    name = variable.variable
    file = next(s.file for s in study.spec.sources if s.name == variable.source)
    where = Where(file=file, variable=name, year=known.year)
    recalled = " (this entry of the catalogue is recalled, its source still to be confirmed)"
    found = known.en + ("" if known.status == "read" else recalled)
    if known.kind != "vintage":
        remedy = f"{known.remedy_en} Or splice({name}, {known.year}) in variables.toml"
        expected = "one definition throughout"
        yield Finding("definition-break", "warning", where, found, expected, remedy)
    elif not variable.vintage:
        remedy = (
            f"{known.remedy_en} Say which vintage it is in the column `vintage` of codebook.csv"
        )
        yield Finding("revised-series", "note", where, found, "all years from one vintage", remedy)


def _boundaries(study: Study) -> Iterator[Finding]:
    """Provinces that were cut inside the study's years:
    Chongqing out of Sichuan in 1997, Hainan out of Guangdong in 1988."""
    for known in definition_breaks():
        province = _CUT.get(known.id)
        if province is not None and study.years[0] < known.year <= study.years[-1]:
            where = Where(province=province, year=known.year)
            yield Finding(
                "boundary-change",
                "warning",
                where,
                known.en,
                "one territory throughout",
                known.remedy_en,
            )


def _used(study: Study) -> set[str]:
    """Raw variables that enter something: a derived variable, an index, a part of the model."""
    roles = study.spec.roles
    names = [
        *study.derived,
        *study.indices,
        roles.outcome,
        roles.treatment,
        *roles.mediators,
        *roles.controls,
    ]
    return {raw for name in names if name in study.variables for raw in study.raw_variables(name)}


def _splices(study: Study) -> set[tuple[str, int]]:
    """(variable, year) of every splice(variable, year), nested ones included."""
    return {
        (name.id, int(ast.unparse(year)))
        for formula in study.formulas.values()
        for series, year in _splice_calls(formula.tree)
        for name in ast.walk(series)
        if isinstance(name, ast.Name) and name.id in study.codebook
    }


def _splice_calls(tree: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="splice"), args=[series, year]):
                yield series, year
