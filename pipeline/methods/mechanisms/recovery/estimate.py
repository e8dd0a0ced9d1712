"""Synthetic studies: each estimate beside the true value of the process that made the data."""

from dataclasses import replace
from typing import get_args

from pipeline.methods.mechanisms.recovery.result import Quantity, Recovered, Result
from pipeline.methods.mechanisms.recovery.spec import RecoveryTable
from pipeline.models.effects import effects
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.replicates import Replicates, replicate
from pipeline.models.task import Task
from pipeline.models.truth import read_truth
from pipeline.results.estimate import Estimate

# What a parameter of the process is, and of which variable: None for an effect on the outcome.
_Parameter = tuple[Quantity, str | None]
_QUANTITIES: dict[str, Quantity] = {q: q for q in get_args(Quantity)}


def estimate(task: Task[RecoveryTable]) -> Result:
    """Totals and a, b, a*b from the models of the report's tables (one mechanism at a time); the
    direct effect from the model with all mechanisms,
    which is the one that the process declares."""
    truth = _known(read_truth(task.study))
    prepared = prepare(task, task.model(), task.spec.mechanisms(task.study))
    replicates = replicate(prepared)
    found = _outcome(prepared) | _mechanisms(prepared, replicates) | _totals(prepared, list(truth))
    return Result(
        data=task.facts(prepared.frame.columns),
        model=prepared.model,
        parameters=[Recovered(*p, found[p], truth[p]) for p in truth if p in found],
        draws=replicates.record,
    )


def _known(truth: dict[str, float]) -> dict[_Parameter, float]:
    """The true values of effects: `total`, `efficiency.a`; others of the process (levers) are left
    out."""
    parts = {key: key.rpartition(".") for key in truth}
    return {
        (_QUANTITIES[quantity], variable or None): truth[key]
        for key, (variable, _, quantity) in parts.items()
        if quantity in _QUANTITIES
    }


def _outcome(prepared: Prepared) -> dict[_Parameter, Estimate]:
    """The total effect on the outcome, and the direct one beside all mechanisms."""
    y, right, level = prepared.model.outcome, prepared.right, prepared.task.level
    joint = prepared.regress(y, [*right, *prepared.mediators])
    total = coefficient(prepared.regress(y, right), 0, level)
    return {("total", None): total, ("direct", None): coefficient(joint, 0, level)}


def _mechanisms(prepared: Prepared, replicates: Replicates) -> dict[_Parameter, Estimate]:
    found: dict[_Parameter, Estimate] = {}
    for k, mediator in enumerate(prepared.mediators):
        own = effects(prepared, replicates, k)
        found |= {
            ("a", mediator): own.a,
            ("b", mediator): own.b,
            ("indirect", mediator): own.indirect,
        }
    return found


def _totals(prepared: Prepared, parameters: list[_Parameter]) -> dict[_Parameter, Estimate]:
    """Total effects on other outcomes of the process, each on its own rows."""
    task = prepared.task
    found: dict[_Parameter, Estimate] = {}
    for quantity, outcome in parameters:
        if quantity == "total" and outcome is not None:
            own = prepare(task, replace(prepared.model, outcome=outcome), prepared.mediators)
            fitted = own.regress(outcome, own.right)
            found[quantity, outcome] = coefficient(fitted, 0, task.level)
    return found
