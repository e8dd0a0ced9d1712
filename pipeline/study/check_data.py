"""Checks of what a study says about its raw data: questions left open, concepts, vintages, repairs."""

from collections.abc import Iterator

from pipeline.panel.concepts import concept_of, known_variables
from pipeline.panel.finding import Finding, Where
from pipeline.panel.provinces import find_province
from pipeline.study.check_specs import check_provinces
from pipeline.study.schema import Repair, Variable
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name

_NEEDS = {"set": "value", "scale": "factor", "shift": "by"}


def check_questions(study: Study, rows: list[tuple[int, Variable]]) -> Iterator[Finding]:
    """Questions of `make import` that nobody has answered about variables that are used, and unknown concepts."""
    file = str(study.paths.specs / "codebook.csv")
    used = {raw for name in [*study.derived, *study.indices] for raw in study.raw_variables(name)}
    used |= {
        n for r in [study.spec.roles] for n in (r.outcome, r.treatment, *r.mediators, *r.controls)
    }
    for line, row in rows:
        if row.question and row.variable in used:
            yield problem(
                "question-open",
                Where(file=file, line=line, key="question", variable=row.variable),
                row.question,
                "an answer",
                "correct the row as the answer is, then empty the cell `question`",
            )
        if row.concept and row.concept not in known_variables():
            yield unknown_name(
                Where(file=file, line=line, key="concept", variable=row.variable),
                row.concept,
                set(known_variables()),
                "concept",
            )


def check_vintages(study: Study) -> Iterator[Finding]:
    """Two vintages of one series inside one variable or index, or in two parts of the model, through whatever derivation."""
    roles = study.spec.roles
    parts = [
        n
        for n in (roles.outcome, roles.treatment, *roles.mediators, *roles.controls)
        if n in study.variables
    ]
    members = {n: study.raw_variables(n) for n in [*study.derived, *study.indices]}
    members["roles"] = frozenset().union(*(study.raw_variables(n) for n in parts))
    told: set[tuple[str, str]] = set()
    for name, inside in members.items():
        seen: dict[str, str] = {}
        for raw in sorted(inside):
            concept = concept_of(study.codebook[raw])
            if not concept:
                continue
            other = seen.setdefault(concept, raw)
            if (
                study.codebook[other].vintage != study.codebook[raw].vintage
                and (other, raw) not in told
            ):
                told.add((other, raw))
                file = (
                    "variables.toml"
                    if name in study.derived
                    else "indices.toml"
                    if name in study.indices
                    else "study.toml"
                )
                one, two = study.codebook[other], study.codebook[raw]
                yield problem(
                    "vintages-mixed",
                    Where(
                        file=str(study.paths.specs / file),
                        key=f"variables.{name}" if name in study.derived else name,
                        variable=None if name == "roles" else name,
                    ),
                    f"`{other}` ({one.vintage or 'no vintage'}) and `{raw}` ({two.vintage or 'no vintage'}) are both `{concept}`",
                    "one vintage of a series in a variable and in the model",
                    "use one of them throughout",
                )


def check_repairs(study: Study) -> Iterator[Finding]:
    """Repairs name variables, provinces and years of the study and say what their action needs."""
    file = str(study.paths.specs / "repairs.toml")
    for i, repair in enumerate(study.repairs):
        where = Where(file=file, key=f"repair.{i}.variable", variable=repair.variable)
        if repair.variable not in study.codebook:
            yield unknown_name(where, repair.variable, study.codebook)
        yield from check_provinces(Where(file=file, key=f"repair.{i}.provinces"), repair.provinces)
        for year in repair.years:
            if year not in study.years:
                yield problem(
                    "repair-year",
                    Where(file=file, key=f"repair.{i}.years"),
                    str(year),
                    f"a year of {study.spec.years}",
                    "change the year",
                )
        yield from _check_action(
            repair, Where(file=file, key=f"repair.{i}.action", variable=repair.variable)
        )


def _check_action(repair: Repair, where: Where) -> Iterator[Finding]:
    needed = _NEEDS.get(repair.action)
    for key in ("value", "factor", "by"):
        given = getattr(repair, key) is not None
        if given != (key == needed):
            yield problem(
                "repair-action",
                where,
                f"`{repair.action}` {'with' if given else 'without'} `{key}`",
                f"`{needed}` and no other" if needed else "none of value, factor, by",
                "add or remove the key",
            )
    different = {find_province(n) for n in repair.provinces}
    if repair.action == "exchange" and len(different) < max(2, len(repair.provinces)):
        yield problem(
            "repair-action",
            where,
            f"`exchange` among {len(different)} different provinces",
            "two or more, each once",
            "list them in the order of the file",
        )
    if repair.action in ("set", "exchange") and not repair.years:
        yield problem(
            "repair-action",
            where,
            f"`{repair.action}` in all years",
            "the years it concerns",
            "add years = [...]",
        )
    if repair.action == "set" and not repair.provinces:
        yield problem(
            "repair-action",
            where,
            "`set` in all provinces",
            "the provinces it concerns",
            "add provinces = [...]",
        )
