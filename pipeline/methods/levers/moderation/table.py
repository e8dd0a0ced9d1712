"""The moderation table: a column a lever, the treatment's effect along it."""

from collections.abc import Callable, Sequence

from pipeline.methods.levers.moderation.result import Moderation, Result
from pipeline.methods.levers.moderation.spec import ModerationTable
from pipeline.report import levers, notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Heading,
    Percent,
    PValue,
    Range,
    Row,
    Summary,
    Table,
    Words,
    numbered,
)
from pipeline.results.estimate import Estimate


def table(result: Result, spec: ModerationTable, say: Say) -> Table:
    """Rows: the interaction with its tests, the treatment along the lever, the lever, the foot."""
    columns = result.columns
    headings = (numbered(len(columns)), tuple(Heading(say.label(c.lever)) for c in columns))
    rows = [*_interaction(columns, say), *_effects(columns, say), *_shares(columns, say)]
    return Table("", headings, (*rows, *foot(columns, say)), _notes(result, say))


def _interaction(columns: Sequence[Moderation], say: Say) -> list[Row]:
    rows = [
        _row("interaction", columns, say, lambda c: Coefficient(c.interaction)),
        _row(
            "interaction_interval", columns, say, lambda c: Range(c.bootstrap.low, c.bootstrap.high)
        ),
        _row("wild", columns, say, lambda c: PValue(c.interaction.few)),
    ]
    if any(c.joint for c in columns):
        rows.append(_row("joint", columns, say, lambda c: _estimate(c.joint)))
    return rows


def _effects(columns: Sequence[Moderation], say: Say) -> list[Row]:
    return [
        _row("at_mean", columns, say, lambda c: Coefficient(c.at_mean)),
        _row("own", columns, say, lambda c: _own(c, say)),
        _row("low", columns, say, lambda c: Coefficient(c.low)),
        _row("middle", columns, say, lambda c: Coefficient(c.middle)),
        _row("high", columns, say, lambda c: Coefficient(c.high)),
    ]


def _shares(columns: Sequence[Moderation], say: Say) -> list[Row]:
    return [
        _row("positive", columns, say, lambda c: Percent(c.positive)),
        _row("negative", columns, say, lambda c: Percent(c.negative)),
        _row("mean", columns, say, lambda c: Summary(c.mean)),
        _row("sd", columns, say, lambda c: Summary(c.sd)),
    ]


def _row(
    key: str, columns: Sequence[Moderation], say: Say, cell: Callable[[Moderation], Cell]
) -> Row:
    label = say(key, treatment=say.label(columns[0].model.treatment), level=say.level())
    return Row(key, label, tuple(map(cell, columns)))


def _own(column: Moderation, say: Say) -> Cell:
    return Words(say("absorbed")) if column.own is None else Coefficient(column.own)


def _estimate(estimate: Estimate | None) -> Cell:
    return BLANK if estimate is None else Coefficient(estimate)


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    treatment, draws = result.columns[0].model.treatment, result.draws
    told = [
        say(
            "method",
            treatment=say.label(treatment),
            level=say.level(),
            draws=draws.asked,
            seed=draws.seed,
            wild=result.wild,
        )
    ]
    if draws.dropped:
        told.append(say("draws_dropped", dropped=draws.dropped))
    if any(c.own is None for c in result.columns):
        told.append(say("absorbed_note"))
    if result.joint_rows is not None:
        told.append(say("joint_note", observations=result.joint_rows))
    return (
        *notes.clustered(say, [c.rows for c in result.columns]),
        notes.STARS,
        say.sentences(told),
        *notes.withheld(say, result.draws),
        *levers.timing(say, result.timing, treatment),
        *notes.data(say, result.data),
    )
