"""The table of intervals that carry the uncertainty of index weights."""

from pipeline.methods.mechanisms.index_uncertainty.result import Quantity, Result
from pipeline.methods.mechanisms.index_uncertainty.spec import IndexUncertaintyTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import Coefficient, Heading, Number, Range, Row, Table, numbered
from pipeline.results.estimate import Estimate


def table(result: Result, spec: IndexUncertaintyTable, say: Say) -> Table:
    """One column the total effect and each mechanism; rows: estimate, as it is and in SD, both
    intervals in SD, the ratio of their widths."""
    found = result.quantities
    names = tuple(Heading(_heading(q, result, say)) for q in found)
    estimates = tuple(Coefficient(Estimate(q.value), alone=True) for q in found)
    level = say.level()
    rows = [
        Row("estimate", say("total_or_indirect"), estimates),
        Row("standardised", say("in_sd"), tuple(Number(q.standardised) for q in found)),
        Row(
            "fixed",
            say("interval_fixed", level=level),
            tuple(Range(q.fixed.low, q.fixed.high) for q in found),
        ),
        Row(
            "rebuilt",
            say("interval_rebuilt", level=level),
            tuple(Range(q.rebuilt.low, q.rebuilt.high) for q in found),
        ),
        Row("ratio", say("ratio"), tuple(Number(q.ratio) for q in found)),
        *foot([result] * len(found), say),
    ]
    d = result.draws
    told = (
        say("same_draws", draws=d.asked, seed=d.seed, dropped=d.dropped),
        *notes.withheld(say, d),
        *notes.data(say, result.data),
    )
    return Table("", (numbered(len(found)), names), tuple(rows), told)


def _heading(quantity: Quantity, result: Result, say: Say) -> str:
    if quantity.mediator is not None:
        return say.label(quantity.mediator)
    model = result.model
    return say("total", treatment=say.label(model.treatment), outcome=say.label(model.outcome))
