"""The quantile table: location, scale, one column a quantile."""

from pipeline.methods.baseline.quantiles.result import Result
from pipeline.methods.baseline.quantiles.spec import QuantilesTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import Coefficient, Heading, Range, Row, Table, numbered


def table(result: Result, spec: QuantilesTable, say: Say) -> Table:
    """The treatment in every column, its interval below, then the foot."""
    found = [result.location, result.scale, *(q.treatment for q in result.quantiles)]
    named = [say("location"), say("scale"), *(say("tau", tau=q.tau) for q in result.quantiles)]
    rows = [
        Row(
            result.model.treatment,
            say.label(result.model.treatment),
            tuple(map(Coefficient, found)),
        ),
        Row(
            "interval",
            say("interval", level=say.level()),
            tuple(Range(e.low, e.high) for e in found),
        ),
    ]
    headings = (numbered(len(found)), tuple(map(Heading, named)))
    return Table("", headings, (*rows, *foot([result] * len(found), say)), _notes(result, say))


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    draws = result.draws
    told = [
        say(
            "method",
            level=say.level(),
            draws=draws.asked,
            dropped=draws.dropped,
            seed=draws.seed,
        )
    ]
    if result.not_positive:
        told.append(say("not_positive", share=result.not_positive))
    return (
        notes.STARS,
        notes.BELOW,
        say.sentences(told),
        *notes.withheld(say, draws),
        *notes.data(say, result.data),
    )
