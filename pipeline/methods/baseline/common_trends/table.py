"""The table of the coefficient against common trends: one row a method."""

from pipeline.methods.baseline.common_trends.result import ENOUGH, WEAK, Companion, Result
from pipeline.methods.baseline.common_trends.spec import CommonTrendsTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Count,
    Heading,
    Number,
    PValue,
    Range,
    Row,
    Table,
    Words,
)
from pipeline.results.estimate import SIZE

_COLUMNS = 5


def table(result: Result, spec: CommonTrendsTable, say: Say) -> Table:
    """The headline's model, then its companions; below, what the residuals say, and the verdict."""
    heads = [say("coefficient"), say("error"), say("p"), say("interval", level=say.level())]
    headings = (tuple(map(Heading, [*heads, say("provinces")])),)
    rows = [_companion(c, result, say) for c in result.companions]
    rows += _diagnostics(result, say)
    verdict = Words(say(result.verdict))
    rows.append(Row("verdict", say("verdict"), (verdict, *_blank(_COLUMNS - 1)), rule_above=True))
    return Table(say("method"), headings, tuple(rows), _notes(result, spec, say))


def _companion(companion: Companion, result: Result, say: Say) -> Row:
    label = label_of(companion, result, say)
    units = Count(companion.units)
    found = companion.estimate
    if found is None:
        reason = Words(say(f"refused_{companion.reason}"))
        return Row(companion.key, label, (reason, *_blank(_COLUMNS - 2), units))
    cells: tuple[Cell, ...] = (
        Coefficient(found, alone=True),
        Number(found.error, "coefficients", brackets=True),
        PValue(found.decides),
        Range(found.low, found.high),
        units,
    )
    return Row(companion.key, label, cells)


def label_of(companion: Companion, result: Result, say: Say) -> str:
    """The name of a method; what it found is part of it only where it was used."""
    if companion.estimate is None:
        return say(f"{companion.key}_refused")
    return say(companion.key, factors=result.factors, groups=result.groups)


def _diagnostics(result: Result, say: Say) -> list[Row]:
    """p-values of what the model takes for granted; a test that cannot be made has no row."""
    d = result.diagnostics
    dependence = "dependence_beside" if d.factors else "dependence"
    shown = {dependence: d.dependence_p, "serial": d.serial_p, "slopes": d.slopes_p}
    kept = {key: p for key, p in shown.items() if p is not None}
    cells = {key: (*_blank(2), PValue(p), *_blank(_COLUMNS - 3)) for key, p in kept.items()}
    return [
        Row(key, say(key, factors=d.factors), row, rule_above=i == 0)
        for i, (key, row) in enumerate(cells.items())
    ]


def sample_of(result: Result) -> dict[str, int]:
    """The model's rows in numbers."""
    rows = result.rows
    return {
        "observations": rows.observations,
        "provinces": rows.units,
        "first": rows.first_year,
        "last": rows.last_year,
    }


def _blank(number: int) -> tuple[Cell, ...]:
    return (BLANK,) * number


def _notes(result: Result, spec: CommonTrendsTable, say: Say) -> tuple[notes.Note, ...]:
    model = result.model
    judged = [(c.estimate, c.units) for c in result.companions if c.estimate]
    labels = {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}
    return (
        say(
            "model",
            **labels,
            **sample_of(result),
            controls=say.labels(model.controls) or say("no_controls"),
        ),
        notes.STARS,
        *notes.tests(say, judged),
        say("methods", most=spec.most),
        say("rule", size=say.level(SIZE), enough=ENOUGH, weak=say.number(WEAK, 2)),
        say("cautions"),
        *notes.few(say, [result.rows]),
        *notes.carried(say, [result.carrier]),
        *notes.data(say, result.data),
    )
