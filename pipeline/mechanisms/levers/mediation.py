"""Moderated mediation: which of a, b and direct a lever moves."""

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.few_clusters.wild import wild_test
from pipeline.inference.intervals import percentile
from pipeline.inference.moments import Array
from pipeline.inference.varying.moderation import ModeratedEffects, slopes
from pipeline.mechanisms.levers.moderated import Moderated, moderate, province_weights, timing_note
from pipeline.mechanisms.resample import bootstrap_term, coefficient, collect
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import ModeratedMediation
from pipeline.study.model import resolve
from pipeline.study.notes import data_notes
from pipeline.study.study import Study

_WILD_DRAWS = 9_999


def estimate(study: Study, panel: Panel, name: str, spec: ModeratedMediation) -> Result:
    """a, b and direct at the lever's mean, their changes per SD of it, the indirect effect along it and its index."""
    model, level, asked = (
        resolve(study, spec.model),
        study.spec.bootstrap.level,
        study.spec.bootstrap.draws,
    )
    models = collect(
        [">".join(pair) for pair in spec.pairs],
        lambda key: moderate(study, panel, name, model, key.split(">")[0], key.split(">")[1:]),
    )
    columns, dropped = [], 0
    for key, moderated in models.items():
        equations = Equations(moderated, tuple(spec.moderates))
        point, _ = equations.effects(np.ones((1, moderated.prepared.clusters)))
        parts = [equations.effects(w) for w in province_weights(moderated, f"{name}/{key}", asked)]
        kept = np.concatenate([k for _, k in parts])
        draws = ModeratedEffects(
            *(np.concatenate([getattr(e, f) for e, _ in parts])[kept] for f in _FIELDS)
        )
        dropped = max(dropped, int((~kept).sum()))
        terms = equations.coefficients(f"{name}/{key}", level)
        for label, at in (("indirect_low", -1.0), ("indirect_mean", 0.0), ("indirect_high", 1.0)):
            found = bootstrap_term(label, float(point.indirect(at)[0]), draws.indirect(at), level)
            terms += [
                found,
                Term(f"interval_{label}", "interval", None, low=found.low, high=found.high),
            ]
        if {"a", "b"} & set(spec.moderates):
            found = bootstrap_term("index_moderated", float(point.index[0]), draws.index, level)
            low, high = percentile(draws.index, level)
            terms += [found, Term("interval_index", "interval", None, low=low, high=high)]
        columns.append(Column(key, model.outcome, terms, moderated.prepared.statistics()))
    clusters = sorted({int(c.statistics["provinces"] or 0) for c in columns})
    levers = list(dict.fromkeys(k for k, _ in spec.pairs))
    record = {
        "draws": asked,
        "used": asked - dropped,
        "dropped": dropped,
        "level": level,
        "seed": study.spec.seed,
    }
    notes = [
        Note("crv1", {"clusters": clusters}),
        Note("stars"),
        Note("moderated_mediation", record | {"wild": _WILD_DRAWS}),
        timing_note(study, levers),
        Note("not_causal_short"),
        *data_notes(study, panel, [*model.variables, *levers, *(m for _, m in spec.pairs)]),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {"draws_asked": asked, "draws_used": asked - dropped, "draws_dropped": dropped},
    )


_FIELDS = ("a", "a_change", "b", "b_change", "direct", "direct_change")


class Equations:
    """The mechanism's and the outcome's equation of one lever, each reduced to moments once.

    The columns of an equation stand in the order controls, [X x L], X, [M x L], M, and the dependent variable last;
    those in brackets only where the lever moves the path.
    """

    def __init__(self, moderated: Moderated, moderates: tuple[str, ...]) -> None:
        self.moderated, self.moves = moderated, moderates
        p = moderated.prepared
        self.mediator = p.mediators[0]
        self.product = f"{self.mediator} × {moderated.lever}"
        p.rows[self.product] = p.rows[self.mediator] * p.rows[moderated.lever]
        x = p.model.treatment
        self.first = [
            *moderated.controls,
            *([moderated.interaction] if "a" in moderates else []),
            x,
        ]
        self.second = [
            *moderated.controls,
            *([moderated.interaction] if "direct" in moderates else []),
            x,
            *([self.product] if "b" in moderates else []),
            self.mediator,
        ]
        self.moments = (
            moderated.moments([*self.first, self.mediator]),
            moderated.moments([*self.second, p.model.outcome]),
        )

    def effects(self, weights: Array) -> tuple[ModeratedEffects, NDArray[np.bool_]]:
        """Effects of replicates with cluster weights (R, G), and which of them hold."""
        (one, kept), (two, kept_too) = (slopes(m, weights) for m in self.moments)
        none = np.zeros(len(weights))

        def pick(names: list[str], found: Array, name: str) -> Array:
            return np.asarray(found[names.index(name)]) if name in names else none

        x, inter = self.moderated.prepared.model.treatment, self.moderated.interaction
        return ModeratedEffects(
            pick(self.first, one, x),
            pick(self.first, one, inter),
            pick(self.second, two, self.mediator),
            pick(self.second, two, self.product),
            pick(self.second, two, x),
            pick(self.second, two, inter),
        ), kept & kept_too

    def coefficients(self, stream: str, level: float) -> list[Term]:
        """Each path at the lever's mean with its change and the wild p-value of the change."""
        p, x, inter = (
            self.moderated.prepared,
            self.moderated.prepared.model.treatment,
            self.moderated.interaction,
        )
        one, two = p.regress(self.mediator, self.first), p.regress(p.model.outcome, self.second)
        terms: list[Term] = []
        paths = (
            ("a", self.first, one, x, inter, self.mediator),
            ("b", self.second, two, self.mediator, self.product, None),
            ("direct", self.second, two, x, inter, None),
        )
        for path, names, fitted, at_mean, change, outcome in paths:
            terms.append(coefficient(f"{path}_mean", fitted, names.index(at_mean), level))
            if path in self.moves:
                terms.append(coefficient(f"{path}_change", fitted, names.index(change), level))
                model = self.moderated.wild(change, [n for n in names if n != change], outcome)
                p_value = wild_test(model, p.study.spec.seed, f"{stream}/{path}", _WILD_DRAWS).p
                terms.append(Term(f"{path}_change_p", "p", p_value))
        return terms
