"""Minimum detectable effects: what this panel, with its units, years and errors, could have
found."""

import math

from pipeline.inference.moments import Array
from pipeline.inference.power import minimum_detectable
from pipeline.methods.levers.power.result import Detectable, Result
from pipeline.methods.levers.power.spec import PowerTable
from pipeline.models.detectable import detectable_indirect, detectable_total, sign_vectors
from pipeline.models.moderated import Moderated, columns_of, moderate, shared_signs
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.task import Task, collect
from pipeline.results.estimate import SIZE, Draws, Estimate
from pipeline.results.rows import Rows


def estimate(task: Task[PowerTable]) -> Result:
    """The total effect, then each mechanism (a x b by the joint test), then each lever (per SD)."""
    spec, model = task.spec, task.model(task.spec.model)
    mediators, levers = spec.mechanisms(task.study), spec.moderators(task.study)
    prepared = prepare(task, model, mediators)
    signs = sign_vectors(prepared, spec.draws)
    models = collect(levers, lambda lever: moderate(task, model, lever))
    shared, _ = shared_signs(task, spec.draws)
    return Result(
        data=task.facts([*model.variables, *mediators, *levers]),
        model=model,
        total=_total(prepared, signs, spec.power),
        indirect={m: _indirect(prepared, m, signs, spec.power) for m in mediators},
        interactions={k: _interaction(m, shared, spec.power) for k, m in models.items()},
        power=spec.power,
        draws=Draws(len(signs), len(signs), task.seed),
    )


def _total(prepared: Prepared, signs: Array, power: float) -> Detectable:
    fitted = prepared.regress(prepared.model.outcome, prepared.right)
    found = coefficient(fitted, 0, prepared.task.level)
    return _detectable(prepared.rows, found, detectable_total(prepared, signs, power))


def _indirect(prepared: Prepared, mediator: str, signs: Array, power: float) -> Detectable:
    """a x b, which has no error of its own here."""
    level = prepared.task.level
    a = coefficient(prepared.regress(mediator, prepared.right), 0, level)
    second = prepared.regress(prepared.model.outcome, [mediator, *prepared.right])
    product = Estimate(a.value * coefficient(second, 0, level).value)
    least = detectable_indirect(prepared, mediator, signs, power)
    return _detectable(prepared.rows, product, least)


def _interaction(moderated: Moderated, signs: Array, power: float) -> Detectable:
    p = moderated.prepared
    found = coefficient(p.regress(p.model.outcome, moderated.right), 0, p.task.level)
    wild = moderated.wild(moderated.interaction, moderated.right[1:])
    least = minimum_detectable(wild, signs[:, columns_of(moderated)], power, SIZE)
    return _detectable(p.rows, found, least)


def _detectable(rows: Rows, found: Estimate, least: float) -> Detectable:
    return Detectable(rows, found, least if math.isfinite(least) else None)
