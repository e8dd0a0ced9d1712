"""Multiple imputation: many draws of each gap, so that what is not known widens the errors."""

import numpy as np

from pipeline.construct.filling.kalman import fit_level
from pipeline.construct.filling.trend import common_path, transformed
from pipeline.formula.functions import Grid


def impute(x: Grid, draws: int, rng: np.random.Generator) -> Grid:
    """Draws (draws, n, T) of a grid's gaps from the posterior of the province's level around the
    national trend.

    The province's ratio to the common growth follows a local level model with drift; each draw
    takes its parameters from their joint asymptotic distribution (variances in absolute value), its
    level from the simulation smoother (Durbin and Koopman 2002), and adds the observation error. In
    logs for amounts, logits for shares. Provinces with fewer than eight observed years stay as they
    are: their variances cannot be told apart. The model does not know the outcome: where many cells
    are filled a coefficient of the variable is drawn towards zero, so the tables also show the
    headline without filled cells.
    """
    y, back = transformed(x)
    path = common_path(y)
    out = np.repeat(x[None], draws, axis=0)
    for i, row in enumerate(y):
        gaps = ~np.isfinite(x[i])
        if gaps.sum() == 0 or np.isfinite(row).sum() < 8:
            continue
        out[:, i, gaps] = back(_draw(row - path, draws, rng) + path)[:, gaps]
    return out


def _draw(y: Grid, draws: int, rng: np.random.Generator) -> Grid:
    fitted = fit_level(y)
    names = fitted.model.param_names
    variance = [k for k, name in enumerate(names) if name.startswith("sigma2")]
    covariance = np.nan_to_num(np.asarray(fitted.cov_params()), posinf=0.0, neginf=0.0)
    size, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root = vectors * np.sqrt(np.clip(size, 0, None))
    smoother = fitted.model.simulation_smoother()
    out = np.empty((draws, len(y)))
    for d in range(draws):
        parameters = np.asarray(fitted.params) + root @ rng.standard_normal(len(names))
        parameters[variance] = np.maximum(np.abs(parameters[variance]), 1e-12)
        fitted.model.update(parameters)
        smoother.simulate(rng=rng)
        error = [parameters[k] for k in variance if "irregular" in names[k]]
        out[d] = smoother.simulated_state[0] + np.sqrt(
            error[0] if error else 0.0
        ) * rng.standard_normal(len(y))
    return out
