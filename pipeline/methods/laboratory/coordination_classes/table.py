"""The table of classes of coordination: one row a class."""

from pipeline.methods.laboratory.coordination_classes.result import Class, Result
from pipeline.methods.laboratory.coordination_classes.spec import CoordinationTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import Count, Heading, Number, Row, Table


def table(result: Result, spec: CoordinationTable, say: Say) -> Table:
    """One row a class, lowest first, with its number of units in each year; the mean degree at the
    foot."""
    heads = tuple(Heading(str(y.year)) for y in result.years)
    rows = [Row(c.code, _label(c, result, say), tuple(map(Count, c.units))) for c in result.classes]
    means = tuple(Number(y.mean_degree) for y in result.years)
    foot = Row("mean_degree", say("mean_degree"), means, rule_above=True)
    told = (say("degree"), *notes.data(say, result.data))
    return Table(say("class"), (heads,), (*rows, foot), told)


def _label(of: Class, result: Result, say: Say) -> str:
    """The class with its span, closed at the top for the highest."""
    key = "span_closed" if of is result.classes[-1] else "span"
    return say(key, name=say(of.code), low=f"{of.low:.1f}", high=f"{of.high:.1f}")
