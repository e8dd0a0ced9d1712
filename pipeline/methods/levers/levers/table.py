"""The table of all levers: two rows a lever, the lever with its numbers and its proxy with the
interval."""

from collections.abc import Iterator
from typing import get_args

from pipeline.methods.levers.levers.result import Result, Tested, Untestable
from pipeline.methods.levers.levers.result import Row as Lever
from pipeline.methods.levers.levers.spec import LeversTable
from pipeline.report import levers, notes
from pipeline.report.numbers import percent, span
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Heading,
    Number,
    Panel,
    PValue,
    Range,
    Row,
    Table,
    Words,
)
from pipeline.results.estimate import SIZE
from pipeline.study.schema import LeverGroup, lever_group


def table(result: Result, spec: LeversTable, say: Say) -> Table:
    """Challenges, then paths; the truth in a column of its own where it is known."""
    known = any(test.truth is not None for test in result.tests)
    heads = ["estimate", "single_p", "adjusted_p", "detectable", *(["truth"] if known else [])]
    treatment = say.label(result.model.treatment)
    headings = tuple(Heading(say(key, treatment=treatment)) for key in [*heads, "verdict"])
    rows: list[Row | Panel] = []
    for group in get_args(LeverGroup):
        own = [row for row in result.levers if lever_group(row.lever) == group]
        if own:
            rows.append(Panel(say(group), rule_above=bool(rows)))
        rows += [row for lever in own for row in _rows(lever, known, say)]
    return Table("", (headings,), tuple(rows), _notes(result, say))


def _rows(lever: Lever, known: bool, say: Say) -> Iterator[Row]:
    """The lever with its numbers; below, its proxy with the interval."""
    tested, columns = lever.tested, 4 + known
    cells = _cells(tested, known) if tested else (BLANK,) * columns
    verdict = Words(say(lever.verdict))
    yield Row(lever.lever, say.label(lever.lever), (*cells, verdict))
    proxy = say.study.lever_proxies.get(lever.lever)
    if proxy is not None:
        below = _interval(tested) if tested else BLANK
        label = f"\u2003{say.label(proxy)}"
        yield Row(f"{lever.lever}/proxy", label, (below, *(BLANK,) * columns))


def _cells(tested: Tested, known: bool) -> tuple[Cell, ...]:
    interaction = tested.interaction
    return (
        Coefficient(interaction, alone=True),
        PValue(tested.single_p),
        PValue(interaction.decides),
        Number(tested.detectable, "coefficients"),
        *((Number(tested.truth, "coefficients"),) if known else ()),
    )


def _interval(tested: Tested) -> Cell:
    return Range(tested.interaction.low, tested.interaction.high, open=True)


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    return (
        notes.STARS,
        _method(result, say),
        *levers.timing(say, result.timing, result.model.treatment),
        say("not_causal_short"),
        *notes.data(say, result.data),
        say("sources", sources=say.clauses(_sources(result, say))),
    )


def _method(result: Result, say: Say) -> str:
    tests = result.tests
    if not tests:
        return say("no_test")
    single = result.single_level or 0.0
    fields = {
        "treatment": say.label(result.model.treatment),
        "outcome": say.label(result.model.outcome),
        "beside": say("with_controls" if result.model.controls else "without_controls"),
        "provinces": span(test.rows.units for test in tests),
        "tests": len(tests),
        "draws": result.draws.used,
        "seed": result.draws.seed,
        "outcomes": result.simulated,
        "level": say.level(),
        "size": say.level(SIZE),
    }
    return say.sentences(
        [
            say("method", **fields),
            say("adjusted", **fields),
            say("verdicts", **fields),
            say("detected", **fields, single=f"{single:.2g}", power=say.level(result.power)),
            say("not_tested", missing=percent(result.most_missing, 0)),
        ]
    )


def _sources(result: Result, say: Say) -> Iterator[str]:
    """Where each proxy comes from, and why a lever was not tested."""
    for row in result.levers:
        lever = say.study.levers[row.lever]
        text = lever.source or lever.untestable
        if row.untestable and row.untestable.reason != "declared":
            yield f"{row.lever.upper()} {_reason(row.untestable, say)}"
        elif text is not None:
            yield f"{row.lever.upper()} {text.in_language(say.language)}"


def _reason(untestable: Untestable, say: Say) -> str:
    key = f"reason_{untestable.reason}"
    return say(key, missing=untestable.missing, cells=untestable.cells)
