"""How strong an unobserved confounder would have to be to undo a mechanism."""

import numpy as np

from pipeline.inference.sensitivity import (
    benchmark,
    indirect_at_rho,
    oster_delta,
    partial_r2,
    rho_at_zero,
    robustness_value,
)
from pipeline.mechanisms.resample import Prepared, draw_record, mechanism_notes, prepare, replicate
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import ModelChoice, RhoFigure, Sensitivity
from pipeline.study.model import resolve
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Sensitivity) -> Result:
    """For each mechanism: rho at which a*b vanishes, robustness value of b, and b with a confounder like the benchmark.

    The last column is the treatment's own effect on the outcome, with Oster's delta. Classical degrees of freedom, as the
    sources define these measures.
    """
    mediators = spec.mediators or study.spec.roles.mediators
    prepared = prepare(study, panel, name, resolve(study, spec.model), mediators)
    model, level = prepared.model, study.spec.bootstrap.level
    if spec.benchmark not in model.controls:
        where = Where(file=prepared.file, key="benchmark", variable=spec.benchmark)
        raise Rejected(
            [
                Finding(
                    "benchmark",
                    "error",
                    where,
                    "not a control of this model",
                    f"one of: {', '.join(model.controls)}",
                    "name an observed control",
                )
            ]
        )
    replicates = replicate(prepared)
    columns = []
    for k, mediator in enumerate(mediators):
        rho, draws = rho_at_zero(replicates.point.rest, k)[0], rho_at_zero(replicates.draws.rest, k)
        low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
        terms = [
            Term("rho_zero", "number", float(rho)),
            Term("interval_rho", "interval", None, low=float(low), high=float(high)),
        ]
        terms += _strength(prepared, mediator, [model.treatment, *model.controls], spec.benchmark)
        columns.append(Column(mediator, model.outcome, terms, prepared.statistics()))
    terms = _strength(prepared, model.treatment, model.controls, spec.benchmark)
    terms.append(Term("oster_delta", "number", _oster(prepared, spec.r2_max)))
    columns.append(Column(model.treatment, model.outcome, terms, prepared.statistics()))
    note = Note("sensitivity", {"benchmark": spec.benchmark, "r2_max": spec.r2_max})
    return Result(
        name,
        spec.kind,
        columns,
        mechanism_notes(prepared, panel, replicates, note, crv1=False),
        draw_record(replicates),
    )


def _classical(prepared: Prepared, outcome: str, names: list[str]) -> tuple[float, float, int]:
    """Estimate and classical error of the first regressor, and the residual degrees of freedom."""
    left = prepared.regress(names[0], names[1:]).residuals
    fitted = prepared.regress(outcome, names)
    years = int(prepared.year.max()) + 1
    df = len(prepared.rows) - len(names) - prepared.clusters - (years - 1)
    variance = float(fitted.residuals @ fitted.residuals) / df
    return float(fitted.beta[0]), float(np.sqrt(variance / (left @ left))), df


def _strength(prepared: Prepared, regressor: str, others: list[str], bench: str) -> list[Term]:
    """Partial R², robustness value, and the estimate with a confounder 1 and 3 times as strong as the benchmark."""
    outcome = prepared.model.outcome
    b, se, df = _classical(prepared, outcome, [regressor, *others])
    without = [n for n in others if n != bench]
    with_d, _, df_d = _classical(prepared, regressor, [bench, *without])
    t_d = with_d / _classical(prepared, regressor, [bench, *without])[1]
    b_y, se_y, df_y = _classical(prepared, outcome, [bench, regressor, *without])
    r2_dx, r2_yx = partial_r2(t_d, df_d), partial_r2(b_y / se_y, df_y)
    terms = [
        Term("estimate_b", "estimate", b),
        Term("partial_r2", "number", partial_r2(b / se, df)),
        Term("robustness_value", "number", robustness_value(b / se, df)),
    ]
    return terms + [
        Term(
            f"adjusted_{k}",
            "number",
            bound.adjusted if (bound := benchmark(b, se, df, r2_dx, r2_yx, k)) else None,
        )
        for k in (1, 3)
    ]


def _oster(prepared: Prepared, factor: float) -> float | None:
    """Delta of the treatment, R²max = min(1, factor x R² with controls), everything net of the effects."""
    model = prepared.model
    y, x = (prepared.regress(n, []).residuals for n in (model.outcome, model.treatment))
    short = float(x @ y / (x @ x))
    r2_short = float((x @ y) ** 2 / ((x @ x) * (y @ y)))
    long = prepared.regress(model.outcome, [model.treatment, *model.controls])
    r2_long = 1 - float(long.residuals @ long.residuals) / float(y @ y)
    left = prepared.regress(model.treatment, model.controls).residuals
    n = len(y)
    delta = oster_delta(
        short,
        r2_short,
        float(long.beta[0]),
        r2_long,
        min(1.0, factor * r2_long),
        float(y @ y) / n,
        float(x @ x) / n,
        float(left @ left) / n,
    )
    return delta if np.isfinite(delta) else None


def rho_curve(study: Study, panel: Panel, name: str, spec: RhoFigure) -> Result:
    """Indirect effect of each mechanism for rho from -0.9 to 0.9, with its percentile band."""
    mediators = spec.mediators or study.spec.roles.mediators
    prepared = prepare(study, panel, name, resolve(study, ModelChoice()), mediators)
    replicates, level = replicate(prepared), study.spec.bootstrap.level
    columns = []
    for k, mediator in enumerate(mediators):
        terms = []
        for rho in np.linspace(-0.9, 0.9, 61):
            point = indirect_at_rho(replicates.point.a[k], replicates.point.rest, k, float(rho))[0]
            draws = indirect_at_rho(replicates.draws.a[k], replicates.draws.rest, k, float(rho))
            low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
            terms.append(
                Term(f"{rho:.2f}", "estimate", float(point), low=float(low), high=float(high))
            )
        zero = Term("rho_zero", "number", float(rho_at_zero(replicates.point.rest, k)[0]))
        columns.append(Column(mediator, prepared.model.outcome, [*terms, zero]))
    return Result(
        name,
        spec.kind,
        columns,
        mechanism_notes(prepared, panel, replicates, crv1=False),
        draw_record(replicates),
    )
