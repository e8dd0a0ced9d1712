"""Checks of what a study says about its raw data: questions left open, concepts, vintages,
repairs."""

from collections.abc import Iterator

from pipeline.panel.concepts import concept_of, known_variables
from pipeline.panel.finding import Finding, Where
from pipeline.panel.provinces import find_province
from pipeline.study.check_codebook import Rows
from pipeline.study.check_roles import parts
from pipeline.study.check_specs import check_provinces
from pipeline.study.schema import Repair
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name

_NEEDS = {"set": "value", "scale": "factor", "shift": "by"}


def check_questions(study: Study, rows: Rows) -> Iterator[Finding]:
    """Questions of `make import` that nobody has answered about variables that are used, and
    unknown concepts."""
    file = str(study.paths.specs / "codebook.csv")
    used = {raw for name in [*study.derived, *study.indices] for raw in study.raw_variables(name)}
    used |= {name for _, name in parts(study)}
    for line, row in rows:
        if row.question and row.variable in used:
            where = Where(file=file, line=line, key="question", variable=row.variable)
            remedy = "correct the row as the answer is, then empty the cell `question`"
            yield problem("question-open", where, row.question, "an answer", remedy)
        if row.concept and row.concept not in known_variables():
            where = Where(file=file, line=line, key="concept", variable=row.variable)
            yield unknown_name(where, row.concept, set(known_variables()), "concept")


def check_vintages(study: Study) -> Iterator[Finding]:
    """Two vintages of one series inside one variable or index, or in two parts of the model,
    through whatever derivation."""
    members = {n: study.raw_variables(n) for n in [*study.derived, *study.indices]}
    roles = [name for _, name in parts(study) if name in study.variables]
    members["roles"] = frozenset().union(*map(study.raw_variables, roles))
    told: set[tuple[str, str]] = set()
    for name, inside in members.items():
        for pair in _mixed(study, inside):
            if pair not in told:
                yield _vintages(study, name, pair)
            told.add(pair)


def _mixed(study: Study, raw: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Pairs of raw variables that are different vintages of one concept."""
    first: dict[str, str] = {}
    for name in sorted(raw):
        concept = concept_of(study.codebook[name])
        if not concept:
            continue
        other = first.setdefault(concept, name)
        if study.codebook[other].vintage != study.codebook[name].vintage:
            yield other, name


def _vintages(study: Study, name: str, pair: tuple[str, str]) -> Finding:
    if name in study.derived:
        file, key = "variables.toml", f"variables.{name}"
    else:
        file, key = ("indices.toml" if name in study.indices else "study.toml"), name
    variable = None if name == "roles" else name
    where = Where(file=str(study.paths.specs / file), key=key, variable=variable)
    one, two = (f"`{n}` ({study.codebook[n].vintage or 'no vintage'})" for n in pair)
    found = f"{one} and {two} are both `{concept_of(study.codebook[pair[0]])}`"
    expected = "one vintage of a series in a variable and in the model"
    return problem("vintages-mixed", where, found, expected, "use one of them throughout")


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
                at, expected = f"repair.{i}.years", f"a year of {study.spec.years}"
                where = Where(file=file, key=at)
                yield problem("repair-year", where, str(year), expected, "change the year")
        where = Where(file=file, key=f"repair.{i}.action", variable=repair.variable)
        yield from _check_action(repair, where)
        yield from _check_cells(repair, where)


def _check_action(repair: Repair, where: Where) -> Iterator[Finding]:
    """The key that the action needs, and no other."""
    needed = _NEEDS.get(repair.action)
    for key in ("value", "factor", "by"):
        given = getattr(repair, key) is not None
        if given != (key == needed):
            found = f"`{repair.action}` {'with' if given else 'without'} `{key}`"
            expected = f"`{needed}` and no other" if needed else "none of value, factor, by"
            yield problem("repair-action", where, found, expected, "add or remove the key")


def _check_cells(repair: Repair, where: Where) -> Iterator[Finding]:
    """The provinces and years that the action needs."""
    action, different = repair.action, {find_province(n) for n in repair.provinces}
    if action == "exchange" and len(different) < max(2, len(repair.provinces)):
        found = f"`exchange` among {len(different)} different provinces"
        remedy = "list them in the order of the file"
        yield problem("repair-action", where, found, "two or more, each once", remedy)
    if action in ("set", "exchange") and not repair.years:
        found, remedy = f"`{action}` in all years", "add years = [...]"
        yield problem("repair-action", where, found, "the years it concerns", remedy)
    if action == "set" and not repair.provinces:
        found, remedy = "`set` in all provinces", "add provinces = [...]"
        yield problem("repair-action", where, found, "the provinces it concerns", remedy)
