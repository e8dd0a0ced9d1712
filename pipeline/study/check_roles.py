"""Checks that variables play one part each, and that no raw indicator enters two parts."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.panel.finding import Finding, Where
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name

# A role and the variable that plays it.
Part = tuple[str, str]


def parts(study: Study, *, controls: bool = True) -> list[Part]:
    """Outcome, treatment, mediators and, unless left out, controls."""
    roles = study.spec.roles
    found = [("outcome", roles.outcome), ("treatment", roles.treatment)]
    found += [("mediators", name) for name in roles.mediators]
    return found + [("controls", name) for name in roles.controls if controls]


def check_roles(study: Study, sound: bool) -> Iterator[Finding]:
    """Roles name variables; where these are `sound`, each raw indicator is in one role."""
    file = str(study.paths.specs / "study.toml")
    for role, name in parts(study):
        if name not in study.variables:
            yield unknown_name(Where(file=file, key=f"roles.{role}"), name, study.variables)
    for i, name in enumerate(study.spec.roles.acknowledged_overlap):
        if name not in study.codebook:
            where = Where(file=file, key=f"roles.acknowledged_overlap.{i}")
            yield unknown_name(where, name, study.codebook)
    if sound:
        there = [(role, name) for role, name in parts(study) if name in study.variables]
        yield from _check_pairs(study, file, there)


def _check_pairs(study: Study, file: str, there: Sequence[Part]) -> Iterator[Finding]:
    for (role, name), (other_role, other) in combinations(there, 2):
        where = Where(file=file, key="roles", variable=name)
        if name == other:
            found = f"`{name}` is among {role} and {other_role}"
            yield problem("role-twice", where, found, "one role a variable", "remove one")
        elif not role == other_role == "controls":
            who = f"both {role} `{name}` and {other_role} `{other}`"
            remedy = "drop it from one, or list it in roles.acknowledged_overlap and defend it"
            yield from check_overlap(study, where, (name, other), who, remedy)


def check_overlap(
    study: Study, where: Where, pair: tuple[str, str], who: str, remedy: str
) -> Iterator[Finding]:
    """No raw indicator enters both variables, unless the study defends it; `who` names them."""
    one, two = map(study.raw_indicators, pair)
    if shared := (one & two) - set(study.spec.roles.acknowledged_overlap):
        found = f"`{', '.join(sorted(shared))}` enters {who}"
        expected = "each raw indicator in one role"
        yield problem("indicator-in-two-roles", where, found, expected, remedy)
