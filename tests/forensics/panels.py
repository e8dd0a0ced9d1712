"""Panels with trend, common shocks and noise, to plant defects in."""

import numpy as np


def panel(seed=0, n=31, years=13, growth=0.08, noise=0.03, decimals=2):
    rng = np.random.default_rng(seed)
    common = growth + 0.02 * rng.standard_normal(years)
    steps = common + noise * rng.standard_normal((n, years)) + 0.01 * rng.standard_normal((n, 1))
    return np.round(
        np.exp(7 + 0.9 * rng.standard_normal((n, 1)) + np.cumsum(steps, axis=1)), decimals
    )


def codes(suspicions):
    return {s.code for s in suspicions}
