"""The table of weights that could be known at the time: one column a state of knowledge."""

from pipeline.methods.laboratory.look_ahead.result import Result
from pipeline.methods.laboratory.look_ahead.spec import LookAheadTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import Coefficient, Heading, Number, Row, Table, numbered


def table(result: Result, spec: LookAheadTable, say: Say) -> Table:
    """The treatment's coefficient alone, as it is and in SD."""
    columns, treatment = result.columns, result.model.treatment
    heads = tuple(Heading(say(f"knows_{c.knowledge}")) for c in columns)
    coefficients = tuple(Coefficient(c.regression.treatment) for c in columns)
    standardised = tuple(Number(c.standardised) for c in columns)
    rows = [
        Row(treatment, say.label(treatment), coefficients),
        Row("standardised", say("standardised"), standardised),
    ]
    headings = (numbered(len(columns)), heads)
    return Table("", headings, (*rows, *foot(columns, say)), tuple(_notes(result, say)))


def _notes(result: Result, say: Say) -> list[notes.Note]:
    rows = [c.rows for c in result.columns]
    told: list[notes.Note] = [_note(result, say), *notes.clustered(say, rows), notes.STARS]
    told += notes.tests(say, [(c.regression.treatment, c.rows.units) for c in result.columns])
    told += notes.r2(say, [c.fit for c in result.columns])
    return [*told, *notes.few(say, rows), *notes.data(say, result.data)]


def _note(result: Result, say: Say) -> str:
    both = len(result.indices) == 2
    rebuilt = say("both_change" if both else "one_changes", index=say.labels(result.indices))
    largest = say("largest", largest=say.number(result.largest))
    return say.sentences([say("knowledge", base_year=result.base_year), rebuilt, largest])
