"""Checks of levers.toml and of the tables that name levers."""

from collections.abc import Iterator
from typing import Any, get_args

from pipeline.panel.finding import Finding, Where
from pipeline.study.kinds import Heterogeneity, Levers, ModeratedMediation, Sample, Scenario, Theory
from pipeline.study.schema import Lever, LeverKey
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name


def check_levers(study: Study, sound: bool) -> Iterator[Finding]:
    """Each lever has a proxy with its source or says why not; no proxy is a role or shares indicators with one."""
    file = str(study.paths.specs / "levers.toml")
    for key, lever in study.levers.items():
        where = Where(file=file, key=key)
        if key in {*study.codebook, *study.derived, *study.index_columns}:
            yield problem(
                "name-clash", where, f"a variable is called `{key}`", "a name of its own", "rename the variable"
            )
        yield from _check_lever(study, where, key, lever, sound)
    uses = next((n for n, t in study.tables.items() if isinstance(t, Levers)), None)
    missing = [k for k in get_args(LeverKey) if k not in study.levers]
    if uses and missing:
        yield problem("lever-missing", Where(file=file), f"no {', '.join(missing)}; {uses} shows all twelve",
                      "every challenge and path", "declare each, with `untestable` and the reason where there is no proxy")  # fmt: skip


def _check_lever(study: Study, where: Where, key: str, lever: Lever, sound: bool) -> Iterator[Finding]:
    if (lever.variable is None) == (lever.untestable is None):
        yield problem("lever-proxy", where, "both `variable` and `untestable`" if lever.variable else
                      "neither `variable` nor `untestable`", "one of them", "name a proxy, or say why there is none")  # fmt: skip
        return
    if lever.untestable is not None and lever.source is not None:
        yield problem(
            "lever-source", where, "`source` beside `untestable`", "a source only for a proxy", "remove one of them"
        )
    roles = study.spec.roles
    if lever.moves != "direct" and lever.moves not in roles.mediators:
        at = Where(file=where.file, key=f"{key}.moves")
        yield unknown_name(at, lever.moves, ["direct", *roles.mediators], "arrow")
    if lever.variable is None:
        return
    at = Where(file=where.file, key=f"{key}.variable", variable=lever.variable)
    if lever.variable not in study.variables - study.lever_proxies.keys():
        yield unknown_name(at, lever.variable, study.variables - study.lever_proxies.keys())
        return
    if lever.source is None:
        yield problem("lever-source", where, "no `source`", "where the proxy comes from and what it stands for",
                      "add source = { en = ..., zh = ... }")  # fmt: skip
    if not sound:
        return
    parts = [("outcome", roles.outcome), ("treatment", roles.treatment), *(("mediators", m) for m in roles.mediators)]
    for role, name in parts:
        if name == lever.variable:
            yield problem("lever-is-role", at, f"`{name}` is the lever {key} and among {role}", "one role a variable",
                          "choose another proxy: a moderator that is also an outcome of the treatment measures nothing")  # fmt: skip
            continue
        shared = study.raw_indicators(name) & study.raw_indicators(lever.variable)
        if shared := shared - set(roles.acknowledged_overlap):
            yield problem("indicator-in-two-roles", at, f"`{', '.join(sorted(shared))}` enters the lever {key} and {role} `{name}`",
                          "each raw indicator in one role",
                          "choose another proxy, or list it in roles.acknowledged_overlap and defend it")  # fmt: skip


def check_lever_names(study: Study, where: Where, names: list[str]) -> Iterator[Finding]:
    """Levers exist, are testable, and play no other part."""
    roles = study.spec.roles
    for name in names:
        if name in study.levers and name not in study.lever_proxies:
            yield problem("lever-untestable", where, f"`{name}` has no proxy: levers.toml declares it untestable",
                          "a lever with a proxy", "leave it out here, or give it a proxy")  # fmt: skip
        elif name not in study.variables:
            yield unknown_name(where, name, study.variables, "lever")
        elif name in (roles.outcome, roles.treatment, *roles.mediators):
            yield problem("lever-is-role", where, f"`{name}` is also outcome, treatment or mechanism",
                          "a lever that plays no other part", "choose another lever")  # fmt: skip


def check_lever_table(study: Study, file: str, table: Any) -> Iterator[Finding]:
    """Levers, pairs, moves and groups of a table name what exists."""
    roles = study.spec.roles
    yield from check_lever_names(study, Where(file=file, key="levers"), getattr(table, "levers", None) or [])
    for key in ("levers", "pairs", "moves"):
        columns = getattr(table, key, None) or []
        names = [" x ".join(c) if key == "pairs" else getattr(c, "variable", c) for c in columns]
        for name in sorted({n for n in names if names.count(n) > 1}):
            yield problem("lever-twice", Where(file=file, key=key), f"`{name}` stands more than once in {key}",
                          "one column each", "remove one, or give it a table of its own")  # fmt: skip
    if isinstance(table, ModeratedMediation):
        for i, pair in enumerate(table.pairs):
            yield from check_lever_names(study, Where(file=file, key=f"pairs.{i}"), pair[:1])
            if pair[1] not in study.variables:
                yield unknown_name(Where(file=file, key=f"pairs.{i}"), pair[1], study.variables)
            if pair[0] == pair[1]:
                yield problem("role-twice", Where(file=file, key=f"pairs.{i}"), f"`{pair[0]}` moderates itself",
                              "a lever and another variable as mechanism", "change one")  # fmt: skip
    if isinstance(table, Scenario):
        mediators = table.mediators or study.spec.roles.mediators
        for i, move in enumerate(table.moves):
            if move.variable not in {*study.lever_proxies, *mediators}:
                yield unknown_name(Where(file=file, key=f"moves.{i}.variable"), move.variable,
                                   [*study.lever_proxies, *mediators], "move")  # fmt: skip
        if table.year is not None and table.year not in study.years:
            yield problem("sample-year", Where(file=file, key="year"), str(table.year), f"a year of {study.spec.years}",
                          "change the year")  # fmt: skip
        if sorted(table.path) != table.path:
            yield problem("scenario-path", Where(file=file, key="path"), str(table.path),
                          "shares of the gap that do not fall", "sort them")  # fmt: skip
    if isinstance(table, Theory):
        for key, name in table.elements.items():
            if name not in roles.mediators:
                yield unknown_name(Where(file=file, key=f"elements.{key}"), name, roles.mediators, "mechanism")
    if isinstance(table, Levers) and not study.levers:
        yield problem("levers-missing", Where(file=str(study.paths.specs / "levers.toml")), "no levers declared",
                      "the twelve levers", "write levers.toml, or remove the table")  # fmt: skip
    if isinstance(table, Heterogeneity):
        for group, choice in table.groups.items():
            if isinstance(choice, Sample):
                for name in [*choice.high, *choice.low]:
                    if name not in study.variables:
                        yield unknown_name(Where(file=file, key=f"groups.{group}"), name, study.variables)
