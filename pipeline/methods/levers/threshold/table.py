"""The threshold table: a column a lever; tests, thresholds, slopes by regime."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TypeVar

from pipeline.methods.levers.threshold.result import Result, Thresholds
from pipeline.methods.levers.threshold.spec import ThresholdTable
from pipeline.report import levers, notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import (
    Coefficient,
    Count,
    Heading,
    Number,
    PValue,
    Range,
    Row,
    Summary,
    Table,
    cells_of,
    numbered,
)

Part = TypeVar("Part")


def table(result: Result, spec: ThresholdTable, say: Say) -> Table:
    """Rows: F of each further threshold, the thresholds with their sets, the regimes, the foot."""
    columns = result.columns
    headings = (numbered(len(columns)), tuple(Heading(say.label(c.lever)) for c in columns))
    rows = [*_tests(columns, say), *_thresholds(columns, say), *_regimes(columns, say)]
    notes_ = _notes(result, spec, say)
    return Table("", headings, (*rows, *foot(columns, say)), notes_)


def _tests(columns: Sequence[Thresholds], say: Say) -> Iterator[Row]:
    for k, tests in _each([c.tests for c in columns]):
        fewer = k - 1
        yield Row(f"f/{k}", say("f", more=k, fewer=fewer), cells_of(tests, lambda t: Number(t.f)))
        yield Row(f"f/{k}/p", say("f_p"), cells_of(tests, lambda t: PValue(t.p)))
        critical = cells_of(tests, lambda t: Number(t.critical))
        yield Row(f"f/{k}/critical", say("f_critical"), critical)


def _thresholds(columns: Sequence[Thresholds], say: Say) -> Iterator[Row]:
    for k, found in _each([c.thresholds for c in columns]):
        values = cells_of(found, lambda t: Summary(t.value))
        yield Row(f"threshold/{k}", say("threshold", number=k), values)
        sets = cells_of(found, lambda t: Range(t.set.low, t.set.high))
        yield Row(f"threshold/{k}/set", say("set", level=say.level()), sets)


def _regimes(columns: Sequence[Thresholds], say: Say) -> Iterator[Row]:
    regimes = [c.regimes for c in columns]
    treatment = say.label(columns[0].model.treatment)
    for k, found in _each(regimes):
        slopes = cells_of(found, lambda r: Coefficient(r.slope))
        yield Row(f"regime/{k}", say("regime", treatment=treatment, number=k), slopes)
    for k, found in _each(regimes):
        rows = cells_of(found, lambda r: Count(r.observations))
        yield Row(f"regime/{k}/observations", say("regime_observations", number=k), rows)
        units = cells_of(found, lambda r: Count(r.units))
        yield Row(f"regime/{k}/provinces", say("regime_provinces", number=k), units)


def _each(lists: Sequence[Sequence[Part]]) -> Iterator[tuple[int, list[Part | None]]]:
    """The first, second, ... part of every column, None where a column has no more."""
    for k in count(1):
        found = [parts[k - 1] if k <= len(parts) else None for parts in lists]
        if all(part is None for part in found):
            return
        yield k, found


def _notes(result: Result, spec: ThresholdTable, say: Say) -> tuple[notes.Note, ...]:
    return (
        *notes.clustered(say, [c.rows for c in result.columns]),
        notes.STARS,
        say.sentences([*_method(result, spec, say), *_sets(result, say)]),
        *notes.withheld(say, result.draws),
        *levers.timing(say, result.timing, result.columns[0].model.treatment),
        *notes.data(say, result.data),
    )


def _method(result: Result, spec: ThresholdTable, say: Say) -> list[str]:
    """How thresholds are searched and tested."""
    draws = result.draws
    search = say(
        "search", trim=say.level(spec.trim), provinces=spec.minimum_provinces, grid=spec.grid
    )
    test = say(
        "test",
        schemes=say.clauses(say(f"scheme_{scheme}") for scheme in result.schemes),
        draws=draws.asked,
        dropped=draws.dropped,
        seed=draws.seed,
    )
    sets = say("sets", level=say.level(), share=say.study.spec.bootstrap.level)
    return [search, *([say("controlled")] if spec.control_lever else []), test, sets]


def _sets(result: Result, say: Say) -> list[str]:
    """Sets that end where the search ended, and sets in several pieces."""
    edges = [c.lever for c in result.columns if any(t.edge for t in c.thresholds)]
    told = [say("edges", levers=levers.shorts(say, edges))] if edges else []
    broken = [
        say(
            "pieces" if len(c.thresholds) == 1 else "pieces_of",
            lever=levers.short(say, c.lever),
            number=i,
            pieces=t.pieces,
        )
        for c in result.columns
        for i, t in enumerate(c.thresholds, start=1)
        if t.pieces > 1
    ]
    return [*told, say("broken", sets=say.clauses(broken))] if broken else told
