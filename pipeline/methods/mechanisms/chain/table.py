"""The table of chains: one column a chain, its paths with their intervals."""

from pipeline.methods.mechanisms.chain.result import Result
from pipeline.methods.mechanisms.chain.spec import ChainTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import Coefficient, Heading, Range, Row, Table, numbered
from pipeline.results.estimate import Estimate


def table(result: Result, spec: ChainTable, say: Say) -> Table:
    """Rows: the paths through the first mechanism alone, the second alone and both, the direct
    effect, the total."""
    chains = result.chains
    names = [f"{say.label(c.first)} → {say.label(c.second)}" for c in chains]
    model = result.model
    labels = {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}
    rows = [
        *_path("through_first", [c.through_first for c in chains], say),
        *_path("through_second", [c.through_second for c in chains], say),
        *_path("through_both", [c.through_both for c in chains], say),
        *_path("direct", [c.direct for c in chains], say),
        Row("total", say("total", **labels), tuple(Coefficient(c.total) for c in chains)),
        *foot([result] * len(chains), say),
    ]
    told = (
        notes.BELOW,
        *notes.bootstrap(say, result.draws, key="bootstrap_only_errors"),
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
