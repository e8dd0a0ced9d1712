"""The scenario table: gains of the units moved, by mechanism, and the share of the gap that they
close."""

from collections.abc import Iterator, Sequence

from pipeline.methods.levers.scenario.result import Result, Scenario
from pipeline.methods.levers.scenario.spec import ScenarioTable
from pipeline.report import levers, notes
from pipeline.report.say import Say
from pipeline.report.table import (
    Cell,
    Count,
    Heading,
    Number,
    Percent,
    Range,
    Row,
    Summary,
    Table,
    cells_of,
    numbered,
)
from pipeline.results.estimate import Estimate


def table(result: Result, spec: ScenarioTable, say: Say) -> Table:
    """One column a move; below each gain its interval."""
    columns = result.columns
    labels = [
        c.label.in_language(say.language) if c.label else say.label(c.variable) for c in columns
    ]
    headings = (numbered(len(columns)), tuple(map(Heading, labels)))
    rows = [
        Row("moved", say("moved"), tuple(Count(c.moved) for c in columns)),
        Row("target", say("target"), tuple(Summary(c.target) for c in columns)),
        *_gains(columns, say),
        *_path(columns, say),
    ]
    return Table("", headings, tuple(rows), _notes(result, say))


def _gains(columns: Sequence[Scenario], say: Say) -> Iterator[Row]:
    """The mean gain of those moved, its parts, the mean gain of all."""
    yield from _pair("gain", say("gain"), [c.gain for c in columns])
    for name in dict.fromkeys(part for c in columns for part in c.through):
        label = say("through", mechanism=say.label(name))
        yield from _pair(f"through/{name}", label, [c.through.get(name) for c in columns])
    if any(c.direct for c in columns):
        yield from _pair("direct", say("direct"), [c.direct for c in columns])
    yield from _pair("national", say("national"), [c.national for c in columns], rule=True)


def _path(columns: Sequence[Scenario], say: Say) -> Iterator[Row]:
    """The share of the gap closed, after each year of the path."""
    steps = len(columns[0].path)
    for k in range(steps):
        key = "closed" if steps == 1 else "closed_after_one" if k == 0 else "closed_after"
        label = say(key, year=k + 1, share=say.level(columns[0].path[k].share))
        found = [c.path[k].closed for c in columns]
        yield from _pair(f"closed/{k + 1}", label, found, rule=k == 0, percent=True)


def _pair(
    key: str,
    label: str,
    estimates: Sequence[Estimate | None],
    *,
    rule: bool = False,
    percent: bool = False,
) -> tuple[Row, Row]:
    """A row of estimates and the row of their intervals."""

    def value(e: Estimate) -> Cell:
        return Percent(e.value) if percent else Number(e.value, "coefficients")

    def interval(e: Estimate) -> Cell:
        return Range(e.low, e.high, "coefficients", percent=percent)

    first = Row(key, label, cells_of(estimates, value), rule_above=rule)
    return first, Row(f"{key}/interval", "", cells_of(estimates, interval))


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    draws = result.draws
    method = say(
        "method",
        years=say.list(str(year) for year in sorted({c.year for c in result.columns})),
        level=say.level(),
        draws=draws.asked,
        dropped=draws.dropped,
        seed=draws.seed,
        frontier=say.level(result.frontier),
        parts=say("parts") if any(c.through for c in result.columns) else "",
    )
    return (
        method,
        *notes.withheld(say, draws),
        *_outside(result, say),
        *levers.timing(say, result.timing, result.model.treatment),
        say("descriptive"),
        *notes.data(say, result.data),
    )


def _outside(result: Result, say: Say) -> list[notes.Note]:
    """Which units leave the support of the sample."""
    shown = [
        levers.short(say, c.variable)
        + say("colon")
        + notes.listed(say, [say.province(code) for code in c.outside])
        for c in result.columns
        if c.outside
    ]
    treatment = say.label(result.model.treatment)
    return [say("outside", treatment=treatment, moves=say.clauses(shown))] if shown else []
