"""Rows as paths over time, and their sums of products over lags."""

import numpy as np

from pipeline.inference.moments import Array, Ints


def paths_of(rows: Array, entity: Ints, time: Ints, entities: int) -> Array:
    """Rows (n, k) by period and unit, (T, entities, k), zero where there is none; periods from the
    first to the last, also those without rows."""
    period = time - time.min()
    paths = np.zeros((int(period.max()) + 1, entities, rows.shape[1]))
    paths[period, entity] = rows
    return paths


def lagged(paths: Array, lag: int) -> Array:
    """Cross products (k, k) of the paths (T, U, k) with themselves `lag` periods before, inside
    units, and their transpose."""
    products = np.einsum("tik,til->kl", paths[lag:], paths[: max(len(paths) - lag, 0)])
    return np.asarray(products + products.T)


def bartlett(lags: int) -> Array:
    """Weights 1 - j / (lags + 1) of j = 1..lags. Source: Newey and West (1987)."""
    return np.asarray(1 - np.arange(1, lags + 1) / (lags + 1))
