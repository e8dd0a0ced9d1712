"""Synthetic studies: each estimate beside the true value of the process that made the data."""

import numpy as np

from pipeline.mechanisms.mediation import effects
from pipeline.mechanisms.resample import coefficient, prepare, replicate
from pipeline.mechanisms.truth import read_truth
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import ModelChoice, Recovery
from pipeline.study.model import resolve
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Recovery) -> Result:
    """Columns: estimate, lower and upper bound, truth, difference in standard errors, whether the interval holds it.

    Totals and a, b, a*b (with the draws of the first mediation table) come from the models of the report's tables (one mechanism at a time); the direct effect from
    the model with all mechanisms, which is the one that the process declares.
    """
    truth = read_truth(study)
    roles, level = study.spec.roles, study.spec.bootstrap.level
    draws = next((n for n, t in study.tables.items() if t.kind == "mediation"), name)
    prepared = prepare(study, panel, draws, resolve(study, ModelChoice()), roles.mediators)
    model, rows = prepared.model, prepared.rows
    right = [model.treatment, *model.controls]

    def total(outcome: str) -> Term:
        return coefficient("total", prepared.regress(outcome, right), 0, level)

    joint = prepared.regress(model.outcome, [*right, *roles.mediators])
    estimates = {"total": total(model.outcome), "direct": coefficient("direct", joint, 0, level)}
    replicates = replicate(prepared)
    for k, mediator in enumerate(roles.mediators):
        estimates |= {
            f"{mediator}.{t.name}": t
            for t in effects(prepared, replicates, k)
            if t.name in ("a", "b", "indirect")
        }
    dimensions = [k.removesuffix(".total") for k in truth if k.endswith(".total")]
    frame = panel.frame.loc[rows.index]
    for dimension in dimensions:
        rows[dimension] = frame[dimension]
        estimates[f"{dimension}.total"] = total(dimension)
    keys = [k for k in truth if k in estimates]

    def column(key: str, value: object) -> Column:
        return Column(key, None, [Term(k, key, value(k)) for k in keys])  # type: ignore[operator]

    def z(key: str) -> float:
        t = estimates[key]
        return (float(t.estimate or 0.0) - truth[key]) / float(t.se or np.nan)

    def holds(key: str) -> float:
        t = estimates[key]
        return float(float(t.low or 0.0) <= truth[key] <= float(t.high or 0.0))

    columns = [
        Column(
            "estimate",
            None,
            [Term(k, "estimate", estimates[k].estimate, estimates[k].se) for k in keys],
        ),
        column("low", lambda k: estimates[k].low),
        column("high", lambda k: estimates[k].high),
        column("truth", lambda k: truth[k]),
        column("z", z),
        column("covered", holds),
    ]
    covered = int(sum(holds(k) for k in keys))
    notes = [
        Note("recovery", {"covered": covered, "of": len(keys), "level": level}),
        Note("synthetic"),
    ]
    return Result(name, spec.kind, columns, notes)
