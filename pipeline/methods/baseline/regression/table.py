"""The regression table: coefficients, controls and effects, observations and fit."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.methods.baseline.regression.result import Result, Unfilled
from pipeline.methods.baseline.regression.spec import RegressionTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Heading,
    PValue,
    Row,
    Table,
    cells_of,
    merged,
    numbered,
)
from pipeline.results.estimate import Estimate
from pipeline.results.rows import Regression


def table(result: Result, spec: RegressionTable, say: Say) -> Table:
    """One column a model. Rows: the treatment, other terms in order of appearance, the constant
    last."""
    columns = result.columns
    headings = [numbered(len(columns))]
    labels = [c.model.label.in_language(say.language) if c.model.label else "" for c in columns]
    if any(labels):
        headings.append(tuple(map(Heading, labels)))
    headings.append(merged([say.label(c.model.outcome) for c in columns]))
    rows = [*_treatments(result, spec, say), *_controls(result, spec, say), *_constant(result, say)]
    return Table("", tuple(headings), (*rows, *foot(columns, say)), _notes(result, spec, say))


def _treatments(result: Result, spec: RegressionTable, say: Say) -> list[Row]:
    """A row a treatment; an aligned table has one for whatever treats each column."""
    columns = result.columns
    if spec.align:
        label = say.label(say.study.spec.roles.treatment)
        return _pair("treatment", label, result, {c.model.treatment for c in columns})
    names = dict.fromkeys(c.model.treatment for c in columns)
    shown = [n for n in names if spec.show is None or n in spec.show]
    return [row for name in shown for row in _pair(name, say.label(name), result, {name})]


def _pair(key: str, label: str, result: Result, names: set[str]) -> list[Row]:
    """A treatment's coefficients and, where asked for, the p-values of the second test below
    them."""
    own = [c.treatment if c.model.treatment in names else None for c in result.columns]
    others = [
        next((e for n, e in c.coefficients.items() if n in names), None) for c in result.columns
    ]
    found = [a or b for a, b in zip(own, others, strict=True)]
    cells = tuple(Coefficient(e) if e else BLANK for e in found)
    if result.brackets is None:
        return [Row(key, label, cells)]
    second = zip(own, result.second, strict=True)
    below = cells_of([p if e else None for e, p in second], lambda p: PValue(p, brackets=True))
    return [Row(key, label, cells), Row(f"{key}/brackets", "", below)]


def _controls(result: Result, spec: RegressionTable, say: Say) -> list[Row]:
    # The first row of an aligned table holds a variable only where it treats the column.
    above = set() if spec.align else {c.model.treatment for c in result.columns}
    names = dict.fromkeys(v for c in result.columns for v in c.model.controls)
    shown = [n for n in names if n not in above and (spec.show is None or n in spec.show)]
    return [Row(n, say.label(n), tuple(_cell(c, n) for c in result.columns)) for n in shown]


def _cell(column: Regression, name: str) -> Cell:
    found = column.coefficients.get(name) if name in column.model.controls else None
    return Coefficient(found) if found else BLANK


def _constant(result: Result, say: Say) -> list[Row]:
    if all(c.constant is None for c in result.columns):
        return []
    cells = tuple(Coefficient(c.constant) if c.constant else BLANK for c in result.columns)
    return [Row("constant", say("constant"), cells)]


def _notes(result: Result, spec: RegressionTable, say: Say) -> tuple[notes.Note, ...]:
    out: list[notes.Note] = []
    if spec.align:
        shown = [
            f"({i}) {say.label(c.model.treatment)}" for i, c in enumerate(result.columns, start=1)
        ]
        out.append(say("aligned", treatments=say.list(shown)))
    out += notes.clustered(say, [c.rows for c in result.columns])
    out += [notes.STARS, *notes.tests(say, _judged(result.columns))]
    out += [*_brackets(result, say), *notes.r2(say, [c.fit for c in result.columns])]
    out += notes.leverage(say, [c.leverage for c in result.columns])
    out += notes.few(say, [c.rows for c in result.columns])
    out += notes.carried(say, [c.carrier for c in result.columns])
    out += notes.data(say, result.data)
    return (*out, *_unfilled(result.unfilled, say))


def _judged(columns: Sequence[Regression]) -> list[tuple[Estimate, int]]:
    """Every coefficient with the clusters of its column."""
    return [(e, c.rows.units) for c in columns for e in c.coefficients.values()]


def _brackets(result: Result, say: Say) -> list[notes.Note]:
    """What stands in brackets, and how it is made where no coefficient is judged by it."""
    test = result.brackets
    if test is None:
        return []
    here = [
        (replace(c.treatment, few=p, test=test), c.rows.units)
        for c, p in zip(result.columns, result.second, strict=True)
        if c.treatment.test != test
    ]
    told = say("brackets", test=say(f"test_{test}"))
    return [say.sentences([told, *map(str, notes.tests(say, here))])]


def _unfilled(unfilled: Unfilled | None, say: Say) -> list[notes.Note]:
    if unfilled is None:
        return []
    if unfilled.again is None:
        return [say("unfilled_impossible")]
    return [
        say(
            "unfilled",
            estimate=say.number(unfilled.again.value, 4),
            error=say.number(unfilled.again.error, 4),
            observations=unfilled.observations,
            dropped=unfilled.dropped,
            filled=say.number(unfilled.filled, 4),
        )
    ]
