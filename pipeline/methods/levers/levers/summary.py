"""What the report's first pages say of the levers."""

from pipeline.methods.levers.levers.result import Result, Verdict
from pipeline.methods.shown import Named
from pipeline.report import levers
from pipeline.report.say import Say

_MOVING: tuple[Verdict, ...] = ("weakens", "strengthens", "lowers", "raises")


def summary(named: Named, say: Say) -> list[str]:
    """Which challenges and paths move the effect after adjustment, which do not, which cannot be
    tested."""
    result = named.result
    assert isinstance(result, Result)
    by = {v: [row.lever for row in result.levers if row.verdict == v] for v in (*_MOVING, "none")}
    treatment = say.label(result.model.treatment)
    told = [
        say(f"told_{verdict}", levers=levers.shorts(say, by[verdict]), treatment=treatment)
        for verdict in _MOVING
        if by[verdict]
    ]
    told += _without_evidence(result, by["none"], say)
    untested = [row.lever for row in result.levers if row.tested is None]
    if untested:
        told.append(say("told_untestable", levers=levers.shorts(say, untested)))
    table = say("table_ref", number=named.number)
    return [say("told", table=table, tests=len(result.tests), parts=say.clauses(told))]


def _without_evidence(result: Result, names: list[str], say: Say) -> list[str]:
    """Levers without evidence, with the changes that could have been found."""
    if not names:
        return []
    shown = levers.shorts(say, names)
    least = [
        row.tested.detectable
        for row in result.levers
        if row.lever in names and row.tested and row.tested.detectable is not None
    ]
    if not least:
        return [say("told_none", levers=shown)]
    ends = dict.fromkeys(say.number(value) for value in (min(least), max(least)))
    return [
        say("told_none_found", levers=shown, power=say.level(result.power), changes="–".join(ends))
    ]
