"""The table of methods for few clusters: one column a model, one row a method."""

from collections.abc import Callable

from pipeline.methods.mechanisms.few_clusters.result import Column, LeftOut, Result
from pipeline.methods.mechanisms.few_clusters.spec import FewClustersTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.numbers import span
from pipeline.report.say import Say
from pipeline.report.table import (
    Cell,
    Coefficient,
    Heading,
    Number,
    PValue,
    Range,
    Row,
    Table,
    Words,
    numbered,
)


def table(result: Result, spec: FewClustersTable, say: Say) -> Table:
    """Rows: the coefficient, its p-values and intervals by each method, and what leaving one unit
    out does to it."""
    columns = result.columns
    headings = (numbered(len(columns)), tuple(Heading(_heading(c, say)) for c in columns))
    rows = [_coefficient(result, say), *_tests(columns, say), *_left_out(columns, say)]
    return Table("", headings, (*rows, *foot(columns, say)), _notes(result, say))


def _heading(column: Column, say: Say) -> str:
    model = column.model
    return model.label.in_language(say.language) if model.label else say.label(model.outcome)


def _treatments(result: Result) -> list[str]:
    return list(dict.fromkeys(c.model.treatment for c in result.columns))


def _coefficient(result: Result, say: Say) -> Row:
    treatments = _treatments(result)
    label = say.label(treatments[0]) if len(treatments) == 1 else say("own_treatment")
    return Row("treatment", label, tuple(Coefficient(c.estimate) for c in result.columns))


def _tests(columns: list[Column], say: Say) -> list[Row]:
    """A row a method; one that applies to no column is left out."""

    def row(key: str, cell: Callable[[Column], Cell], label: str = "") -> Row:
        return Row(key, label or say(key), tuple(map(cell, columns)))

    rows = [row("crv1_p", lambda c: PValue(c.estimate.p))]
    if any(c.cr2 for c in columns):
        rows.append(row("cr2_error", lambda c: Number(c.cr2.error if c.cr2 else None)))
        rows.append(row("cr2_p", lambda c: PValue(c.cr2.p if c.cr2 else None)))
    if any(c.crv3 for c in columns):
        rows.append(row("crv3_error", lambda c: Number(c.crv3.error if c.crv3 else None)))
        rows.append(row("crv3_p", lambda c: PValue(c.crv3.p if c.crv3 else None)))
    interval = say("interval_wild", level=say.level())
    rows += [
        row("wcr11_p", lambda c: PValue(c.wcr11_p)),
        row("interval", lambda c: Range(c.interval.low, c.interval.high, open=True), interval),
        row("wcr31_p", lambda c: PValue(c.wcr31_p)),
    ]
    if any(c.permutation_p is not None for c in columns):
        rows.append(row("permutation_p", lambda c: PValue(c.permutation_p)))
    return rows


def _left_out(columns: list[Column], say: Say) -> list[Row]:
    """The range of the coefficient without one unit, and the units at its ends."""

    def named(left: LeftOut) -> Words:
        return Words(say("left_out", value=say.number(left.value), unit=say.province(left.unit)))

    ranges = tuple(Range(c.lowest.value, c.highest.value) for c in columns)
    return [
        Row("left_out", say("left_out_range"), ranges),
        Row("left_out/lowest", say("left_out_lowest"), tuple(named(c.lowest) for c in columns)),
        Row("left_out/highest", say("left_out_highest"), tuple(named(c.highest) for c in columns)),
    ]


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    columns, treatments = result.columns, _treatments(result)
    out: list[notes.Note] = []
    if len(treatments) > 1:
        own = [f"({i}) {say.label(c.model.treatment)}" for i, c in enumerate(columns, start=1)]
        out.append(say("own_treatments", treatments=say.list(own)))
    out += [*notes.clustered(say, [c.rows for c in columns]), notes.STARS]
    out += [_methods(result, say), *notes.leverage(say, [c.leverage for c in columns])]
    out += [text for i, c in enumerate(columns, start=1) for text in _needed(i, c, say)]
    return (*out, *notes.data(say, result.data))


def _methods(result: Result, say: Say) -> str:
    """What the tests are, of those that the table has."""
    told = []
    if any(c.cr2 for c in result.columns):
        told.append(say("how_cr2"))
    if any(c.crv3 for c in result.columns):
        told.append(say("jackknife"))
    weights = say(result.weights)
    told.append(say("wild", weights=weights, draws=span(result.draws), seed=result.seed))
    if any(c.permutation_p is not None for c in result.columns):
        treatments = say.labels(_treatments(result))
        told.append(say("permuted", treatments=treatments, permutations=result.permutations))
    return say.sentences(told)


def _needed(number: int, column: Column, say: Say) -> list[str]:
    """Units that cannot be left out: one alone carries the treatment, or another part of the model
    rests on it."""
    others = [unit for unit in column.needed if unit not in column.carriers]
    place = say("column_ref", column=number)
    treatment = say.label(column.model.treatment)
    told = []
    if column.carriers:
        units = say.provinces(column.carriers)
        told.append(say("carriers", column=place, units=units, treatment=treatment))
    if others:
        told.append(say("needed", column=place, units=say.provinces(others)))
    return told
