"""The table of minimum detectable effects: one row a quantity."""

from collections.abc import Iterable, Iterator

from pipeline.methods.levers.power.result import Detectable, Result
from pipeline.methods.levers.power.spec import PowerTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import Heading, Number, Panel, Percent, Row, Table
from pipeline.results.estimate import SIZE


def table(result: Result, spec: PowerTable, say: Say) -> Table:
    """The treatment, the indirect effects, the interactions, each under its heading."""
    labels = {
        "treatment": say.label(result.model.treatment),
        "outcome": say.label(result.model.outcome),
    }
    rows: list[Row | Panel] = [
        Panel(say("effect", **labels)),
        _row("total", say("total", **labels), result.total),
    ]
    for key, found in (("indirect", result.indirect), ("interactions", result.interactions)):
        if found:
            rows.append(Panel(say(key, **labels), rule_above=True))
        rows += [_row(name, say.label(name), one) for name, one in found.items()]
    headings = tuple(Heading(say(head)) for head in ("estimate", "error", "detectable", "size"))
    return Table(say("quantity"), (headings,), tuple(rows), _notes(result, say))


def _row(key: str, label: str, found: Detectable) -> Row:
    estimate = found.estimate
    cells = (
        Number(estimate.value),
        Number(estimate.error, brackets=True),
        Number(found.least),
        Percent(found.size),
    )
    return Row(key, label, cells)


def _tests(result: Result, say: Say) -> Iterator[str]:
    """The tests that decide, those of the interactions after the others."""
    yield _named([result.total, *result.indirect.values()], say)
    if result.interactions:
        yield say("tests_interactions", tests=_named(result.interactions.values(), say))


def _named(found: Iterable[Detectable], say: Say) -> str:
    return say.list(
        say(f"test_{test}") for test in dict.fromkeys(t for f in found for t in f.tests)
    )


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    every = [result.total, *result.indirect.values(), *result.interactions.values()]
    method = say(
        "method",
        size=say.level(SIZE),
        power=say.level(result.power),
        tests=say.clauses(_tests(result, say)),
        draws=result.draws.used,
        seed=result.draws.seed,
    )
    joint = say("method_indirect") if result.indirect else ""
    return (
        *notes.clustered(say, [one.rows for one in every], below=False),
        say.sentences([method, say("method_size"), joint]),
        *notes.data(say, result.data),
    )
