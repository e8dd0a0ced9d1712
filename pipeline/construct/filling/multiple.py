"""Multiple imputation: many draws of each gap, so that what is not known widens the errors."""

import numpy as np

from pipeline.construct.filling.kalman import fit_level
from pipeline.construct.filling.trend import follow_trend
from pipeline.formula.functions import Grid


def impute(x: Grid, draws: int, rng: np.random.Generator) -> Grid:
    """Draws (draws, n, T) of a grid's gaps from the posterior of the province's level around the national trend.

    The province's ratio to the common growth follows a local level model with drift; each draw takes its parameters from their
    asymptotic distribution, its level from the simulation smoother (Durbin and Koopman 2002), and adds the observation
    error. In logs where all values are positive. Provinces with fewer than five observed years stay as they are.
    """
    logs = bool(np.nanmin(x, initial=np.inf) > 0)
    y = np.log(x) if logs else x
    path = _path(y)
    out = np.repeat(y[None], draws, axis=0)
    for i, row in enumerate(y):
        gaps = ~np.isfinite(row)
        if gaps.sum() == 0 or (~gaps).sum() < 5:
            continue
        out[:, i, gaps] = _draw(row - path, draws, rng)[:, gaps] + path[gaps]
    return np.exp(out) if logs else out


def _path(y: Grid) -> Grid:
    """The panel's cumulated common growth (T,)."""
    full = follow_trend(y)
    steps = np.diff(full, axis=1)
    return np.concatenate([[0.0], np.cumsum(np.nanmedian(steps, axis=0))])


def _draw(y: Grid, draws: int, rng: np.random.Generator) -> Grid:
    fitted = fit_level(y)
    names = fitted.model.param_names
    variance = [k for k, name in enumerate(names) if name.startswith("sigma2")]
    covariance = np.nan_to_num(np.asarray(fitted.cov_params()))
    spread = np.sqrt(np.clip(np.diag(covariance), 0, None))
    smoother = fitted.model.simulation_smoother()
    out = np.empty((draws, len(y)))
    for d in range(draws):
        parameters = np.asarray(fitted.params) + spread * rng.standard_normal(len(names))
        parameters[variance] = np.maximum(np.abs(parameters[variance]), 1e-12)
        fitted.model.update(parameters)
        smoother.simulate(rng=rng)
        error = [parameters[k] for k in variance if "irregular" in names[k]]
        out[d] = smoother.simulated_state[0] + np.sqrt(error[0] if error else 0.0) * rng.standard_normal(len(y))
    return out
