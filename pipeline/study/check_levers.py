"""Checks of levers.toml and of the tables that name levers."""

from collections.abc import Iterable, Iterator

from pipeline.panel.finding import Finding, Where
from pipeline.study.check_roles import check_overlap, parts
from pipeline.study.check_specs import twice
from pipeline.study.schema import Lever
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name

_MEASURES_NOTHING = "a moderator that is also an outcome of the treatment measures nothing"
_DEFENDED = "list it in roles.acknowledged_overlap and defend it"


def check_proxies(study: Study) -> Iterator[Finding]:
    """Each lever has a name of its own, and a proxy that exists and is no lever, or says why it has
    none."""
    file = str(study.paths.specs / "levers.toml")
    for key, lever in study.levers.items():
        where = Where(file=file, key=key)
        if key in {*study.codebook, *study.derived, *study.index_columns}:
            found, remedy = f"a variable is called `{key}`", "rename the variable"
            yield problem("name-clash", where, found, "a name of its own", remedy)
        known = study.variables - study.lever_proxies.keys()
        if (lever.variable is None) == (lever.untestable is None):
            yield _one_of_both(where, lever)
        elif lever.variable is not None and lever.variable not in known:
            at = Where(file=file, key=f"{key}.variable", variable=lever.variable)
            yield unknown_name(at, lever.variable, known)


def _one_of_both(where: Where, lever: Lever) -> Finding:
    which = "both" if lever.variable else "neither"
    joint = "and" if lever.variable else "nor"
    found = f"{which} `variable` {joint} `untestable`"
    remedy = "name a proxy, or say why there is none"
    return problem("lever-proxy", where, found, "one of them", remedy)


def check_levers(study: Study, sound: bool) -> Iterator[Finding]:
    """A proxy has its source and is no role, nor shares indicators with one; levers move arrows
    that exist, and are measured differently. `sound`: formulas, indices and proxies are."""
    file = str(study.paths.specs / "levers.toml")
    for key, lever in study.levers.items():
        where = Where(file=file, key=key)
        yield from _check_source(where, lever)
        arrows = ["direct", *study.spec.roles.mediators]
        if lever.moves not in arrows:
            yield unknown_name(Where(file=file, key=f"{key}.moves"), lever.moves, arrows, "arrow")
        if sound and lever.variable is not None and lever.variable in study.variables:
            yield from _check_apart(study, file, key, lever.variable)
    yield from _check_measured_once(study, file)


def _check_source(where: Where, lever: Lever) -> Iterator[Finding]:
    if lever.variable is None and lever.source is not None:
        found, expected = "`source` beside `untestable`", "a source only for a proxy"
        yield problem("lever-source", where, found, expected, "remove one of them")
    if lever.variable is not None and lever.source is None:
        expected = "where the proxy comes from and what it stands for"
        remedy = "add source = { en = ..., zh = ... }"
        yield problem("lever-source", where, "no `source`", expected, remedy)


def _check_apart(study: Study, file: str, key: str, proxy: str) -> Iterator[Finding]:
    """A proxy is neither outcome, treatment nor mediator, and has no raw indicator of theirs."""
    where = Where(file=file, key=f"{key}.variable", variable=proxy)
    for role, name in parts(study, controls=False):
        if name == proxy:
            found = f"`{name}` is the lever {key} and among {role}"
            expected, remedy = "one role a variable", f"choose another proxy: {_MEASURES_NOTHING}"
            yield problem("lever-is-role", where, found, expected, remedy)
        elif name in study.variables:
            who = f"the lever {key} and {role} `{name}`"
            remedy = f"choose another proxy, or {_DEFENDED}"
            yield from check_overlap(study, where, (name, proxy), who, remedy)


def _check_measured_once(study: Study, file: str) -> Iterator[Finding]:
    """No two levers have one proxy with one timing."""
    measured: dict[tuple[str, str], str] = {}
    for key, proxy in study.lever_proxies.items():
        timing = study.levers[key].timing
        first = measured.setdefault((proxy, timing), key)
        if first != key:
            where = Where(file=file, key=f"{key}.variable", variable=proxy)
            found = f"`{first}` and `{key}` are both `{proxy}` with timing `{timing}`"
            remedy = "choose another proxy or timing, or declare one untestable"
            yield problem("lever-twice", where, found, "a proxy of its own for each lever", remedy)


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
    others = {name for _, name in parts(study, controls=False)}
    for name in names:
        if name in study.levers and name not in study.lever_proxies:
            found = f"`{name}` has no proxy: levers.toml declares it untestable"
            expected, remedy = "a lever with a proxy", "leave it out here, or give it a proxy"
            yield problem("lever-untestable", where, found, expected, remedy)
        elif name not in study.variables:
            yield unknown_name(where, name, study.variables, "lever")
        elif name in others:
            found = f"`{name}` is also outcome, treatment or mechanism"
            expected, remedy = "a lever that plays no other part", "choose another lever"
            yield problem("lever-is-role", where, found, expected, remedy)
