"""Moderated mediation: which of a, b and direct a lever moves."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.draws import enough
from pipeline.inference.moments import Array
from pipeline.inference.varying.moderation import ModeratedEffects, slopes
from pipeline.inference.within import WithinFit
from pipeline.methods.levers.moderated_mediation.result import Moved, Pair, Result
from pipeline.methods.levers.moderated_mediation.spec import ModeratedMediationTable
from pipeline.models.bootstrap import Bootstrap, bootstrap_of, joined
from pipeline.models.moderated import Moderated, bootstrap_weights, moderate, timing
from pipeline.models.prepared import coefficient
from pipeline.models.task import Task, collect
from pipeline.results.estimate import Estimate, sign_vectors

_FIELDS = ("a", "a_change", "b", "b_change", "direct", "direct_change")


def estimate(task: Task[ModeratedMediationTable]) -> Result:
    """a, b and direct at the lever's mean, their changes per SD of it, a x b along it and its
    index."""
    spec, model = task.spec, task.model(task.spec.model)
    pairs = [(lever, mechanism) for lever, mechanism in spec.pairs]
    models = collect(pairs, lambda pair: moderate(task, model, pair[0], [pair[1]]))
    columns, records = [], []
    for moderated in models.values():
        equations = Equations(moderated, spec.moderates)
        boot, draws = equations.replicates()
        records.append(boot.record)
        columns.append(_pair(equations, boot, draws))
    levers = list(dict.fromkeys(lever for lever, _ in pairs))
    mechanisms = [mechanism for _, mechanism in pairs]
    return Result(
        data=task.facts([*model.variables, *levers, *mechanisms]),
        columns=columns,
        draws=joined(records),
        wild=max(sign_vectors(m.prepared.clusters) for m in models.values()),
        timing=timing(task, levers),
    )


def _pair(equations: "Equations", boot: Bootstrap, draws: ModeratedEffects) -> Pair:
    moderated = equations.moderated
    p = moderated.prepared
    point, _ = equations.effects(np.ones((1, p.clusters)))

    def indirect(at: float) -> Estimate:
        return boot.estimate(float(point.indirect(at)[0]), draws.indirect(at))

    index = boot.estimate(float(point.index[0]), draws.index)
    a, b, direct = equations.paths()
    return Pair(
        lever=moderated.lever,
        mechanism=equations.mediator,
        model=p.model,
        rows=p.rows,
        a=a,
        b=b,
        direct=direct,
        low=indirect(-1.0),
        middle=indirect(0.0),
        high=indirect(1.0),
        index=index if {"a", "b"} & set(equations.moves) else None,
    )


class Equations:
    """The mechanism's and the outcome's equation of one lever, each reduced to moments once.

    The columns of an equation stand in the order controls, [X x L], X, [M x L], M, and the
    dependent variable last; those in brackets only where the lever moves the path.
    """

    def __init__(self, moderated: Moderated, moves: Sequence[str]) -> None:
        p = moderated.prepared
        self.moves, self.mediator = moves, p.mediators[0]
        self.product = f"{self.mediator} × {moderated.lever}"
        product = p.frame[self.mediator] * p.frame[moderated.lever]
        p = replace(p, frame=p.frame.assign(**{self.product: product}))
        self.moderated = replace(moderated, prepared=p)
        x, xl = p.model.treatment, moderated.interaction
        own = [xl] if "a" in moves else []
        self.first = [*moderated.controls, *own, x]
        own, through = [xl] if "direct" in moves else [], [self.product] if "b" in moves else []
        self.second = [*moderated.controls, *own, x, *through, self.mediator]
        self.moments = (
            p.moments([*self.first, self.mediator]),
            p.moments([*self.second, p.model.outcome]),
        )

    def replicates(self) -> tuple[Bootstrap, ModeratedEffects]:
        """Effects of the bootstrap's draws that hold, and what they are good for."""
        parts, held = [], []
        for weights in bootstrap_weights(self.moderated):
            found, kept = self.effects(weights)
            parts.append(found)
            held.append(kept & enough(weights, len(self.second)))
        kept = np.concatenate(held)
        fields = [np.concatenate([getattr(part, f) for part in parts])[kept] for f in _FIELDS]
        return bootstrap_of(self.moderated.prepared, kept), ModeratedEffects(*fields)

    def effects(self, weights: Array) -> tuple[ModeratedEffects, NDArray[np.bool_]]:
        """Effects of replicates with cluster weights (R, G), and which of them hold."""
        (one, kept), (two, kept_too) = (slopes(m, weights) for m in self.moments)
        none = np.zeros(len(weights))

        def pick(names: list[str], found: Array, name: str) -> Array:
            return np.asarray(found[names.index(name)]) if name in names else none

        x, xl = self.moderated.prepared.model.treatment, self.moderated.interaction
        picked = ModeratedEffects(
            a=pick(self.first, one, x),
            a_change=pick(self.first, one, xl),
            b=pick(self.second, two, self.mediator),
            b_change=pick(self.second, two, self.product),
            direct=pick(self.second, two, x),
            direct_change=pick(self.second, two, xl),
        )
        return picked, kept & kept_too

    def paths(self) -> tuple[Moved, Moved, Moved]:
        """a, b and direct at the lever's mean with their changes, these with wild p-values."""
        p = self.moderated.prepared
        x, xl = p.model.treatment, self.moderated.interaction
        one, two = p.regress(self.mediator, self.first), p.regress(p.model.outcome, self.second)
        return (
            self._moved(one, self.first, x, xl, self.mediator),
            self._moved(two, self.second, self.mediator, self.product, p.model.outcome),
            self._moved(two, self.second, x, xl, p.model.outcome),
        )

    def _moved(
        self, fitted: WithinFit, names: list[str], at_mean: str, change: str, outcome: str
    ) -> Moved:
        mean = coefficient(fitted, names.index(at_mean), self.moderated.prepared.task.level)
        if change not in names:
            return Moved(mean, None)
        return Moved(mean, self.moderated.tested(fitted, names, change, outcome))
