"""Mediation tables: each mechanism on its own."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from pipeline.inference import intervals
from pipeline.inference.few_clusters.wild import wild_model, wild_test
from pipeline.mechanisms.detectable import POWER, detectable_indirect, sign_vectors
from pipeline.mechanisms.resample import (
    Prepared,
    Replicates,
    bootstrap_term,
    coefficient,
    draw_record,
    mechanism_notes,
    prepare,
    replicate,
)
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Mediation
from pipeline.study.model import resolve
from pipeline.study.study import Study

_WILD_DRAWS = 9_999


def estimate(study: Study, panel: Panel, name: str, spec: Mediation) -> Result:
    """NQP -> M, M -> outcome given NQP, and a*b with its intervals and tests, for each mediator on one common sample."""
    mediators = spec.mediators or study.spec.roles.mediators
    prepared = prepare(study, panel, name, resolve(study, spec.model), mediators)
    replicates = replicate(prepared, errors="studentised" in spec.intervals)
    signs = sign_vectors(prepared, f"{name}/detectable", _WILD_DRAWS)
    columns = []
    for k, mediator in enumerate(mediators):
        terms = effects(prepared, replicates, k)
        by_name = {t.name: t for t in terms}
        terms += _intervals(replicates, k, spec.intervals, study.spec.bootstrap.level)
        terms += _tests(prepared, mediator, by_name)
        terms.append(
            Term("detectable", "number", detectable_indirect(prepared, mediator, signs, POWER))
        )
        columns.append(
            Column(
                mediator,
                prepared.model.outcome,
                terms,
                prepared.statistics()
                | {
                    "joint_p": max(by_name["a"].p or 0.0, by_name["b"].p or 0.0),
                    "pattern": pattern(by_name),
                },
            )
        )
    others = [
        Note("evidence", {"cited": {k: {"en": t.en, "zh": t.zh} for k, t in spec.evidence.items()}})
    ] * bool(spec.evidence)
    notes = mechanism_notes(
        prepared,
        panel,
        replicates,
        *others,
        Note("not_causal"),
        Note("wild", {"draws": _WILD_DRAWS}),
        Note("detectable", {"power": POWER, "draws": _WILD_DRAWS}),
    )
    return Result(name, spec.kind, columns, notes, draw_record(replicates))


def effects(prepared: Prepared, replicates: Replicates, k: int) -> list[Term]:
    """a, b, direct, indirect, total and share of mediator k: CRV1 for coefficients, percentile interval for a*b."""
    model, mediator, level = (
        prepared.model,
        prepared.mediators[k],
        prepared.study.spec.bootstrap.level,
    )
    right = [model.treatment, *model.controls]
    a = coefficient("a", prepared.regress(mediator, right), 0, level)
    total = coefficient("total", prepared.regress(model.outcome, right), 0, level)
    both = prepared.regress(model.outcome, [mediator, *right])
    b, direct = coefficient("b", both, 0, level), coefficient("direct", both, 1, level)
    assert a.estimate is not None and b.estimate is not None and total.estimate is not None
    ab = a.estimate * b.estimate
    indirect = bootstrap_term("indirect", ab, replicates.draws.indirect[k], level)
    share = ab / total.estimate if (total.low or 0) * (total.high or 0) > 0 else None
    return [a, b, direct, indirect, total, Term("share", "share", share)]


def _intervals(replicates: Replicates, k: int, wanted: Sequence[str], level: float) -> list[Term]:
    point, draws, without = (
        replicates.point.indirect[k, 0],
        replicates.draws.indirect[k],
        replicates.without.indirect[k],
    )
    found: dict[str, tuple[float, float]] = {}
    if "percentile" in wanted:
        found["percentile"] = intervals.percentile(draws, level)
    if "bca" in wanted and np.isfinite(without).all() and replicates.without.kept.all():
        found["bca"] = intervals.bca(float(point), draws, without, level)
    if "studentised" in wanted:
        assert replicates.point.errors is not None and replicates.draws.errors is not None
        found["studentised"] = intervals.studentised(
            float(point),
            float(replicates.point.errors[k, 0]),
            draws,
            replicates.draws.errors[k],
            level,
        )
    # An interval that cannot be made (a mechanism that one province alone identifies) is left blank.
    blank: tuple[float | None, float | None] = (None, None)
    bounds = {n: found.get(n, blank) for n in wanted}
    return [
        Term(f"interval_{n}", "interval", None, low=lo, high=hi, interval=n)
        for n, (lo, hi) in bounds.items()
    ]


def _tests(prepared: Prepared, mediator: str, terms: dict[str, Term]) -> list[Term]:
    """Sobel's p, and wild cluster bootstrap p-values of a and b with their maximum, the test of both."""
    a, b, model = terms["a"], terms["b"], prepared.model
    assert a.estimate is not None and a.se and b.estimate is not None and b.se
    sobel = a.estimate * b.estimate / np.hypot(a.estimate * b.se, b.estimate * a.se)
    controls = prepared.rows[model.controls].to_numpy(float)
    x, m, y = (prepared.column(n) for n in (model.treatment, mediator, model.outcome))
    seed, group, year = prepared.study.spec.seed, prepared.province, prepared.year
    first = wild_model(m, x, controls, group, year, group)
    second = wild_model(y, m, np.column_stack([x, controls]), group, year, group)
    p = [
        wild_test(w, seed, f"{prepared.name}/{mediator}/{n}", _WILD_DRAWS).p
        for n, w in (("a", first), ("b", second))
    ]
    return [
        Term("sobel_p", "p", float(2 * stats.norm.sf(abs(sobel)))),
        Term("wild_a", "p", p[0]),
        Term("wild_b", "p", p[1]),
        Term("wild_joint", "p", max(p)),
    ]


def pattern(terms: dict[str, Term]) -> str:
    """What the numbers show: `none` unless the interval of a*b excludes 0; `suppression` where it opposes the direct.

    Source: MacKinnon, Krull and Lockwood (2000), inconsistent mediation.
    """
    indirect, direct = terms["indirect"], terms["direct"]
    assert indirect.low is not None and indirect.high is not None
    assert indirect.estimate is not None and direct.estimate is not None
    if indirect.low <= 0 <= indirect.high:
        return "none"
    return "suppression" if indirect.estimate * direct.estimate < 0 else "transmission"
