"""One linear panel model by linearmodels, with the declared standard errors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from numpy.typing import NDArray

from pipeline.inference.within import crv1_factor
from pipeline.models.carrier import carrier
from pipeline.models.prepared import clustered
from pipeline.models.sample import rows_of, select
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.results.rows import Fit, Regression
from pipeline.study.model import Model

Array = NDArray[np.float64]

# Share of a column's variation below which nothing is left of it beside the others.
_RANK = 1e-8


def fit(panel: Panel, model: Model, spec: str, level: float) -> Regression:
    """Estimate a model: coefficients, CRV1 errors clustered by unit, t(G-1) p-values and intervals.

    The covariance is linearmodels' raw cluster sandwich times G/(G-1) (N-1)/(N-K), K = slopes +
    year effects + 1: what Stata's xtreg, fe vce(cluster) and reghdfe report. Columns are centred
    and scaled before linearmodels sees them, so that a regressor of 1e8 with a noise of 1 keeps its
    digits, and the coefficients are scaled back. Raises Rejected when a variable is absorbed or
    collinear, the outcome does not vary, or the fit is perfect.
    """
    rows = select(panel.frame, model.sample, model.variables, spec)
    names = model.variables[1:]
    entity, time = "province" in model.effects, "year" in model.effects
    require_variation(rows, model, spec)
    outcome, regressors = rows[model.outcome], rows[names]
    whitening = _whitening(rows, names, entity, time)
    x = (regressors - whitening.centre) @ whitening.matrix
    x.columns = pd.Index(names)
    spread = float(outcome.std(ddof=0))
    y = ((outcome - outcome.mean()) / spread).rename("outcome")
    if not model.effects:
        x = x.assign(constant=1.0)
    fitted = PanelOLS(y, x, entity_effects=entity, time_effects=time).fit(
        cov_type="clustered",
        cluster_entity=True,
        auto_df=False,
        count_effects=False,
        group_debias=False,
        debiased=False,
    )
    counts = rows_of(rows)
    years = rows.index.get_level_values("year").nunique() - 1 if time else 0
    factor = crv1_factor(counts.observations, counts.units, len(names), years)
    back = _back(whitening, spread, constant=not model.effects)
    b = back @ fitted.params.to_numpy()
    if not model.effects:
        b[-1] += float(outcome.mean())
    errors = np.sqrt(np.diag(back @ fitted.cov.to_numpy() @ back.T) * factor)
    estimates = [
        clustered(float(value), float(error), counts.df, level)
        for value, error in zip(b, errors, strict=True)
    ]
    quality = Fit(
        r2_within=float(fitted.rsquared) if model.effects else None,
        r2=float(fitted.rsquared_inclusive),
        outcome_mean=float(outcome.mean()),
        outcome_sd=float(outcome.std(ddof=1)),
    )
    coefficients = dict(zip(names, estimates[: len(names)], strict=True))
    constant = None if model.effects else estimates[-1]
    return Regression(model, counts, quality, coefficients, constant, carrier(rows, model))


@dataclass(frozen=True)
class _Whitening:
    """Regressors less `centre` (k,), times `matrix` (k, k), are orthonormal net of the effects."""

    centre: Array
    matrix: Array


def _whitening(rows: pd.DataFrame, names: list[str], entity: bool, time: bool) -> _Whitening:
    """What makes regressors orthonormal net of the effects, so that no two are nearly alike."""
    x = rows[names].to_numpy(float)
    centre, scale = x.mean(axis=0), x.std(axis=0)
    net = _net((x - centre) / scale, _effects_basis(rows, entity, time))
    triangle = np.linalg.qr(net, mode="r")
    return _Whitening(centre, np.linalg.inv(triangle) / scale[:, None])


def _back(whitening: _Whitening, spread: float, *, constant: bool) -> Array:
    """The matrix that takes coefficients of whitened and scaled columns to those of the columns
    themselves."""
    slopes = spread * whitening.matrix
    if not constant:
        return slopes
    below = np.append(-whitening.centre @ slopes, spread)
    return np.vstack([np.column_stack([slopes, np.zeros(len(slopes))]), below])


def require_variation(rows: pd.DataFrame, model: Model, spec: str) -> None:
    """Refuse an outcome that the effects absorb or the regressors fit perfectly, and regressors
    without variation.

    Each variable is named: regressors that the effects absorb or that the variables before them
    explain, the outcome where nothing is left to explain or nothing is left unexplained. Raises
    Rejected with all of them.
    """
    entity, time = "province" in model.effects, "year" in model.effects
    basis = _effects_basis(rows, entity, time)
    problems: list[Finding] = []
    kept = basis
    for name in model.variables[1:]:
        column = _unit(rows[name])
        left = _net(column, kept)
        if np.linalg.norm(left) <= _RANK:
            problems.append(
                _collinear(spec, name, bool(np.linalg.norm(_net(column, basis)) <= _RANK))
            )
            continue
        kept = np.column_stack([kept, left / np.linalg.norm(left)])
    outcome = _unit(rows[model.outcome])
    if np.linalg.norm(_net(outcome, basis)) <= _RANK:
        problems.append(no_variation(spec, model.outcome))
    elif np.linalg.norm(_net(outcome, kept)) <= _RANK:
        problems.append(perfect_fit(spec, model.outcome))
    if problems:
        raise Rejected(problems)


def _unit(column: pd.Series) -> Array:
    """A column centred and of norm one; zero where it is constant."""
    values = column.to_numpy(float)
    values = values / max(float(np.abs(values).max()), 1e-300)
    centred = values - values.mean()
    norm = float(np.linalg.norm(centred))
    # What rounding leaves of a constant is no variation.
    return centred / norm if norm > 1e-13 * np.sqrt(len(values)) else np.zeros(len(values))


def _net(column: Array, basis: Array) -> Array:
    """What is left of a column beside an orthonormal basis, projected twice against rounding."""
    left = column - basis @ (basis.T @ column)
    return np.asarray(left - basis @ (basis.T @ left))


def _effects_basis(rows: pd.DataFrame, entity: bool, time: bool) -> Array:
    """An orthonormal basis (n, k) of the constant and the dummies of the effects."""
    levels = [
        rows.index.get_level_values(level)
        for level, on in (("province", entity), ("year", time))
        if on
    ]
    dummies = [pd.get_dummies(pd.Index(level)).to_numpy(float) for level in levels]
    u, size, _ = np.linalg.svd(np.column_stack([np.ones(len(rows)), *dummies]), full_matrices=False)
    return np.asarray(u[:, size > 1e-8])


def _collinear(spec: str, name: str, absorbed: bool) -> Finding:
    found = (
        "no variation left once the effects are absorbed"
        if absorbed
        else "an exact combination of the variables before it and the effects"
    )
    remedy = f"drop `{name}` from this model, or drop the effect"
    where = Where(file=spec, variable=name)
    return Finding("collinear", "error", where, found, "variation of its own", remedy)


def no_variation(spec: str, outcome: str) -> Finding:
    """An outcome that the effects absorb."""
    where = Where(file=spec, variable=outcome)
    found = "no variation of the outcome left once the effects are absorbed"
    remedy = "name another outcome, or drop the effect"
    return Finding("outcome-constant", "error", where, found, "an outcome that varies", remedy)


def perfect_fit(spec: str, outcome: str) -> Finding:
    """An outcome that the regressors and effects fit without a residual."""
    where = Where(file=spec, variable=outcome)
    found = "regressors and effects fit the outcome perfectly: there is no residual to test with"
    remedy = "check whether the outcome is made of a regressor; drop that one"
    return Finding("perfect-fit", "error", where, found, "residuals", remedy)
