"""How strong an unobserved confounder would have to be."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipeline.inference.moments import Array


def rho_at_zero(rest: Array, mediator: int) -> Array:
    """Correlation of the errors of mediator and outcome at which a*b vanishes, for each replicate.

    rest: residual cross products (mediators + outcome) given treatment, controls and effects. In
    the linear model the indirect effect is zero where rho equals the partial correlation of
    mediator and outcome given the treatment.
    Source: Imai, Keele and Yamamoto (2010), theorem 2.
    """
    return np.asarray(rest[mediator, -1] / np.sqrt(rest[mediator, mediator] * rest[-1, -1]))


def indirect_at_rho(a: Array, rest: Array, mediator: int, rho: float) -> Array:
    """Indirect effect if the errors of mediator and outcome were correlated by rho: a (s_y/s_m) {r
    - rho sqrt[(1 - r^2)/(1 - rho^2)]}.

    s_m, s_y: residual standard deviations given the treatment; r their partial correlation. Source:
    as above.
    """
    r = rho_at_zero(rest, mediator)
    scale = np.sqrt(rest[-1, -1] / rest[mediator, mediator])
    return np.asarray(a * scale * (r - rho * np.sqrt((1 - r**2) / (1 - rho**2))))


def partial_r2(t: float, df: int) -> float:
    """Partial R² of a regressor with the outcome, t² / (t² + df), t from classical errors."""
    return t * t / (t * t + df)


def robustness_value(t: float, df: int, q: float = 1.0) -> float:
    """Robustness value: the partial R² with both that a confounder needs to move the estimate by
    100 q percent.

    Source: Cinelli and Hazlett (2020), equation 20: (sqrt(f⁴ + 4 f²) - f²) / 2, f = q |t| /
    sqrt(df).
    """
    f2 = (q * t) ** 2 / df
    return float((np.sqrt(f2 * f2 + 4 * f2) - f2) / 2)


def robustness_value_at(t: float, df: int, size: float) -> float:
    """Robustness value at a significance level: the partial R² with both that a confounder needs to
    bring the estimate within the reach of a test of this size; 0 where it is already.

    Source: Cinelli and Hazlett (2020), section 4.3, RV_q,alpha for q = 1; beyond f > 1 / f* the
    bound by the outcome alone, as their sensemakr.
    """
    f = abs(t) / np.sqrt(df)
    critical = float(stats.t.isf(size / 2, df - 1)) / np.sqrt(df - 1)
    if f <= critical:
        return 0.0
    if f > 1 / critical:
        return float((f**2 - critical**2) / (1 + f**2))
    return robustness_value(float((f - critical) * np.sqrt(df)), df)


@dataclass(frozen=True)
class Bound:
    """What a confounder as strong as an observed control would do: its partial R²s and the adjusted
    estimate, None where the implied R² with the outcome is above one."""

    r2_treatment: float
    r2_outcome: float
    adjusted: float | None


def benchmark(
    estimate: float, se: float, df: int, r2_dx: float, r2_yx: float, strength: float = 1.0
) -> Bound | None:
    """Bound on the bias by a confounder `strength` times as strong as an observed covariate.

    r2_dx: partial R² of the covariate with the regressor given the others; r2_yx: with the outcome
    given regressor and others; se classical. Source: Cinelli and Hazlett (2020), section 4.4. None
    where no confounder can be so strong (it would explain more than all of the regressor).
    """
    if strength * r2_dx / (1 - r2_dx) >= 1:
        return None
    r2_dz = strength * r2_dx / (1 - r2_dx)
    r2_zx = strength * r2_dx**2 / ((1 - strength * r2_dx) * (1 - r2_dx))
    r2_yz = ((np.sqrt(strength) + np.sqrt(r2_zx)) / np.sqrt(1 - r2_zx)) ** 2 * r2_yx / (1 - r2_yx)
    if r2_yz > 1:
        return Bound(float(r2_dz), float(r2_yz), None)
    bias = se * np.sqrt(df) * np.sqrt(r2_yz * r2_dz / (1 - r2_dz))
    return Bound(float(r2_dz), float(r2_yz), float(np.sign(estimate) * (abs(estimate) - bias)))


def oster_delta(
    short: float,
    r2_short: float,
    long: float,
    r2_long: float,
    r2_max: float,
    var_y: float,
    var_x: float,
    tau_x: float,
) -> float:
    """Degree of selection on unobservables, relative to observables, at which the estimate would be
    zero.

    short, long: coefficient without and with controls; R² alike; var_y, var_x: variances of outcome
    and treatment; tau_x: variance of the treatment's residual on the controls; everything net of
    the effects. Source: Oster (2019), proposition 3.
    """
    gap, moved, left = r2_long - r2_short, short - long, r2_max - r2_long
    common = [long**2 * tau_x * moved * var_x, long**3 * (tau_x * var_x - tau_x**2)]
    top = [long * gap * var_y * tau_x, long * var_x * tau_x * moved**2, 2 * common[0], common[1]]
    bottom = [left * var_y * moved * var_x, long * left * var_y * (var_x - tau_x), *common]
    if abs(sum(bottom)) <= 1e-12 * sum(map(abs, bottom)):  # nothing but rounding is left
        return float("inf")
    return float(sum(top) / sum(bottom))
