"""Checks of levers.toml and of the tables that name levers."""

from collections.abc import Iterator
from typing import Any, get_args

from pipeline.panel.finding import Finding, Where
from pipeline.study.kinds import (
    Heterogeneity,
    Levers,
    ModeratedMediation,
    Moderation,
    Power,
    Sample,
    Scenario,
    Theory,
)
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
                "name-clash",
                where,
                f"a variable is called `{key}`",
                "a name of its own",
                "rename the variable",
            )
        yield from _check_lever(study, where, key, lever, sound)
    measured: dict[tuple[str, str], str] = {}
    for key, proxy in study.lever_proxies.items():
        timing = study.levers[key].timing
        first = measured.setdefault((proxy, timing), key)
        if first != key:
            yield problem(
                "lever-twice",
                Where(file=file, key=f"{key}.variable", variable=proxy),
                f"`{first}` and `{key}` are both `{proxy}` with timing `{timing}`",
                "a proxy of its own for each lever",
                "choose another proxy or timing, or declare one untestable",
            )
    uses = next((n for n, t in study.tables.items() if isinstance(t, Levers)), None)
    missing = [k for k in get_args(LeverKey) if k not in study.levers]
    if uses and missing:
        yield problem(
            "lever-missing",
            Where(file=file),
            f"no {', '.join(missing)}; {uses} shows all twelve",
            "every challenge and path",
            "declare each, with `untestable` and the reason where there is no proxy",
        )


def _check_lever(
    study: Study, where: Where, key: str, lever: Lever, sound: bool
) -> Iterator[Finding]:
    if (lever.variable is None) == (lever.untestable is None):
        yield problem(
            "lever-proxy",
            where,
            "both `variable` and `untestable`"
            if lever.variable
            else "neither `variable` nor `untestable`",
            "one of them",
            "name a proxy, or say why there is none",
        )
        return
    if lever.untestable is not None and lever.source is not None:
        yield problem(
            "lever-source",
            where,
            "`source` beside `untestable`",
            "a source only for a proxy",
            "remove one of them",
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
        yield problem(
            "lever-source",
            where,
            "no `source`",
            "where the proxy comes from and what it stands for",
            "add source = { en = ..., zh = ... }",
        )
    if not sound:
        return
    parts = [
        ("outcome", roles.outcome),
        ("treatment", roles.treatment),
        *(("mediators", m) for m in roles.mediators),
    ]
    for role, name in parts:
        if name == lever.variable:
            yield problem(
                "lever-is-role",
                at,
                f"`{name}` is the lever {key} and among {role}",
                "one role a variable",
                "choose another proxy: a moderator that is also an outcome of the treatment measures nothing",
            )
            continue
        shared = study.raw_indicators(name) & study.raw_indicators(lever.variable)
        if shared := shared - set(roles.acknowledged_overlap):
            yield problem(
                "indicator-in-two-roles",
                at,
                f"`{', '.join(sorted(shared))}` enters the lever {key} and {role} `{name}`",
                "each raw indicator in one role",
                "choose another proxy, or list it in roles.acknowledged_overlap and defend it",
            )


def check_lever_names(study: Study, where: Where, names: list[str]) -> Iterator[Finding]:
    """Levers exist, are testable, and play no other part."""
    roles = study.spec.roles
    for name in names:
        if name in study.levers and name not in study.lever_proxies:
            yield problem(
                "lever-untestable",
                where,
                f"`{name}` has no proxy: levers.toml declares it untestable",
                "a lever with a proxy",
                "leave it out here, or give it a proxy",
            )
        elif name not in study.variables:
            yield unknown_name(where, name, study.variables, "lever")
        elif name in (roles.outcome, roles.treatment, *roles.mediators):
            yield problem(
                "lever-is-role",
                where,
                f"`{name}` is also outcome, treatment or mechanism",
                "a lever that plays no other part",
                "choose another lever",
            )


def _check_pair(
    study: Study, where: Where, table: ModeratedMediation, pair: list[str], sound: bool
) -> Iterator[Finding]:
    """The mechanism of a pair is a variable that plays no other part and is not made of the lever's proxy."""
    lever, mechanism = pair
    roles, model = study.spec.roles, table.model
    if mechanism not in study.variables:
        yield unknown_name(where, mechanism, study.variables)
        return
    if lever == mechanism:
        yield problem(
            "role-twice",
            where,
            f"`{lever}` moderates itself",
            "a lever and another variable as mechanism",
            "change one",
        )
        return
    if mechanism in study.levers:
        yield problem(
            "lever-is-role",
            where,
            f"the mechanism `{mechanism}` is a lever",
            "a mechanism that is no lever",
            "choose another mechanism",
        )
        return
    controls = roles.controls if model.controls is None else model.controls
    if mechanism in (model.outcome or roles.outcome, model.treatment or roles.treatment, *controls):
        yield problem(
            "role-twice",
            where,
            f"the mechanism `{mechanism}` is also outcome, treatment or a control",
            "one part a variable",
            "choose another mechanism, or drop it from the controls of this table",
        )
        return
    proxy = study.lever_proxies.get(lever, lever)
    if not sound or proxy not in study.variables - study.lever_proxies.keys():
        return
    shared = study.raw_indicators(proxy) & study.raw_indicators(mechanism)
    if shared := shared - set(roles.acknowledged_overlap):
        yield problem(
            "indicator-in-two-roles",
            where,
            f"`{', '.join(sorted(shared))}` enters the lever `{lever}` and the mechanism `{mechanism}`",
            "each raw indicator in one role",
            "choose another pair, or list it in roles.acknowledged_overlap and defend it",
        )


def _check_halves(study: Study, file: str, table: Heterogeneity) -> Iterator[Finding]:
    """What groups are halved by exists and is neither outcome nor treatment of the table."""
    roles, model = study.spec.roles, table.model
    halved = {f"groups.{g}": c for g, c in table.groups.items() if isinstance(c, Sample)}
    for key, sample in halved.items():
        for name in [*sample.high, *sample.low]:
            if name not in study.variables:
                yield unknown_name(Where(file=file, key=key), name, study.variables)
    for key, sample in (({"model.sample": model.sample} if model.sample else {}) | halved).items():
        for name in [*sample.high, *sample.low]:
            if name in (model.outcome or roles.outcome, model.treatment or roles.treatment):
                yield problem(
                    "group-role",
                    Where(file=file, key=key),
                    f"halves by `{name}`, the outcome or the treatment",
                    "halves by a variable that is neither",
                    "choose another variable: halves by either select on what is explained",
                )


def check_lever_table(study: Study, file: str, table: Any, sound: bool) -> Iterator[Finding]:
    """Levers, pairs, moves and groups of a table name what exists."""
    roles = study.spec.roles
    if isinstance(table, Moderation | Power) and table.levers is None and not study.lever_proxies:
        yield problem(
            "lever-untestable",
            Where(file=file, key="levers"),
            "no lever in levers.toml has a proxy",
            "at least one lever that the panel can test",
            "give a lever a proxy, or remove this table",
        )
    yield from check_lever_names(
        study, Where(file=file, key="levers"), getattr(table, "levers", None) or []
    )
    for key in ("levers", "pairs", "moves"):
        columns = getattr(table, key, None) or []
        names = [" x ".join(c) if key == "pairs" else getattr(c, "variable", c) for c in columns]
        for name in sorted({n for n in names if names.count(n) > 1}):
            yield problem(
                "lever-twice",
                Where(file=file, key=key),
                f"`{name}` stands more than once in {key}",
                "one column each",
                "remove one, or give it a table of its own",
            )
    if isinstance(table, ModeratedMediation):
        for i, pair in enumerate(table.pairs):
            yield from check_lever_names(study, Where(file=file, key=f"pairs.{i}"), pair[:1])
            yield from _check_pair(study, Where(file=file, key=f"pairs.{i}"), table, pair, sound)
    if isinstance(table, Scenario):
        mediators = table.mediators or study.spec.roles.mediators
        for i, move in enumerate(table.moves):
            if move.variable not in {*study.lever_proxies, *mediators}:
                yield unknown_name(
                    Where(file=file, key=f"moves.{i}.variable"),
                    move.variable,
                    [*study.lever_proxies, *mediators],
                    "move",
                )
        if table.year is not None and table.year not in study.years:
            yield problem(
                "sample-year",
                Where(file=file, key="year"),
                str(table.year),
                f"a year of {study.spec.years}",
                "change the year",
            )
        if sorted(table.path) != table.path:
            yield problem(
                "scenario-path",
                Where(file=file, key="path"),
                str(table.path),
                "shares of the gap that do not fall",
                "sort them",
            )
    if isinstance(table, Theory):
        for key, name in table.elements.items():
            if name not in roles.mediators:
                yield unknown_name(
                    Where(file=file, key=f"elements.{key}"), name, roles.mediators, "mechanism"
                )
        elements = list(table.elements.values())
        for name in sorted({n for n in elements if elements.count(n) > 1}):
            yield problem(
                "role-twice",
                Where(file=file, key="elements"),
                f"`{name}` stands for more than one element",
                "a mechanism of its own for each element",
                "change one",
            )
    if isinstance(table, Levers) and not study.levers:
        yield problem(
            "levers-missing",
            Where(file=str(study.paths.specs / "levers.toml")),
            "no levers declared",
            "the twelve levers",
            "write levers.toml, or remove the table",
        )
    if isinstance(table, Heterogeneity):
        yield from _check_halves(study, file, table)
