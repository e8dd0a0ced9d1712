"""The table of chains: one column a chain, its paths with their intervals."""

from pipeline.methods.mechanisms.chain.result import Result
from pipeline.methods.mechanisms.chain.spec import ChainTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import Coefficient, Heading, Range, Row, Table, numbered
from pipeline.results.estimate import Estimate

_PATHS = ("through_first", "through_second", "through_both", "direct")


def table(result: Result, spec: ChainTable, say: Say) -> Table:
    """Rows: the paths through the first mechanism alone, the second alone and both, the direct
    effect, the total."""
    chains = result.chains
    names = [f"{say.label(c.first)} → {say.label(c.second)}" for c in chains]
    model = result.model
    labels = {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}
    paths = [row for key in _PATHS for row in _path(key, [getattr(c, key) for c in chains], say)]
    rows = [
        *paths,
        Row("total", say("total", **labels), tuple(Coefficient(c.total) for c in chains)),
        *foot([result] * len(chains), say),
    ]
    told = (
        notes.BELOW,
        *notes.bootstrap(say, result.draws, key="bootstrap_only"),
        notes.bootstrap_errors(say, _PATHS, say("every_estimate")),
        say("chain", **labels),
        say("not_causal_short"),
        *notes.data(say, result.data),
    )
    return Table("", (numbered(len(chains)), tuple(map(Heading, names))), tuple(rows), told)


def _path(key: str, paths: list[Estimate], say: Say) -> list[Row]:
    """A path's estimates with their intervals below."""
    return [
        Row(key, say(key), tuple(map(Coefficient, paths))),
        Row(
            f"{key}/interval",
            say("interval", level=say.level()),
            tuple(Range(e.low, e.high) for e in paths),
        ),
    ]
