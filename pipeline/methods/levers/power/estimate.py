"""Minimum detectable effects: what this panel, with its units, years and errors, could have
found."""

from pipeline.methods.levers.power.result import Detectable, Result
from pipeline.methods.levers.power.spec import PowerTable
from pipeline.models.detectable import (
    Least,
    detectable_indirect,
    detectable_interaction,
    detectable_total,
)
from pipeline.models.moderated import Moderated, moderate
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.task import Task, collect
from pipeline.results.estimate import SIZE, Draws, Estimate
from pipeline.results.rows import Rows


def estimate(task: Task[PowerTable]) -> Result:
    """The total effect, then each mechanism (a x b by the joint test), then each lever (per SD)."""
    spec, model = task.spec, task.model(task.spec.model)
    mediators, levers = spec.mechanisms(task.study), spec.moderators(task.study)
    prepared = prepare(task, model, mediators)
    models = collect(levers, lambda lever: moderate(task, model, lever))
    return Result(
        data=task.facts([*model.variables, *mediators, *levers]),
        model=model,
        total=_total(prepared, spec),
        indirect={m: _indirect(prepared, m, spec) for m in mediators},
        interactions={k: _interaction(m, spec) for k, m in models.items()},
        power=spec.power,
        draws=Draws(spec.draws, spec.draws, task.seed),
    )


def _total(prepared: Prepared, spec: PowerTable) -> Detectable:
    fitted = prepared.regress(prepared.model.outcome, prepared.right)
    found = coefficient(fitted, 0, prepared.task.level)
    least = detectable_total(prepared, spec.power, spec.draws)
    return _detectable(prepared.rows, found, least)


def _indirect(prepared: Prepared, mediator: str, spec: PowerTable) -> Detectable:
    """a x b, which has no error of its own here."""
    level = prepared.task.level
    a = coefficient(prepared.regress(mediator, prepared.right), 0, level)
    second = prepared.regress(prepared.model.outcome, [mediator, *prepared.right])
    product = Estimate(a.value * coefficient(second, 0, level).value)
    least = detectable_indirect(prepared, mediator, spec.power, spec.draws)
    return _detectable(prepared.rows, product, least)


def _interaction(moderated: Moderated, spec: PowerTable) -> Detectable:
    p = moderated.prepared
    found = coefficient(p.regress(p.model.outcome, moderated.right), 0, p.task.level)
    least = detectable_interaction(moderated, spec.power, SIZE, spec.draws)
    return _detectable(p.rows, found, least)


def _detectable(rows: Rows, found: Estimate, least: Least) -> Detectable:
    return Detectable(rows, found, least.effect, least.tests, least.size)
