"""A local linear trend, smoothed by the Kalman filter (statsmodels)."""

import warnings
from typing import Any

import numpy as np

from pipeline.construct.filling.trend import transformed
from pipeline.formula.functions import Grid


def smooth(x: Grid) -> Grid:
    """Every gap of a grid (n, T) by the smoothed level of the province's local level model with
    drift.

    In logs for amounts, logits for shares. The model is fitted by maximum likelihood to the
    province's observed years; a province with fewer than five stays as it is. Source: Durbin and
    Koopman, Time Series Analysis by State Space Methods, 2012, ch. 2 and 4.
    """
    y, back = transformed(x)
    out = x.copy()
    for i, row in enumerate(y):
        if np.isfinite(row).sum() < 5 or np.isfinite(x[i]).all():
            continue
        out[i] = np.where(np.isfinite(x[i]), x[i], back(fit_level(row).smoothed_state[0]))
    return out


def fit_level(y: Any) -> Any:
    """The fitted local level model with drift of one series (T,) with NaN gaps."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # a variance at zero, which short series often give, is an answer
        return UnobservedComponents(
            y,
            "random walk with drift"
            if np.isfinite(y).sum() < 8
            else "local linear deterministic trend",
        ).fit(disp=False, maxiter=200)
