"""The table of overlaps: one row a raw variable, a mark in each part that it enters."""

from collections.abc import Callable

from pipeline.methods.laboratory.overlap.result import Part, Result
from pipeline.methods.laboratory.overlap.spec import OverlapTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import BLANK, Cell, Coefficient, Count, Heading, Panel, Row, Table, Words
from pipeline.results.rows import Regression

_MARK = Words("×")
# Parts of one variable go by its name, the others by their role.
_SINGLE = ("treatment", "outcome", "mediator")


def table(result: Result, spec: OverlapTable, say: Say) -> Table:
    """Indicators above, scales below, at the foot the coefficient without shared indicators."""
    parts = result.parts
    heads = tuple(Heading(_name(part, say)) for part in parts)
    rows: list[Row | Panel] = []
    for v in result.indicators:
        key = "in_several" if v in result.several else "in_one"
        label = say(key, indicator=say.label(v))
        rows.append(Row(v, label, _marks(parts, v, lambda part: part.indicators)))
    if result.scales:
        rows.append(Panel(say("scales"), rule_above=True))
    for v in result.scales:
        rows.append(Row(v, say.label(v), _marks(parts, v, lambda part: part.scales)))
    if result.without is not None:
        rows += _foot(result.without, len(parts), say)
    return Table(say("raw_indicator"), (heads,), tuple(rows), tuple(_notes(result, say)))


def _name(part: Part, say: Say) -> str:
    return say.label(part.variables[0]) if part.role in _SINGLE else say(part.role)


def _marks(parts: list[Part], v: str, held: Callable[[Part], list[str]]) -> tuple[Cell, ...]:
    """A mark in each part that holds a raw variable."""
    return tuple(_MARK if v in held(part) else BLANK for part in parts)


def _foot(without: Regression, width: int, say: Say) -> list[Row]:
    blank: tuple[Cell, ...] = (BLANK,) * (width - 1)
    coefficient: tuple[Cell, ...] = (Coefficient(without.treatment), *blank)
    observations: tuple[Cell, ...] = (Count(without.rows.observations), *blank)
    return [
        Row("without", say("without"), coefficient, rule_above=True),
        Row("observations", say("observations"), observations),
    ]


def _notes(result: Result, say: Say) -> list[notes.Note]:
    told: list[notes.Note] = [_note(result, say)]
    if result.without is not None:
        rows = [result.without.rows]
        told += [*notes.clustered(say, rows), notes.STARS]
        told += notes.tests(say, [(result.without.treatment, result.without.rows.units)])
        told += notes.few(say, rows)
    return [*told, *notes.data(say, result.data)]


def _note(result: Result, say: Say) -> str:
    told = [_indicators(result, say)]
    if result.several_scales:
        told.append(say("tied_by_scales", scales=say.labels(result.several_scales)))
    return say.sentences(told)


def _indicators(result: Result, say: Say) -> str:
    """Which indicators stand in several parts."""
    if not result.several:
        return say("none_in_several", count=len(result.indicators))
    told = [say("are_in_several", indicators=say.labels(result.several))]
    if result.acknowledged:
        told.append(say("acknowledged", indicators=say.labels(result.acknowledged)))
    return say.sentences(told)
