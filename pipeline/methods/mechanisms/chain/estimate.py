"""Mechanisms in chains."""

from pipeline.methods.mechanisms.chain.result import Chain, Result
from pipeline.methods.mechanisms.chain.spec import ChainTable
from pipeline.models.prepared import prepare
from pipeline.models.replicates import Replicates, replicate
from pipeline.models.task import Task
from pipeline.results.estimate import Estimate


def estimate(task: Task[ChainTable]) -> Result:
    """Paths through the first alone, the second alone and both, and the direct effect, which add up
    to the total."""
    mediators = list(dict.fromkeys(m for pair in task.spec.chains for m in pair))
    prepared = prepare(task, task.model(task.spec.model), mediators)
    replicates = replicate(prepared, jointly=True)
    places = {m: k for k, m in enumerate(mediators)}
    return Result(
        data=task.facts(prepared.frame.columns),
        model=prepared.model,
        rows=prepared.rows,
        chains=[_chain(replicates, places, pair) for pair in task.spec.chains],
        draws=replicates.record,
    )


def _chain(replicates: Replicates, places: dict[str, int], pair: list[str]) -> Chain:
    first, second = pair
    boot = replicates.bootstrap
    at = places[first], places[second]
    points, draws = replicates.point.chain(*at), replicates.draws.chain(*at)

    def path(name: str) -> Estimate:
        return boot.estimate(float(points[name][0]), draws[name])

    total = boot.estimate(float(replicates.point.total[0]), replicates.draws.total)
    return Chain(first, second, path("first"), path("second"), path("both"), path("direct"), total)
