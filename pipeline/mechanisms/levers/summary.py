"""The twelve rows: every challenge and path with its test, its adjusted p-value, what could have been found, a verdict."""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.few_clusters.multiplicity import westfall_young
from pipeline.inference.few_clusters.wild import wild_statistics
from pipeline.inference.moments import Array
from pipeline.inference.power import minimum_detectable
from pipeline.mechanisms.levers.moderated import (
    MOST_MISSING,
    Moderated,
    columns_of,
    missing_cells,
    moderate,
    shared_signs,
    timing_note,
)
from pipeline.mechanisms.resample import coefficient, collect
from pipeline.mechanisms.truth import read_truth
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Levers
from pipeline.study.model import Model, resolve
from pipeline.study.notes import data_notes
from pipeline.study.study import Study

_SIZE = 0.05


@dataclass(frozen=True)
class Tested:
    """Wild tests (WCR31) of the interactions of all levers on shared draws: (S,) each."""

    p: Array
    adjusted: Array
    detectable: Array
    draws: int


def estimate(study: Study, panel: Panel, name: str, spec: Levers) -> Result:
    """One column a lever: interaction per SD of the lever, p-values, minimum detectable effect, verdict."""
    model, level = resolve(study, spec.model), study.spec.bootstrap.level
    reasons = {key: reason for key in study.levers if (reason := _why_not(study, panel, name, model, key))}
    open_ = [k for k in study.levers if k not in reasons]
    models = collect(open_, lambda k: moderate(study, panel, name, model, k))
    tested = wild_interactions(study, name, list(models.values()), spec.draws, spec.power)
    truth = read_truth(study) if study.spec.synthetic else {}
    columns = []
    for key in study.levers:
        if key in reasons:
            columns.append(Column(key, model.outcome, [], {"verdict": "untestable", "reason": reasons[key]}))
            continue
        moderated, i = models[key], open_.index(key)
        p = moderated.prepared
        found = coefficient("interaction", p.regress(model.outcome, moderated.right), 0, level)
        terms = [found, Term("wcr31_p", "p", float(tested.p[i])), Term("adjusted_p", "p", float(tested.adjusted[i])),
                 Term("detectable", "number", float(tested.detectable[i]))]  # fmt: skip
        if f"{key}.interaction" in truth:
            terms.append(Term("truth", "number", truth[f"{key}.interaction"] * moderated.sd))
        statistics = p.statistics() | {"verdict": verdict(found.estimate or 0.0, float(tested.adjusted[i])),
                                       "absorbed": moderated.absorbed}  # fmt: skip
        columns.append(Column(key, model.outcome, terms, statistics))
    clusters = sorted({m.prepared.clusters for m in models.values()})
    notes = [Note("crv1", {"clusters": clusters}), Note("stars"),
             Note("levers", {"tests": len(models), "draws": tested.draws, "seed": study.spec.seed, "power": spec.power,
                             "missing": MOST_MISSING}),
             timing_note(study, open_), *data_notes(study, panel, [*model.variables, *open_])]  # fmt: skip
    return Result(name, spec.kind, columns, notes,
                  {"draws_asked": spec.draws, "draws_used": tested.draws, "draws_dropped": 0})  # fmt: skip


def wild_interactions(study: Study, name: str, models: list[Moderated], draws: int, power: float) -> Tested:
    """Wild p-values of the interactions, step-down adjusted over all of them, and what each could have found.

    One set of province signs serves every lever, on whatever sample it has, so that their dependence is kept. Step-down
    min-p and not max-t: the t of a lever that few provinces decide has far heavier tails than the others.
    """
    signs, every = shared_signs(study, name, draws)
    observed, null, detectable = [], [], []
    for moderated in models:
        wild = moderated.wild(moderated.interaction, moderated.right[1:])
        here = signs[:, columns_of(study, moderated)]
        observed.append(wild.t(0.0))
        null.append(wild_statistics(wild, here))
        detectable.append(minimum_detectable(wild, here, power))
    t, drawn = np.array(observed), np.stack(null, axis=1)
    extreme = (np.abs(drawn) >= np.abs(t) * (1 - 1e-9)).sum(axis=0)
    p = extreme / len(drawn) if every else (1 + extreme) / (1 + len(drawn))
    return Tested(p, westfall_young(p, drawn, every), np.array(detectable), len(drawn))


def verdict(estimate: float, adjusted: float) -> str:
    """`weakens` or `strengthens` the effect of the treatment where the adjusted p-value is below 5%, else `none`."""
    if adjusted >= _SIZE:
        return "none"
    return "strengthens" if estimate > 0 else "weakens"


def _why_not(study: Study, panel: Panel, name: str, model: Model, key: str) -> str:
    """Why the panel cannot test a lever; empty where it can. `declared` stands for the spec's own reason."""
    if study.levers[key].untestable is not None:
        return "declared"
    missing, of = missing_cells(study, panel, name, model, key)
    return f"{missing}/{of}" if missing > MOST_MISSING * of else ""
