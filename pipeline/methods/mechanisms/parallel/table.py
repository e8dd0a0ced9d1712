"""The table of mechanisms in parallel: a column a mechanism, then all together."""

from pipeline.methods.mechanisms.parallel.result import Part, Result
from pipeline.methods.mechanisms.parallel.spec import ParallelTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Heading,
    Number,
    Percent,
    PValue,
    Range,
    Row,
    Table,
    cells_of,
    numbered,
)


def table(result: Result, spec: ParallelTable, say: Say) -> Table:
    """Rows: a, b, a x b with interval, share and correlations; then direct, total and the joint
    test of all b."""
    names = [*(say.label(p.mediator) for p in result.parts), say("together")]
    rows = [*_parts(result, say), *_correlations(result, say), *_whole(result, say)]
    rows += foot([result] * len(names), say)
    headings = (numbered(len(names)), tuple(map(Heading, names)))
    return Table("", headings, tuple(rows), _notes(result, say))


def _labels(result: Result, say: Say) -> dict[str, str]:
    model = result.model
    return {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}


def _parts(result: Result, say: Say) -> list[Row]:
    """What each mechanism has, and what they have together."""
    labels, parts = _labels(result, say), result.parts
    indirect = [*(p.indirect for p in parts), result.together]
    percentile = [*(p.percentile for p in parts), result.together.interval]
    return [
        Row("a", say("path_a", **labels), (*(Coefficient(p.a) for p in parts), BLANK)),
        Row("b", say("path_b", **labels), (*(Coefficient(p.b) for p in parts), BLANK)),
        Row("indirect", say("indirect"), tuple(map(Coefficient, indirect))),
        Row(
            "interval/ellipse",
            say("interval_ellipse", level=say.level()),
            (*(Range(p.indirect.low, p.indirect.high) for p in parts), BLANK),
        ),
        Row(
            "interval/percentile",
            say("interval_percentile", level=say.level()),
            cells_of(percentile, lambda i: Range(i.low, i.high)),
        ),
        Row("share", say("share"), tuple(Percent(result.share(e)) for e in indirect)),
    ]


def _correlations(result: Result, say: Say) -> list[Row]:
    """One row a mechanism: its a x b with those of the others."""

    def cell(part: Part, other: str) -> Cell:
        return Number(part.correlations[other]) if other in part.correlations else BLANK

    names = [p.mediator for p in result.parts]
    return [
        Row(
            f"correlation/{name}",
            say("correlation", other=say.label(name)),
            (*(cell(p, name) for p in result.parts), BLANK),
        )
        for name in names
    ]


def _whole(result: Result, say: Say) -> list[Row]:
    """What stands in the last column alone."""
    labels, before = _labels(result, say), (BLANK,) * len(result.parts)
    return [
        Row("direct", say("direct_given", **labels), (*before, Coefficient(result.direct))),
        Row("total", say("total", **labels), (*before, Coefficient(result.total))),
        Row("joint", say("joint_b"), (*before, PValue(result.joint_p))),
    ]


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    return (
        *notes.clustered(say, [result.rows]),
        notes.STARS,
        *notes.tests(say, [(e, result.rows.units) for p in result.parts for e in (p.a, p.b)]),
        *notes.of_products(say, result.draws, ["indirect", "direct"], say("indirect_and_direct")),
        say("gelbach"),
        *notes.carried(say, [result.carrier]),
        *notes.data(say, result.data),
    )
