"""The effects of one mechanism: a, b, direct, indirect and total."""

from pipeline.models.few_clusters import judged, of_columns
from pipeline.models.prepared import Prepared, coefficient
from pipeline.models.replicates import Replicates
from pipeline.results.effects import Effects


def effects(prepared: Prepared, replicates: Replicates, k: int) -> Effects:
    """Effects of mediator k: CRV1 errors for a, b and total, which the study's test judges;
    percentile interval for a x b."""
    model, mediator, level = prepared.model, prepared.mediators[k], prepared.task.level
    x, y, controls = model.treatment, model.outcome, model.controls
    a = coefficient(prepared.regress(mediator, prepared.right), 0, level)
    total = coefficient(prepared.regress(y, prepared.right), 0, level)
    both = prepared.regress(y, [mediator, *prepared.right])
    b, direct = coefficient(both, 0, level), coefficient(both, 1, level)
    indirect = replicates.bootstrap.estimate(a.value * b.value, replicates.draws.indirect[k])
    task, beside = prepared.task, [x, *controls]
    a = judged(task, of_columns(prepared, mediator, x, controls), a)
    b = judged(task, of_columns(prepared, y, mediator, beside), b)
    total = judged(task, of_columns(prepared, y, x, controls), total)
    return Effects(a, b, direct, indirect, total)
