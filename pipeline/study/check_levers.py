"""Checks of levers.toml and of the tables that name levers."""

from collections.abc import Iterable, Iterator

from pipeline.panel.finding import Finding, Where
from pipeline.study.check_specs import twice
from pipeline.study.schema import Lever
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


def check_any_lever(study: Study, file: str, named: list[str] | None) -> Iterator[Finding]:
    """A spec that names no lever takes all of the study's: at least one has a proxy."""
    if named is None and not study.lever_proxies:
        found = "no lever in levers.toml has a proxy"
        expected = "at least one lever that the panel can test"
        remedy = "give a lever a proxy, or remove this table"
        yield problem("lever-untestable", Where(file=file, key="levers"), found, expected, remedy)


def check_lever_columns(study: Study, file: str, levers: list[str] | None) -> Iterator[Finding]:
    """The key `levers` names what can be a lever, each once."""
    yield from check_lever_names(study, Where(file=file, key="levers"), levers or [])
    yield from check_each_once(file, "levers", levers or [])


def check_each_once(file: str, key: str, names: Iterable[str]) -> Iterator[Finding]:
    """Each column of a table stands once."""
    for name in twice(names):
        found, remedy = f"`{name}` stands more than once in {key}", "remove one"
        where = Where(file=file, key=key)
        yield problem("lever-twice", where, found, "one column each", remedy)


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
