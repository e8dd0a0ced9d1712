"""Mediation tables: each mechanism on its own."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from pipeline.inference import intervals
from pipeline.methods.mechanisms.mediation.result import Mechanism, Result, SecondStep
from pipeline.methods.mechanisms.mediation.spec import MediationTable
from pipeline.models.carrier import carrier
from pipeline.models.detectable import OUTCOMES, detectable_indirect
from pipeline.models.effects import effects
from pipeline.models.few_clusters import judged, of_columns
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.replicates import Replicates, replicate
from pipeline.models.task import Task
from pipeline.results.effects import Effects
from pipeline.results.estimate import POWER, Estimate, Interval, Kind


def estimate(task: Task[MediationTable]) -> Result:
    """Treatment -> M and, in three steps, M -> outcome given treatment and a*b, each mediator on
    one common sample."""
    mediators = task.spec.mechanisms(task.study)
    prepared = prepare(task, task.model(task.spec.model), mediators)
    three = task.spec.design == "three-step"
    replicates = _replicates(prepared, task.spec.intervals) if three else None
    return Result(
        data=task.facts(prepared.frame.columns),
        model=prepared.model,
        rows=prepared.rows,
        mechanisms=_both_steps(prepared, replicates, task) if replicates else _first(prepared),
        draws=replicates.record if replicates else None,
        simulated=OUTCOMES,
        carrier=carrier(prepared.frame, prepared.model),
    )


def _first(prepared: Prepared) -> list[Mechanism]:
    """The first step of every mechanism."""
    level, model = prepared.task.level, prepared.model

    def first(mediator: str) -> Estimate:
        a = coefficient(prepared.regress(mediator, prepared.right), 0, level)
        question = of_columns(prepared, mediator, model.treatment, model.controls)
        return judged(prepared.task, question, a)

    return [Mechanism(mediator, first(mediator), None) for mediator in prepared.mediators]


def _replicates(prepared: Prepared, wanted: Sequence[Kind]) -> Replicates:
    return replicate(prepared, errors="studentised" in wanted)


def _both_steps(
    prepared: Prepared, replicates: Replicates, task: Task[MediationTable]
) -> list[Mechanism]:
    found = []
    for k, mediator in enumerate(prepared.mediators):
        own = effects(prepared, replicates, k)
        made = [_interval(replicates, k, kind, task.level) for kind in task.spec.intervals]
        least = detectable_indirect(prepared, mediator, POWER, OUTCOMES).effect
        found.append(Mechanism(mediator, own.a, SecondStep(own, made, _sobel(own), least)))
    return found


def _interval(replicates: Replicates, k: int, kind: Kind, level: float) -> Interval:
    """One interval of a x b; open where it is withheld or cannot be made: a mechanism that one unit
    alone identifies has no BCa, one whose error vanishes in many draws no studentised interval."""
    point, draws = replicates.point, replicates.draws
    indirect = draws.indirect[k]
    if kind == "percentile":
        return replicates.bootstrap.interval(indirect)
    if replicates.bootstrap.withheld is not None:
        return Interval(None, None, kind)
    value = float(point.indirect[k, 0])
    if kind == "studentised":
        assert point.errors is not None and draws.errors is not None
        error = float(point.errors[k, 0])
        ends = intervals.studentised(value, error, indirect, draws.errors[k], level)
        low, high = ends if ends else (None, None)
        return Interval(low, high, kind)
    without = replicates.without
    if not (np.isfinite(without.indirect[k]).all() and without.kept.all()):
        return Interval(None, None, kind)
    return Interval(*intervals.bca(value, indirect, without.indirect[k], level), kind)


def _sobel(own: Effects) -> float:
    """Sobel's p-value of a x b: normal, by the delta method, a and b taken as independent."""
    a, b = own.a, own.b
    assert a.error is not None and b.error is not None
    z = a.value * b.value / math.hypot(a.value * b.error, b.value * a.error)
    return float(2 * stats.norm.sf(abs(z)))
