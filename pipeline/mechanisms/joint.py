"""Mechanisms together: in parallel, and in chains."""

import numpy as np

from pipeline.inference.few_clusters.wild_joint import joint_model, joint_test
from pipeline.mechanisms.resample import (
    bootstrap_term,
    coefficient,
    draw_record,
    mechanism_notes,
    prepare,
    replicate,
)
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Chain, Parallel
from pipeline.study.model import resolve
from pipeline.study.study import Study


def parallel(study: Study, panel: Panel, name: str, spec: Parallel) -> Result:
    """All mediators in one outcome equation: a_k, b_k, a_k b_k with its interval and share; total - direct = their sum.

    Correlations between the indirect effects are those of their bootstrap draws.
    """
    mediators = spec.mediators or study.spec.roles.mediators
    prepared = prepare(study, panel, name, resolve(study, spec.model), mediators)
    replicates, level = replicate(prepared, jointly=True), study.spec.bootstrap.level
    model = prepared.model
    right = [model.treatment, *model.controls]
    joint = prepared.regress(model.outcome, [*mediators, *right])
    total = coefficient("total", prepared.regress(model.outcome, right), 0, level)
    b_draws, direct_draws = replicates.draws.parallel()
    b_point, direct_point = replicates.point.parallel()
    parts = replicates.draws.a * b_draws
    points = (replicates.point.a * b_point)[:, 0]
    tested = prepared.rows[mediators].to_numpy(float)
    rest = prepared.rows[right].to_numpy(float)
    all_b = joint_model(
        prepared.column(model.outcome),
        tested,
        rest,
        prepared.province,
        prepared.year,
        prepared.province,
    )
    p_joint = joint_test(all_b, study.spec.seed, f"{name}/joint").p
    correlation = np.atleast_2d(np.corrcoef(parts))
    columns = []
    for k, mediator in enumerate(mediators):
        share = points[k] / total.estimate if (total.low or 0) * (total.high or 0) > 0 else None
        terms = [
            coefficient("a", prepared.regress(mediator, right), 0, level),
            coefficient("b_joint", joint, k, level),
            bootstrap_term("indirect", float(points[k]), parts[k], level),
        ]
        terms += [
            Term("interval_percentile", "interval", None, low=terms[-1].low, high=terms[-1].high),
            Term("share", "share", share),
        ]
        terms += [
            Term(f"correlation/{other}", "number", float(correlation[k, j]) if j != k else None)
            for j, other in enumerate(mediators)
        ]
        columns.append(Column(mediator, model.outcome, terms, prepared.statistics()))
    together = bootstrap_term("indirect", float(points.sum()), parts.sum(axis=0), level)
    direct = bootstrap_term("direct", float(direct_point[0]), direct_draws, level)
    interval = Term("interval_percentile", "interval", None, low=together.low, high=together.high)
    share = (
        float(points.sum()) / total.estimate
        if total.estimate and (total.low or 0) * (total.high or 0) > 0
        else None
    )
    columns.append(
        Column(
            "together",
            model.outcome,
            [
                together,
                interval,
                Term("share", "share", share),
                direct,
                total,
                Term("joint_b", "p", p_joint),
            ],
            prepared.statistics(),
        )
    )
    notes = mechanism_notes(prepared, panel, replicates, Note("gelbach"), direct=True)
    return Result(name, spec.kind, columns, notes, draw_record(replicates))


def chain(study: Study, panel: Panel, name: str, spec: Chain) -> Result:
    """Paths through the first alone, the second alone and both, and the direct effect, which add up to the total."""
    mediators = list(dict.fromkeys(m for pair in spec.chains for m in pair))
    prepared = prepare(study, panel, name, resolve(study, spec.model), mediators)
    replicates, level = replicate(prepared, jointly=True), study.spec.bootstrap.level
    columns = []
    for first, second in spec.chains:
        at = mediators.index(first), mediators.index(second)
        points, draws = replicates.point.chain(*at), replicates.draws.chain(*at)
        terms: list[Term] = []
        for path in ("first", "second", "both", "direct"):
            found = bootstrap_term(f"path_{path}", float(points[path][0]), draws[path], level)
            terms += [
                found,
                Term(f"interval_{path}", "interval", None, low=found.low, high=found.high),
            ]
        terms.append(
            bootstrap_term("total", float(replicates.point.total[0]), replicates.draws.total, level)
        )
        columns.append(
            Column(f"{first}>{second}", prepared.model.outcome, terms, prepared.statistics())
        )
    notes = mechanism_notes(
        prepared,
        panel,
        replicates,
        Note("chain"),
        Note("not_causal_short"),
        crv1=False,
        errors=True,
    )
    return Result(name, spec.kind, columns, notes, draw_record(replicates))
