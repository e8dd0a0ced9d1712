"""One linear panel model by linearmodels, with the declared standard errors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from numpy.typing import NDArray

from pipeline.inference.within import crv1_factor
from pipeline.models.carrier import carrier
from pipeline.models.gate import effects_basis, net, require_variation
from pipeline.models.prepared import clustered
from pipeline.models.sample import rows_of, select
from pipeline.panel.panel import Panel
from pipeline.results.rows import Fit, Regression
from pipeline.study.model import Model

Array = NDArray[np.float64]


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
    whitening = _whitening(rows, model)
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


def _whitening(rows: pd.DataFrame, model: Model) -> _Whitening:
    """What makes regressors orthonormal net of the effects, so that no two are nearly alike."""
    x = rows[model.variables[1:]].to_numpy(float)
    centre, scale = x.mean(axis=0), x.std(axis=0)
    triangle = np.linalg.qr(net((x - centre) / scale, effects_basis(rows, model)), mode="r")
    return _Whitening(centre, np.linalg.inv(triangle) / scale[:, None])


def _back(whitening: _Whitening, spread: float, *, constant: bool) -> Array:
    """The matrix that takes coefficients of whitened and scaled columns to those of the columns
    themselves."""
    slopes = spread * whitening.matrix
    if not constant:
        return slopes
    below = np.append(-whitening.centre @ slopes, spread)
    return np.vstack([np.column_stack([slopes, np.zeros(len(slopes))]), below])
