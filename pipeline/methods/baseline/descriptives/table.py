"""The table of summary statistics."""

from pipeline.methods.baseline.descriptives.result import Result, Summary
from pipeline.methods.baseline.descriptives.spec import DescriptivesTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import Cell, Count, Heading, Row, Table
from pipeline.report.table import Summary as Printed

_SHOWN = ("mean", "sd", "between", "within", "min", "median", "max")


def table(result: Result, spec: DescriptivesTable, say: Say) -> Table:
    """One row a variable, one column a statistic."""
    headings = tuple(Heading(say(key)) for key in ("n", *_SHOWN))
    rows = tuple(
        Row(name, _named(name, say), _cells(summary)) for name, summary in result.variables.items()
    )
    return Table(say("variable"), (headings,), rows, tuple(notes.data(say, result.data)))


def _named(name: str, say: Say) -> str:
    """The label with its unit."""
    unit = say.study.unit(name, say.language)
    return say("with_unit", label=say.label(name), unit=unit) if unit else say.label(name)


def _cells(summary: Summary) -> tuple[Cell, ...]:
    return (Count(summary.n), *(Printed(getattr(summary, key)) for key in _SHOWN))
