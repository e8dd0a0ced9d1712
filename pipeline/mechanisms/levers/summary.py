"""The twelve rows: every challenge and path with its test, its adjusted p-value, what could have been found, a verdict."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.inference.few_clusters.multiplicity import minp_level, westfall_young
from pipeline.inference.few_clusters.wild import invert_test, wild_statistics, wild_test
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
from pipeline.mechanisms.resample import coefficient
from pipeline.mechanisms.truth import read_truth
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Levers
from pipeline.study.model import Model, resolve
from pipeline.study.notes import data_notes
from pipeline.study.study import Study

_SIZE = 0.05
_WILD_DRAWS = 9_999


@dataclass(frozen=True)
class Tested:
    """Wild tests (WCR31) of the interactions of all levers on shared draws: (S,) each; intervals (S, 2) by inversion.

    detectable: what the adjusted test could have found, at the single level that the adjustment sets
    """

    p: Array
    adjusted: Array
    detectable: Array
    intervals: list[tuple[float | None, float | None]]
    level: float
    draws: int


def estimate(study: Study, panel: Panel, name: str, spec: Levers) -> Result:
    """One column a lever: interaction per SD of the lever with its interval, p-values, detectable effect, verdict.

    A lever on a mechanism's arrow also gets `arrow`, the change of NQP -> mechanism per SD of the lever.
    """
    model, level = resolve(study, spec.model), study.spec.bootstrap.level
    models: dict[str, Moderated] = {}
    reasons: dict[str, str] = {}
    for key in study.levers:
        found = _try(study, panel, name, model, key)
        if isinstance(found, str):
            reasons[key] = found
        else:
            models[key] = found
    tested = (
        wild_interactions(study, name, list(models.values()), spec.draws, spec.power, level)
        if models
        else None
    )
    truth = read_truth(study) if study.spec.synthetic else {}
    columns = []
    for key in study.levers:
        if key in reasons or tested is None:
            columns.append(
                Column(key, model.outcome, [], {"verdict": "untestable", "reason": reasons[key]})
            )
            continue
        moderated, i = models[key], list(models).index(key)
        p = moderated.prepared
        fitted = p.regress(model.outcome, moderated.right)
        b, effect = (
            coefficient(n, fitted, at, level) for at, n in enumerate(("interaction", "at_mean"))
        )
        low, high = tested.intervals[i]
        terms = [
            Term(
                "interaction",
                "estimate",
                b.estimate,
                b.se,
                b.statistic,
                float(tested.p[i]),
                low,
                high,
                "wild",
            ),
            Term("wcr31_p", "p", float(tested.p[i])),
            Term("adjusted_p", "p", float(tested.adjusted[i])),
            Term("detectable", "number", float(tested.detectable[i])),
            effect,
        ]
        if f"{key}.interaction" in truth:
            terms.append(Term("truth", "number", truth[f"{key}.interaction"] * moderated.sd))
        if study.levers[key].moves != "direct":
            terms.append(_arrow(study, panel, name, model, key, level))
        treatment = moderated.wild(
            model.treatment, [n for n in moderated.right if n != model.treatment]
        )
        effect_p = wild_test(treatment, study.spec.seed, f"{name}/{key}/at_mean", _WILD_DRAWS).p
        reading = verdict(
            b.estimate or 0.0, float(tested.adjusted[i]), effect.estimate or 0.0, effect_p
        )
        columns.append(
            Column(
                key,
                model.outcome,
                terms,
                p.statistics() | {"verdict": reading, "absorbed": moderated.absorbed},
            )
        )
    notes = [
        Note("stars"),
        Note(
            "levers",
            {
                "tests": len(models),
                "draws": tested.draws if tested else 0,
                "seed": study.spec.seed,
                "power": spec.power,
                "missing": MOST_MISSING,
                "level": tested.level if tested else None,
                "clusters": sorted({m.prepared.clusters for m in models.values()}),
            },
        ),
        timing_note(study, list(models)),
        Note("not_causal_short"),
        *data_notes(study, panel, [*model.variables, *models]),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {
            "draws_asked": spec.draws,
            "draws_used": tested.draws if tested else 0,
            "draws_dropped": 0,
        },
    )


def _arrow(study: Study, panel: Panel, name: str, model: Model, key: str, level: float) -> Term:
    """Change of the effect on the mechanism whose arrow the lever moves, per SD of it; CRV1 interval, WCR31 p."""
    mechanism = study.levers[key].moves
    moderated = moderate(study, panel, name, model, key, [mechanism])
    t = coefficient("arrow", moderated.prepared.regress(mechanism, moderated.right), 0, level)
    wild = moderated.wild(moderated.interaction, moderated.right[1:], mechanism)
    p = wild_test(wild, study.spec.seed, f"{name}/{key}/arrow", _WILD_DRAWS).p
    return replace(t, p=p)


def wild_interactions(
    study: Study,
    name: str,
    models: list[Moderated],
    draws: int,
    power: float,
    level: float | None = None,
) -> Tested:
    """Wild p-values of the interactions, step-down adjusted over all of them, and what each could have found.

    One set of province signs serves every lever, on whatever sample it has, so that their dependence is kept. Step-down
    min-p and not max-t: the t of a lever that few provinces decide has far heavier tails than the others. Intervals are
    made only where a `level` is asked for.
    """
    signs, every = shared_signs(study, name, draws)
    wilds = [m.wild(m.interaction, m.right[1:]) for m in models]
    own = [signs[:, columns_of(study, m)] for m in models]
    t = np.array([w.t(0.0) for w in wilds])
    drawn = np.stack([wild_statistics(w, v) for w, v in zip(wilds, own, strict=True)], axis=1)
    extreme = (np.abs(drawn) >= np.abs(t) * (1 - 1e-9)).sum(axis=0)
    p = extreme / len(drawn) if every else (1 + extreme) / (1 + len(drawn))
    single = minp_level(drawn, _SIZE)
    detectable = np.array(
        [minimum_detectable(w, v, power, single) for w, v in zip(wilds, own, strict=True)]
    )
    intervals = (
        [invert_test(w, [v], every, 1 - level) for w, v in zip(wilds, own, strict=True)]
        if level
        else []
    )
    return Tested(p, westfall_young(p, drawn, every), detectable, intervals, single, len(drawn))


def verdict(change: float, adjusted: float, effect: float, effect_p: float) -> str:
    """What a lever does to the effect of the treatment, by the adjusted p-value at 5%.

    `strengthens` or `weakens` where the effect at the lever's mean itself differs from zero at 5%, else `raises` or
    `lowers`: without an effect there is nothing to strengthen. `none` where the change does not differ from zero.
    """
    if adjusted >= _SIZE:
        return "none"
    if effect_p >= _SIZE:
        return "raises" if change > 0 else "lowers"
    return "strengthens" if change * effect > 0 else "weakens"


def _try(study: Study, panel: Panel, name: str, model: Model, key: str) -> Moderated | str:
    """The lever's model, or why the panel cannot test it: `declared`, `missing/of`, or the code of the refusal."""
    if study.levers[key].untestable is not None:
        return "declared"
    missing, of = missing_cells(study, panel, name, model, key)
    if missing > MOST_MISSING * of:
        return f"{missing}/{of}"
    try:
        moderated = moderate(study, panel, name, model, key)
        moderated.prepared.regress(model.outcome, moderated.right)
    except Rejected as rejected:
        code = rejected.findings[0].code
        if code in ("lever-constant", "collinear"):
            return code
        raise
    return moderated
