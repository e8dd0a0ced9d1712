"""Mechanisms in parallel: all mediators in one outcome equation."""

import numpy as np

from pipeline.inference.few_clusters.wild_joint import joint_model, joint_test
from pipeline.methods.mechanisms.parallel.result import Part, Result
from pipeline.methods.mechanisms.parallel.spec import ParallelTable
from pipeline.models.carrier import carrier
from pipeline.models.few_clusters import judged, of_columns
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.replicates import replicate
from pipeline.models.task import Task
from pipeline.results.estimate import Estimate


def estimate(task: Task[ParallelTable]) -> Result:
    """a_k, b_k, a_k b_k with its interval and share; total - direct = their sum.

    Correlations between the indirect effects are those of their bootstrap draws.
    """
    mediators = task.spec.mechanisms(task.study)
    prepared = prepare(task, task.model(task.spec.model), mediators)
    replicates = replicate(prepared, jointly=True)
    b_draws, direct_draws = replicates.draws.parallel()
    b_point, direct_point = replicates.point.parallel()
    draws = replicates.draws.a * b_draws
    points = (replicates.point.a * b_point)[:, 0]
    boot = replicates.bootstrap
    indirect = [boot.estimate(float(value), own) for value, own in zip(points, draws, strict=True)]
    return Result(
        data=task.facts(prepared.frame.columns),
        model=prepared.model,
        rows=prepared.rows,
        parts=_parts(prepared, indirect, np.atleast_2d(np.corrcoef(draws))),
        together=boot.estimate(float(points.sum()), draws.sum(axis=0)),
        direct=boot.estimate(float(direct_point[0]), direct_draws),
        total=_total(prepared),
        joint_p=_joint(prepared),
        draws=replicates.record,
        carrier=carrier(prepared.frame, prepared.model),
    )


def _parts(
    prepared: Prepared, indirect: list[Estimate], correlation: np.ndarray[tuple[int, int]]
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
        found.append(Part(mediator, a, b, indirect[k], beside))
    return found


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
