"""Multiple imputation: many draws of each gap, so that what is not known widens the errors."""

import numpy as np

from pipeline.construct.filling.level import LevelModel, level_model
from pipeline.construct.filling.trend import common_path, transformed
from pipeline.formula.grid import Grid

_FEWEST = 8


def impute(x: Grid, draws: int, rng: np.random.Generator) -> Grid:
    """Draws (draws, n, T) of a grid's gaps from the posterior of the province's level around the
    national trend.

    The province's ratio to the common growth follows a local level model with drift (`level_model`)
    under flat priors of the line and of the walk's share and 1 / variance of the scale. In logs for
    amounts, logits for shares. Provinces with fewer than eight observed years stay as they are:
    walk and noise cannot be told apart. The model does not know the outcome: where many cells are
    filled a coefficient of the variable is drawn towards zero, so the tables also show the headline
    without filled cells.
    """
    y, back = transformed(x)
    path = common_path(y)
    out = np.repeat(x[None], draws, axis=0)
    for i, row in enumerate(y):
        gaps = ~np.isfinite(x[i])
        if not gaps.any() or np.isfinite(row).sum() < _FEWEST:
            continue
        out[:, i, gaps] = back(_drawn(level_model(row - path), draws, rng) + path)[:, gaps]
    return out


def _drawn(model: LevelModel, draws: int, rng: np.random.Generator) -> Grid:
    """The series (draws, T) with its gaps drawn: share, then variance, then the gaps given both."""
    posterior = np.cumsum(np.exp(model.likelihood - model.likelihood.max()))
    missing = ~np.isfinite(model.y)
    out = np.repeat(model.y[None], draws, axis=0)
    for row in out:
        k = int(np.searchsorted(posterior / posterior[-1], rng.random(), side="right"))
        variance = model.squares[k] / rng.chisquare(model.df)
        expected, root = model.gaps(k)
        row[missing] = expected + np.sqrt(variance) * root @ rng.standard_normal(len(expected))
    return out
