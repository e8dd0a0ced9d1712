"""Build an index and its variants from its spec: normalise, weigh, aggregate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.formula.grid import Grid
from pipeline.index.aggregate import geometric, linear, topsis
from pipeline.index.contract import Ints
from pipeline.index.normalise import NORMALISATIONS
from pipeline.index.periods import rowwise, weights_by_year
from pipeline.index.weighting import WEIGHTINGS, Context, WeightError
from pipeline.index.weighting.entropy import entropies
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.schema import Aggregation, IndexSpec, Period, Weighting

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """How scores are made from normalised indicators."""

    weights: Weighting
    period: Period = "pooled"
    aggregate: Aggregation = "linear"


@dataclass(frozen=True)
class Index:
    """A built index: column name -> grid, weighting -> indicator -> weight, indicator -> entropy
    (NaN where undefined).

    Weights are the index's own, under `entropy_per_year` and the like the mean over years, and
    those of pooled variants.
    """

    columns: dict[str, Grid]
    weights: dict[str, dict[str, float]]
    entropies: dict[str, float]


@dataclass(frozen=True)
class Indicators:
    """The indicators of an index ready to be weighed: whole (provinces, years) marks the cells
    where all are there.

    raw, x: (N, k) of those cells, as observed and normalised; signs (k,); context with the year and
    province of each row;
    reference: (N,) rows whose range, mean or ranks are used, None for all
    """

    name: str
    names: list[str]
    whole: NDArray[np.bool_]
    raw: Array
    x: Array
    signs: Array
    context: Context
    base_year: int
    reference: NDArray[np.bool_] | None

    def weights(self, choice: Choice) -> Array:
        """Weights (T, k), a row a year of the cells. Raises Rejected naming the indicator at
        fault."""
        try:
            return weights_by_year(
                self.x, WEIGHTINGS[choice.weights], self.context, choice.period, self.base_year
            )
        except WeightError as error:
            raise self.refusal(error) from None

    def score(self, choice: Choice, weights: Array, members: Sequence[int] | None = None) -> Grid:
        """Scores (provinces, years) from weights (T, k), of all indicators or of some with weights
        rescaled to add to 1."""
        columns = list(range(len(self.names)) if members is None else members)
        part = weights[:, columns]
        total = part.sum(axis=1, keepdims=True)
        part = np.where(total > 0, part / np.where(total > 0, total, 1.0), 1 / len(columns))
        years = self.context.years
        assert years is not None, "set when the indicators were read"
        rows = rowwise(part, years)
        try:
            match choice.aggregate:
                case "linear":
                    scores = linear(self.x[:, columns], rows)
                case "geometric":
                    scores = geometric(self.x[:, columns], rows, self.context.shift)
                case "topsis":
                    scores = topsis(self.x[:, columns], rows)
        except WeightError as error:
            raise self.refusal(error) from None
        grid = np.full(self.whole.shape, np.nan)
        grid[self.whole] = scores
        return grid

    def entropies(self) -> Array:
        """Entropy of each indicator (k,), NaN where values below zero have no shares."""
        if (self.x < 0).any():
            return np.full(len(self.names), np.nan)
        return entropies(self.x, self.context.shift)

    def by_name(self, numbers: Array) -> dict[str, float]:
        """Numbers (k,) by indicator."""
        return dict(zip(self.names, map(float, numbers), strict=True))

    def refusal(self, error: WeightError) -> Rejected:
        """What a weighting or an aggregation refuses, in the index's own words."""
        at = self.names[error.column] if error.column is not None else None
        return _rejected(
            self.name,
            at,
            str(error),
            "indicators that vary, with entropies in [0, 1], and sound judgements",
            "remove the indicator, look at its source, or choose other weights",
        )


def read_indicators(
    name: str, spec: IndexSpec, values: Mapping[str, Grid], years: Sequence[int], base_year: int
) -> Indicators:
    """The indicators of a spec, normalised. Raises Rejected for one that is empty or does not
    vary."""
    names = list(spec.indicators())
    signs = np.array([1.0 if s == "+" else -1.0 for s in spec.indicators().values()])
    grids = np.stack([values[n] for n in names], axis=-1)
    whole = np.asarray(np.isfinite(grids).all(axis=-1))
    if whole.sum() < 2:
        raise _empty(name, {n: int(np.isfinite(values[n]).sum()) for n in names}, int(whole.sum()))
    province, year = np.nonzero(whole)
    when = np.asarray(years)[year]
    context = _context(spec, names, when, province)
    first, last = spec.reference or (None, None)
    reference = None if first is None else (when >= first) & (when <= last)
    raw = grids[whole]
    try:
        x = NORMALISATIONS[spec.normalise](raw, signs, reference)
    except WeightError as error:
        at = names[error.column] if error.column is not None else None
        expected = "an indicator with variation"
        remedy = "remove the indicator, or look at its source"
        raise _rejected(name, at, str(error), expected, remedy) from None
    return Indicators(name, names, whole, raw, x, signs, context, base_year, reference)


def _context(spec: IndexSpec, names: list[str], years: Ints, provinces: Ints) -> Context:
    """What the spec gives its weighting, rows (N,) of these years and provinces."""
    return Context(
        shift=spec.shift,
        years=years,
        provinces=provinces,
        expert=None if spec.expert is None else np.array([spec.expert[n] for n in names]),
        comparisons=None if spec.ahp is None else np.array(spec.ahp, float),
        combine=tuple(spec.combine or ()),
    )


def _empty(index: str, counts: dict[str, int], whole: int) -> Rejected:
    """The refusal of an index for want of complete cells, naming the emptiest indicator."""
    worst = min(counts, key=lambda n: counts[n])
    found = f"{counts[worst]} cells with a value, {whole} where all indicators are"
    remedy = "remove the indicator or supply its data"
    return _rejected(index, worst, found, "values in most cells", remedy)


def build_index(
    name: str, spec: IndexSpec, values: Mapping[str, Grid], years: Sequence[int], base_year: int
) -> Index:
    """Scores of the index, of its dimensions (weights rescaled to add to 1 within one) and of its
    variants.

    Weights are taken over all cells in which every indicator is there; elsewhere the score is
    missing. Raises Rejected for an indicator from which no weights can be made.
    """
    indicators = read_indicators(name, spec, values, years, base_year)
    main = Choice(spec.weights, spec.period, spec.aggregate)
    weights = indicators.weights(main)
    built = {name: indicators.score(main, weights)}
    for dimension, d in spec.dimensions.items():
        members = [indicators.names.index(n) for n in d.indicators]
        built[f"{name}_{dimension}"] = indicators.score(main, weights, members)
    label = spec.weights if spec.period == "pooled" else f"{spec.weights}_{spec.period}"
    shown = {label: weights.mean(axis=0)}
    for variant in spec.variants:
        choice = variant_choice(variant)
        own = indicators.weights(choice)
        built[f"{name}_{variant}"] = indicators.score(choice, own)
        if choice.period == "pooled":
            shown.setdefault(choice.weights, own[0])
    named = {k: indicators.by_name(w) for k, w in shown.items()}
    return Index(built, named, indicators.by_name(indicators.entropies()))


def variant_choice(variant: str) -> Choice:
    """What a variant's name asks for: `critic`, `entropy_topsis`, `entropy_base_year`."""
    weighting = next(w for w in get_args(Weighting) if variant == w or variant.startswith(f"{w}_"))
    rest = variant.removeprefix(weighting).removeprefix("_")
    period = cast(Period, rest if rest in get_args(Period) else "pooled")
    aggregate = cast(Aggregation, rest if rest in get_args(Aggregation) else "linear")
    return Choice(cast(Weighting, weighting), period, aggregate)


def _rejected(index: str, variable: str | None, found: str, expected: str, remedy: str) -> Rejected:
    where = Where(key=f"indices.toml: {index}", variable=variable)
    return Rejected([Finding("index", "error", where, found, expected, remedy)])
