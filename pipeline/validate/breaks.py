"""Definition breaks and census revisions from the catalogue,
for the series and years that a study uses."""

import ast
from collections.abc import Iterator

from pipeline.panel.concepts import concept_of, definition_breaks, known_breaks
from pipeline.panel.finding import Finding, Where
from pipeline.study import Study

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
    files = {s.name: s.file for s in study.spec.sources}
    for name, variable in study.codebook.items():
        for known in known_breaks(concept_of(variable)):
            first, last = study.years[0], study.years[-1]
            inside = first < known.year <= last
            if not inside or name not in used or (name, known.year) in spliced:
                continue
            where = Where(file=files[variable.source], variable=name, year=known.year)
            doubt = (
                ""
                if known.status == "read"
                else " (this entry of the catalogue is recalled, its source still to be confirmed)"
            )
            if known.kind == "vintage":
                if not variable.vintage:
                    yield Finding(
                        "revised-series",
                        "note",
                        where,
                        f"{known.en}{doubt}",
                        "all years from one vintage",
                        f"{known.remedy_en} Say which vintage it is in the column `vintage` "
                        "of codebook.csv",
                    )
                continue
            yield Finding(
                "definition-break",
                "warning",
                where,
                f"{known.en}{doubt}",
                "one definition throughout",
                f"{known.remedy_en} Or splice({name}, {known.year}) in variables.toml",
            )


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
    found = set()
    for formula in study.formulas.values():
        for node in ast.walk(formula.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "splice"
            ):
                names = {n.id for n in ast.walk(node.args[0]) if isinstance(n, ast.Name)}
                found |= {
                    (name, int(ast.unparse(node.args[1]))) for name in names & set(study.codebook)
                }
    return found
