"""Every challenge and path with its test, its adjusted p-value, what could have been found, a
verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.inference.few_clusters.multiplicity import minp_level, westfall_young
from pipeline.inference.few_clusters.wild import WildModel, invert_test, wild_statistics
from pipeline.inference.moments import Array
from pipeline.inference.ties import at_least
from pipeline.methods.levers.levers.result import Reason, Result, Row, Tested, Untestable
from pipeline.methods.levers.levers.spec import LeversTable
from pipeline.models.detectable import OUTCOMES, detectable_interaction
from pipeline.models.moderated import (
    MOST_MISSING,
    Moderated,
    columns_of,
    missing_cells,
    moderate,
    shared_signs,
    timing,
)
from pipeline.models.task import Task
from pipeline.models.truth import read_truth
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import SIZE, Draws, Estimate, Interval
from pipeline.study.model import Model
from pipeline.study.specs import Spec

# Refusals that cost a lever its row alone.
_OWN: dict[str, Reason] = {"lever-constant": "constant", "collinear": "collinear"}


@dataclass(frozen=True)
class Jointly:
    """Wild tests (WCR31) of the interactions of S levers on shared draws; p and others are (S,).

    level: what a single p must not exceed to be adjusted to 5%
    signs: of each lever's units; every: whether they are all there are
    """

    p: Array
    adjusted: Array
    level: float
    wilds: list[WildModel]
    signs: list[Array]
    every: bool

    @property
    def draws(self) -> int:
        return len(self.signs[0])

    def interval(self, i: int, level: float) -> Interval:
        """The interval of one interaction by inversion of its test."""
        low, high = invert_test(self.wilds[i], [self.signs[i]], self.every, 1 - level)
        return Interval(low, high, "wild")


def estimate(task: Task[LeversTable]) -> Result:
    """One row a lever: interaction per SD of the lever, p-values, detectable effect."""
    spec, model = task.spec, task.model(task.spec.model)
    found = {key: _try(task, model, key) for key in task.study.levers}
    models = {key: one for key, one in found.items() if isinstance(one, Moderated)}
    joint = wild_interactions(task, list(models.values()), spec.draws) if models else None
    tested: dict[str, Tested] = {}
    if joint is not None:
        truth = read_truth(task.study) if task.study.spec.synthetic else {}
        for i, (key, moderated) in enumerate(models.items()):
            tested[key] = _tested(task, model, moderated, joint, i, truth)
    rows = [
        Row(key, lever.moves, tested.get(key), one if isinstance(one, Untestable) else None)
        for (key, lever), one in zip(task.study.levers.items(), found.values(), strict=True)
    ]
    draws = joint.draws if joint else 0
    return Result(
        data=task.facts([*model.variables, *models]),
        model=model,
        levers=rows,
        single_level=joint.level if joint else None,
        power=spec.power,
        simulated=OUTCOMES,
        most_missing=MOST_MISSING,
        draws=Draws(draws, draws, task.seed),
        timing=timing(task, list(models)),
    )


def _try(task: Task[LeversTable], model: Model, key: str) -> Moderated | Untestable:
    """The lever's model, or why the panel cannot test it."""
    if task.study.levers[key].untestable is not None:
        return Untestable("declared")
    missing, cells = missing_cells(task, model, key)
    if missing > MOST_MISSING * cells:
        return Untestable("missing", missing, cells)
    try:
        moderated = moderate(task, model, key)
        moderated.prepared.regress(model.outcome, moderated.right)
    except Rejected as rejected:
        finding = rejected.findings[0]
        if finding.code in _OWN and finding.where.variable not in model.variables:
            return Untestable(_OWN[finding.code])
        raise
    return moderated


def _tested(
    task: Task[LeversTable],
    model: Model,
    moderated: Moderated,
    joint: Jointly,
    i: int,
    truth: dict[str, float],
) -> Tested:
    """The row of the lever that is number `i` in the joint tests."""
    key, right = moderated.lever, moderated.right
    fitted = moderated.prepared.regress(model.outcome, right)
    alone = moderated.tested(fitted, right, moderated.interaction)
    single = _p(alone)
    least = detectable_interaction(moderated, task.spec.power, joint.level, OUTCOMES)
    interaction = replace(
        alone,
        interval=joint.interval(i, task.level),
        # The draws of the two p-values differ, so that rounding may turn their order.
        few=max(float(joint.adjusted[i]), single),
        test="adjusted",
    )
    name = f"{key}.interaction"
    moves = task.study.levers[key].moves
    return Tested(
        rows=moderated.prepared.rows,
        interaction=interaction,
        single_p=single,
        detectable=least.effect,
        at_mean=moderated.tested(fitted, right, model.treatment),
        absorbed=moderated.absorbed,
        truth=truth[name] * moderated.sd if name in truth else None,
        arrow=None if moves == "direct" else _arrow(task, model, key, moves),
    )


def _p(estimate: Estimate) -> float:
    assert estimate.decides is not None
    return estimate.decides


def _arrow(task: Task[LeversTable], model: Model, key: str, mechanism: str) -> Estimate:
    """Change of the effect on the mechanism whose arrow the lever moves, per SD of the lever."""
    moderated = moderate(task, model, key, [mechanism])
    fitted = moderated.prepared.regress(mechanism, moderated.right)
    return moderated.tested(fitted, moderated.right, moderated.interaction, mechanism)


def wild_interactions(task: Task[Spec], models: Sequence[Moderated], draws: int) -> Jointly:
    """Wild p-values of the interactions, step-down adjusted over all.

    One set of signs of the units serves every lever, on whatever sample it has, so that their
    dependence is kept. Step-down min-p and not max-t: the t of a lever that few units decide has
    far heavier tails than the others.
    """
    signs, every = shared_signs(task, draws)
    wilds = [m.wild(m.interaction, m.right[1:]) for m in models]
    own = [signs[:, columns_of(m)] for m in models]
    t = np.array([wild.t(0.0) for wild in wilds])
    drawn = np.stack([wild_statistics(w, v) for w, v in zip(wilds, own, strict=True)], axis=1)
    extreme = at_least(np.abs(drawn), np.abs(t)).sum(axis=0)
    p = extreme / len(drawn) if every else (1 + extreme) / (1 + len(drawn))
    return Jointly(
        p=p,
        adjusted=westfall_young(p, drawn, every),
        level=minp_level(drawn, SIZE),
        wilds=wilds,
        signs=own,
        every=every,
    )
