"""Composite indices: an index spec and its indicators in, scores, sub-scores and weights out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.construct.weights import WEIGHTINGS, WeightError, entropies, minmax
from pipeline.formula.functions import Grid
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.schema import IndexSpec


@dataclass(frozen=True)
class Index:
    """A built index: column name -> grid, weighting -> indicator -> weight, indicator -> entropy."""

    columns: dict[str, Grid]
    weights: dict[str, dict[str, float]]
    entropies: dict[str, float]


def build_index(name: str, spec: IndexSpec, values: Mapping[str, Grid]) -> Index:
    """Scores of the index, of its dimensions (weights rescaled to add to 1 within one) and of its variants.

    Weights are taken over all cells in which every indicator is there; elsewhere the score is missing.
    Raises Rejected for an indicator that is empty or does not vary.
    """
    indicators = spec.indicators()
    names = list(indicators)
    signs = np.array([1.0 if s == "+" else -1.0 for s in indicators.values()])
    grids = np.stack([values[n] for n in names], axis=-1)
    whole = np.isfinite(grids).all(axis=-1)
    if whole.sum() < 2:
        counts = {n: int(np.isfinite(values[n]).sum()) for n in names}
        worst = min(counts, key=lambda n: counts[n])
        raise _rejected(name, worst, f"{counts[worst]} cells with a value, {int(whole.sum())} where all indicators are",
                        "values in most cells", "remove the indicator or supply its data")  # fmt: skip
    try:
        x = minmax(grids[whole], signs)
        weights = {w: WEIGHTINGS[w](x, spec.shift) for w in dict.fromkeys([spec.weights, *spec.variants])}
        entropy = entropies(x, spec.shift)
    except WeightError as error:
        at = names[error.column] if error.column is not None else None
        raise _rejected(name, at, str(error), "an indicator with variation and an entropy in [0, 1]",
                        "remove the indicator, or look at its source") from None  # fmt: skip

    def score(w: np.ndarray, columns: list[int]) -> Grid:
        grid = np.full(whole.shape, np.nan)
        part = w[columns] / w[columns].sum() if w[columns].sum() > 0 else np.full(len(columns), 1 / len(columns))
        grid[whole] = x[:, columns] @ part
        return grid

    main = weights[spec.weights]
    everything = list(range(len(names)))
    built = {name: score(main, everything)}
    for dimension, d in spec.dimensions.items():
        built[f"{name}_{dimension}"] = score(main, [names.index(n) for n in d.indicators])
    for weighting in spec.variants:
        built[f"{name}_{weighting}"] = score(weights[weighting], everything)
    return Index(
        built,
        {k: dict(zip(names, map(float, w), strict=True)) for k, w in weights.items()},
        dict(zip(names, map(float, entropy), strict=True)),
    )


def _rejected(index: str, variable: str | None, found: str, expected: str, remedy: str) -> Rejected:
    where = Where(key=f"indices.toml: {index}", variable=variable)
    return Rejected([Finding("index", "error", where, found, expected, remedy)])
