"""Mechanisms in parallel: all mediators in one outcome equation."""

from dataclasses import replace

import numpy as np

from pipeline.inference.few_clusters.wild_joint import joint_model, joint_test
from pipeline.methods.mechanisms.parallel.result import Part, Result
from pipeline.methods.mechanisms.parallel.spec import ParallelTable
from pipeline.models.carrier import carrier
from pipeline.models.effects import product
from pipeline.models.few_clusters import judged, of_columns
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.replicates import Replicates, replicate
from pipeline.models.task import Task
from pipeline.results.estimate import Estimate, Interval


def estimate(task: Task[ParallelTable]) -> Result:
    """a_k, b_k, a_k b_k with its interval and share; total - direct = their sum.

    Correlations between the indirect effects are those of their bootstrap draws.
    """
    mediators = task.spec.mechanisms(task.study)
    prepared = prepare(task, task.model(task.spec.model), mediators)
    replicates = replicate(prepared, jointly=True)
    boot = replicates.bootstrap
    b_draws, direct_draws = replicates.draws.parallel()
    _, direct = replicates.point.parallel()
    products = replicates.draws.a * b_draws
    parts = _parts(prepared, replicates, np.atleast_2d(np.corrcoef(products)))
    return Result(
        data=task.facts(prepared.frame.columns),
        model=prepared.model,
        rows=prepared.rows,
        parts=parts,
        together=boot.estimate(sum(p.indirect.value for p in parts), products.sum(axis=0)),
        direct=boot.estimate(float(direct[0]), direct_draws),
        total=_total(prepared),
        joint_p=_joint(prepared),
        draws=replicates.record,
        carrier=carrier(prepared.frame, prepared.model),
    )


def _parts(
    prepared: Prepared, replicates: Replicates, correlation: np.ndarray[tuple[int, int]]
) -> list[Part]:
    task, model, mediators = prepared.task, prepared.model, prepared.mediators
    x, y = model.treatment, model.outcome
    joint = prepared.regress(y, [*mediators, *prepared.right])
    found = []
    for k, mediator in enumerate(mediators):
        others = [m for m in mediators if m != mediator]
        a = coefficient(prepared.regress(mediator, prepared.right), 0, task.level)
        a = judged(task, of_columns(prepared, mediator, x, model.controls), a)
        beside_b = of_columns(prepared, y, mediator, [*others, *prepared.right])
        b = judged(task, beside_b, coefficient(joint, k, task.level))
        beside = {m: float(correlation[k, mediators.index(m)]) for m in others}
        found.append(Part(mediator, a, b, *_indirect(replicates, k, task.level), beside))
    return found


def _indirect(replicates: Replicates, k: int, level: float) -> tuple[Estimate, Interval]:
    """a x b of mediator k beside the others, with the interval of the ellipse; and the percentile
    interval."""
    (point_b, _), (draws_b, _) = replicates.point.parallel(), replicates.draws.parallel()
    a, b = float(replicates.point.a[k, 0]), float(point_b[k, 0])
    drawn, without = replicates.draws.a[k] * draws_b[k], replicates.without
    # A unit without which the mechanisms collapse on each other cannot be left out.
    left = np.where(without.jointly, without.parallel()[0][k], np.nan)
    found = replicates.bootstrap.estimate(a * b, drawn)
    interval = product(replicates, (a, b), (without.a[k], left), level)
    return replace(found, interval=interval), replicates.bootstrap.interval(drawn)


def _total(prepared: Prepared) -> Estimate:
    model = prepared.model
    total = coefficient(prepared.regress(model.outcome, prepared.right), 0, prepared.task.level)
    question = of_columns(prepared, model.outcome, model.treatment, model.controls)
    return judged(prepared.task, question, total)


def _joint(prepared: Prepared) -> float:
    """Wild p-value that all b are zero."""
    p = prepared
    y, tested_b, beside = p.column(p.model.outcome), p.array(p.mediators), p.array(p.right)
    wild = joint_model(y, tested_b, beside, p.province, p.year, p.province)
    return joint_test(wild, p.task.seed, p.task.stream).p
