"""How strong an unobserved confounder would have to be to undo a mechanism."""

from collections.abc import Callable

import numpy as np

from pipeline.inference.sensitivity import (
    Bound,
    benchmark,
    oster_delta,
    partial_r2,
    rho_at_zero,
    robustness_value,
    robustness_value_at,
)
from pipeline.methods.mechanisms.sensitivity.result import Mechanism, Result, Strength
from pipeline.methods.mechanisms.sensitivity.spec import SensitivityTable
from pipeline.models.carrier import carrier
from pipeline.models.prepared import Prepared, prepare
from pipeline.models.replicates import Replicates, replicate
from pipeline.models.task import Task
from pipeline.results.estimate import SIZE


def estimate(task: Task[SensitivityTable]) -> Result:
    """For each mechanism: rho at which a*b vanishes, robustness value of b, and b with a confounder
    like the benchmark.

    Then the treatment's own effect on the outcome, with Oster's delta. Classical degrees of
    freedom, as the sources define these measures. Raises Rejected for a benchmark that is no
    control.
    """
    prepared = prepare(task, task.model(task.spec.model), task.spec.mechanisms(task.study))
    model, bench = prepared.model, task.spec.benchmark
    if bench not in model.controls:
        expected = f"one of: {', '.join(model.controls)}"
        raise task.refusal(
            "benchmark",
            "not a control of this model",
            expected,
            "name an observed control",
            key="benchmark",
            variable=bench,
        )
    replicates = replicate(prepared)
    delta, implied = _oster(prepared, task.spec.r2_max)
    return Result(
        data=task.facts(prepared.frame.columns),
        model=model,
        rows=prepared.rows,
        mechanisms=[
            _mechanism(prepared, replicates, k, bench) for k in range(len(prepared.mediators))
        ],
        treatment=_strength(prepared, model.treatment, model.controls, bench),
        oster_delta=delta,
        draws=replicates.record,
        carrier=carrier(prepared.frame, model),
        implied_r2=implied,
    )


def _mechanism(prepared: Prepared, replicates: Replicates, k: int, bench: str) -> Mechanism:
    mediator = prepared.mediators[k]
    rho = float(rho_at_zero(replicates.point.rest, k)[0])
    interval = replicates.bootstrap.interval(rho_at_zero(replicates.draws.rest, k))
    strength = _strength(prepared, mediator, prepared.right, bench)
    return Mechanism(mediator, rho, interval, strength)


def _classical(prepared: Prepared, outcome: str, names: list[str]) -> tuple[float, float, int]:
    """Estimate and classical error of the first regressor, and the residual degrees of freedom."""
    left = prepared.regress(names[0], names[1:]).residuals
    fitted = prepared.regress(outcome, names)
    years = int(prepared.year.max()) + 1
    df = len(prepared.frame) - len(names) - prepared.clusters - (years - 1)
    variance = float(fitted.residuals @ fitted.residuals) / df
    return float(fitted.beta[0]), float(np.sqrt(variance / (left @ left))), df


def _strength(prepared: Prepared, regressor: str, others: list[str], bench: str) -> Strength:
    """Partial R2, robustness values, and the estimate with a confounder 1 and 3 times as strong as
    the benchmark, and as strong as the control that takes the most."""
    b, error, df = _classical(prepared, prepared.model.outcome, [regressor, *others])
    beside = {c: _beside(prepared, regressor, others, c) for c in prepared.model.controls}
    strongest = min(beside, key=lambda c: _left(b, _adjusted(beside[c](1))))
    bounds = {times: beside[bench](times) for times in (1, 3)}
    t = b / error
    return Strength(
        estimate=b,
        partial_r2=partial_r2(t, df),
        robustness=robustness_value(t, df),
        robustness_at=robustness_value_at(t, df, SIZE),
        as_benchmark=_adjusted(bounds[1]),
        thrice_benchmark=_adjusted(bounds[3]),
        strongest=strongest,
        as_strongest=_adjusted(beside[strongest](1)),
        beyond={
            str(times): bound.r2_outcome
            for times, bound in bounds.items()
            if bound is not None and bound.adjusted is None
        },
    )


def _adjusted(bound: Bound | None) -> float | None:
    """The estimate beside a confounder; None where there can be none."""
    return None if bound is None else bound.adjusted


def _left(estimate: float, adjusted: float | None) -> float:
    """How much of an estimate a confounder leaves, below 0 where it turns its sign; one that cannot
    be takes nothing."""
    return np.inf if adjusted is None else adjusted * np.sign(estimate)


def _beside(
    prepared: Prepared, regressor: str, others: list[str], bench: str
) -> Callable[[int], Bound | None]:
    """What a confounder so many times as strong as a control would do; None where none can be."""
    outcome = prepared.model.outcome
    b, error, df = _classical(prepared, outcome, [regressor, *others])
    without = [n for n in others if n != bench]
    d, error_d, df_d = _classical(prepared, regressor, [bench, *without])
    y, error_y, df_y = _classical(prepared, outcome, [bench, regressor, *without])
    r2_dx, r2_yx = partial_r2(d / error_d, df_d), partial_r2(y / error_y, df_y)

    def beside(times: int) -> Bound | None:
        return benchmark(b, error, df, r2_dx, r2_yx, times)

    return beside


def _oster(prepared: Prepared, factor: float) -> tuple[float | None, float | None]:
    """Delta of the treatment, R2max = min(1, factor x R2 with controls), everything net of the
    effects; and factor x R2 where it is above one."""
    model = prepared.model
    y, x = (prepared.regress(n, []).residuals for n in (model.outcome, model.treatment))
    short = float(x @ y / (x @ x))
    r2_short = float((x @ y) ** 2 / ((x @ x) * (y @ y)))
    long = prepared.regress(model.outcome, prepared.right)
    r2_long = 1 - float(long.residuals @ long.residuals) / float(y @ y)
    left = prepared.regress(model.treatment, model.controls).residuals
    implied = factor * r2_long
    sizes = (float(v @ v) / len(y) for v in (y, x, left))
    delta = oster_delta(short, r2_short, float(long.beta[0]), r2_long, min(1.0, implied), *sizes)
    return (delta if np.isfinite(delta) else None), (implied if implied > 1 else None)
