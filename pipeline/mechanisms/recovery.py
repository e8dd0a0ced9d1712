"""Synthetic studies: each estimate beside the true value of the process that made the data."""

import json

import numpy as np

from pipeline.inference.moments import codes
from pipeline.inference.within import within_fit
from pipeline.mechanisms.mediation import mediate, term
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.model import resolve
from pipeline.study.sample import select
from pipeline.study.study import Study
from pipeline.study.tables import ModelChoice, Recovery


def _read_truth(study: Study) -> dict[str, float]:
    """The true effects beside the source files. Raises Rejected when they are not there."""
    try:
        content = json.loads(study.paths.truth.read_text(encoding="utf-8"))["effects"]
        return {str(k): float(v) for k, v in content.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        where = Where(file=str(study.paths.truth))
        raise Rejected([Finding("truth-missing", "error", where, "no readable true effects",
                                "what `make data` writes beside the synthetic sources",
                                "run `make data`; with data of your own, set synthetic = false and remove the recovery "
                                "table")]) from None  # fmt: skip


def estimate(study: Study, panel: Panel, name: str, spec: Recovery) -> Result:
    """Columns: estimate, lower and upper bound, truth, difference in standard errors, whether the interval holds it.

    Totals and a, b, a*b (with the draws of the first mediation table) come from the models of the report's tables (one mechanism at a time); the direct effect from
    the model with all mechanisms, which is the one that the process declares.
    """
    truth = _read_truth(study)
    model = resolve(study, ModelChoice())
    roles = study.spec.roles
    level = study.spec.bootstrap.level
    rows = select(panel.frame, model.sample, [*model.variables, *roles.mediators], name)
    province, year = codes(rows.index.get_level_values("province")), codes(rows.index.get_level_values("year"))
    x = rows[[model.treatment, *model.controls]].to_numpy(float)

    def total(outcome: str) -> Term:
        return term("total", within_fit(rows[outcome].to_numpy(float), x, province, year, province), 0, level)

    wide = np.column_stack([x, rows[roles.mediators].to_numpy(float)])
    joint = within_fit(rows[model.outcome].to_numpy(float), wide, province, year, province)
    estimates = {"total": total(model.outcome), "direct": term("direct", joint, 0, level)}
    draws = next((n for n, t in study.tables.items() if t.kind == "mediation"), name)
    for mediator, mechanism in mediate(study, draws, rows, model, roles.mediators).items():
        estimates |= {f"{mediator}.{t.name}": t for t in mechanism.terms if t.name in ("a", "b", "indirect")}
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
        Column("estimate", None, [Term(k, "estimate", estimates[k].estimate, estimates[k].se) for k in keys]),
        column("low", lambda k: estimates[k].low), column("high", lambda k: estimates[k].high),
        column("truth", lambda k: truth[k]), column("z", z), column("covered", holds),
    ]  # fmt: skip
    covered = int(sum(holds(k) for k in keys))
    notes = [Note("recovery", {"covered": covered, "of": len(keys), "level": level}), Note("synthetic")]
    return Result(name, spec.kind, columns, notes)
