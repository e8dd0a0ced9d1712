"""The table of spatial autocorrelation: a row a year."""

from pipeline.methods.distribution.moran.result import Result
from pipeline.methods.distribution.moran.spec import MoranTable
from pipeline.report import notes
from pipeline.report.left_out import left_out
from pipeline.report.numbers import span
from pipeline.report.say import Say
from pipeline.report.table import Cell, Coefficient, Heading, Number, PValue, Row, Table
from pipeline.results.estimate import Estimate


def table(result: Result, spec: MoranTable, say: Say) -> Table:
    """A row a year: Moran's I and Geary's C, each with z and its permutation p."""
    heads = (say("moran"), say("z"), say("p"), say("geary"), say("z"), say("p"))
    rows = tuple(
        Row(str(y.year), str(y.year), (*_cells(y.moran), *_cells(y.geary))) for y in result.years
    )
    told = [notes.STARS, _note(result, say), *left_out(say, result.left_out)]
    told += notes.data(say, result.data)
    return Table(say("year"), (tuple(map(Heading, heads)),), rows, tuple(told))


def _cells(estimate: Estimate) -> tuple[Cell, ...]:
    z, p = Number(estimate.statistic, "t"), PValue(estimate.decides)
    return (Coefficient(estimate, alone=True), z, p)


def _note(result: Result, say: Say) -> str:
    told = say(
        "tests",
        island=say("island") if result.hainan else "",
        units=span(y.units for y in result.years),
        draws=result.draws,
        seed=result.seed,
    )
    alone = [
        say("alone_in", year=y.year, units=say.provinces(y.alone)) for y in result.years if y.alone
    ]
    return say.sentences([told, say("alone", parts=say.clauses(alone)) if alone else ""])
