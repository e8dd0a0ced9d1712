"""The table of moderated mediation: a column a pair of lever and mechanism."""

from collections.abc import Sequence

from pipeline.methods.levers.moderated_mediation.result import Pair, Result
from pipeline.methods.levers.moderated_mediation.spec import ModeratedMediationTable
from pipeline.report import levers, notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import (
    Coefficient,
    Heading,
    PValue,
    Range,
    Row,
    Table,
    cells_of,
    numbered,
)
from pipeline.results.estimate import Estimate

_PATHS = ("a", "b", "direct")
_ALONG = ("low", "middle", "high", "index")


def table(result: Result, spec: ModeratedMediationTable, say: Say) -> Table:
    """Rows: the paths with their changes and tests, a x b along the lever, its index, the foot."""
    columns = result.columns
    named = [f"{say.label(c.lever)} → {say.label(c.mechanism)}" for c in columns]
    rows = [
        *(row for path in _PATHS for row in _path(path, columns, say)),
        *(row for key in _ALONG for row in _indirect(key, columns, say)),
    ]
    headings = (numbered(len(columns)), tuple(map(Heading, named)))
    return Table("", headings, (*rows, *foot(columns, say)), _notes(result, say))


def _path(path: str, columns: Sequence[Pair], say: Say) -> list[Row]:
    """A path at the lever's mean, its change, and the p-value of the change."""
    means = tuple(Coefficient(getattr(c, path).mean) for c in columns)
    row = Row(f"{path}/mean", say(f"{path}_mean"), means)
    changes: list[Estimate | None] = [getattr(c, path).change for c in columns]
    if not any(changes):
        return [row]
    cells = cells_of(changes, Coefficient)
    tests = cells_of(changes, lambda e: PValue(e.few))
    return [
        row,
        Row(f"{path}/change", say(f"{path}_change"), cells),
        Row(f"{path}/p", say(f"{path}_p"), tests),
    ]


def _indirect(key: str, columns: Sequence[Pair], say: Say) -> list[Row]:
    """a x b at a value of the lever, or its index, and the interval."""
    found: list[Estimate | None] = [getattr(c, key) for c in columns]
    if not any(found):
        return []
    ranges = cells_of(found, lambda e: Range(e.low, e.high))
    return [
        Row(key, say(key), cells_of(found, Coefficient)),
        Row(f"{key}/interval", say("interval", level=say.level()), ranges),
    ]


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    draws = result.draws
    method = say(
        "method",
        level=say.level(),
        draws=draws.asked,
        dropped=draws.dropped,
        seed=draws.seed,
        wild=result.wild,
    )
    return (
        *notes.clustered(say, [c.rows for c in result.columns]),
        notes.STARS,
        method,
        *notes.withheld(say, result.draws),
        *levers.timing(say, result.timing, result.columns[0].model.treatment),
        say("not_causal_short"),
        *notes.data(say, result.data),
    )
