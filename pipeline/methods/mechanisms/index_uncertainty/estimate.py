"""The index is estimated too: intervals with its weights rebuilt inside every replicate."""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.draws import cluster_counts, enough
from pipeline.inference.mediation import TOLERANCE
from pipeline.inference.moments import (
    Array,
    Moments,
    build_moments,
    codes,
    cross_products,
    eliminate,
)
from pipeline.inference.reweight import SLOPES, contract
from pipeline.methods.mechanisms.index_uncertainty.result import Quantity, Result
from pipeline.methods.mechanisms.index_uncertainty.spec import IndexUncertaintyTable
from pipeline.models.bootstrap import bootstrap_of
from pipeline.models.prepared import Prepared, prepare
from pipeline.models.task import Task
from pipeline.results.estimate import Interval
from pipeline.study.model import Model
from pipeline.study.schema import IndexSpec

_DRAWS = 1_999

# Index -> its indicators.
_Indicators = dict[str, list[str]]


def estimate(task: Task[IndexUncertaintyTable]) -> Result:
    """Total effect and each a*b: percentile intervals with the weights held fixed and rebuilt.

    Both sets use the same draws, and compare in SD of the outcome per SD of the treatment inside
    each draw, net of effects. In units of the index a draw without the province that sets a range
    has another scale: that alone made intervals with rebuilt weights .82 to 1.19 times as wide in
    the demo study, 1.59 times with one province's values out of range, half as wide elsewhere; in
    SD .97 to 1.02 and 1.00. An index is linear in its indicators given weights and ranges, so that
    moments of the indicators serve every replicate. Raises Rejected for roles that are not indices
    or weightings without slopes.
    """
    model, mediators = task.model(), task.spec.mechanisms(task.study)
    indicators = _indicators(task, model)
    prepared = prepare(task, model, mediators, [i for own in indicators.values() for i in own])
    asked = min(task.draws, _DRAWS)
    replicates = _replicates(prepared, indicators, asked)
    rebuilt, fixed = (replicates.effects(rebuild=again) for again in (True, False))
    units = replicates.units(fixed)
    finite = np.isfinite(rebuilt[:, 1:]).all(axis=0) & np.isfinite(fixed[:, 1:]).all(axis=0)
    kept = finite & enough(replicates.counts[1:], len(model.controls) + 2)
    boot = bootstrap_of(prepared, kept)

    def quantity(row: int, mediator: str | None) -> Quantity:
        def interval(values: Array) -> Interval:
            return boot.interval(values[row, 1:][kept])

        return Quantity(
            mediator, units[row], float(fixed[row, 0]), interval(fixed), interval(rebuilt)
        )

    return Result(
        data=task.facts(prepared.frame.columns),
        model=model,
        rows=prepared.rows,
        quantities=[quantity(row, m) for row, m in enumerate([None, *mediators])],
        draws=boot.record,
    )


def _indicators(task: Task[IndexUncertaintyTable], model: Model) -> _Indicators:
    """The indices among treatment and outcome with their indicators. Raises Rejected where their
    weights have no slopes."""
    declared = task.study.indices
    indices = [v for v in (model.treatment, model.outcome) if v in declared]
    bad = [v for v in indices if not _has_slopes(declared[v])]
    if bad or not indices:
        weightings = " or ".join(SLOPES)
        raise task.refusal(
            "index-uncertainty",
            f"{', '.join(bad) or 'no index'} among the roles",
            f"weighted sums of pooled min-max values with weights {weightings}",
            "change the index or drop the table",
        )
    return {v: list(declared[v].indicators()) for v in indices}


def _has_slopes(spec: IndexSpec) -> bool:
    """Whether the index is linear in its indicators given the weights, and these can be rebuilt
    from moments."""
    made = (spec.normalise, spec.period, spec.aggregate, spec.reference)
    return made == ("minmax", "pooled", "linear", None) and spec.weights in SLOPES


@dataclass(frozen=True)
class _Replicates:
    """Cross products (m, m, 1 + draws) of controls, treatment, mediators and outcome, indices by
    their indicators.

    counts: (1 + draws, G), the sample first; layout: width of each block, and its index where it is
    one's indicators
    """

    prepared: Prepared
    indicators: _Indicators
    products: Array
    counts: Array
    layout: list[tuple[int, str | None]]

    def effects(self, *, rebuild: bool) -> Array:
        """Total and every a*b (1 + mediators, 1 + draws), in the draw's SD of the outcome per SD of
        the treatment, weights rebuilt or fixed; NaN where a draw identifies nothing."""
        small = self._combined(rebuild)
        at = np.arange(len(small))
        size = np.sqrt(small[at, at, 0])
        k, m = len(self.prepared.model.controls) + 1, len(self.prepared.mediators)
        beta, rest, smallest = eliminate(small / np.outer(size, size)[:, :, None], k)
        variance = rest[np.arange(m), np.arange(m)]
        smallest = np.minimum(smallest, variance.min(axis=0))
        parts = np.concatenate([beta[-1, -1:], beta[-1, :m] * rest[:m, -1] / variance])
        own = small[at, at] / size[:, None] ** 2
        out = np.asarray(parts * np.sqrt(own[k - 1] / own[-1]))
        out[:, smallest < TOLERANCE * min(1.0, float(smallest[0]))] = np.nan
        return out

    def units(self, effects: Array) -> list[float]:
        """The sample's effects (1 + mediators,) in units of outcome and treatment."""
        small = self._combined(rebuild=False)
        at = len(self.prepared.model.controls)
        return [float(e) for e in effects[:, 0] * np.sqrt(small[-1, -1, 0] / small[at, at, 0])]

    def _combined(self, rebuild: bool) -> Array:
        """Cross products (m, m, 1 + draws) with the indices made from their indicators."""
        return contract(self.products, [(w, self._slopes(i, rebuild)) for w, i in self.layout])

    def _slopes(self, index: str | None, rebuild: bool) -> Array | None:
        """What a unit of each indicator adds to the index (1 + draws, k); None for a block that is
        no index.

        The index is built on every cell that has its indicators, whether or not the model uses the
        cell.
        """
        if index is None:
            return None
        task = self.prepared.task
        spec, names = task.study.indices[index], self.indicators[index]
        signs = np.array([1.0 if spec.indicators()[n] == "+" else -1.0 for n in names])
        cells = task.panel.frame[names].dropna()
        if rebuild:
            here = self.prepared.frame.index.get_level_values("province").unique()
            cells = cells[cells.index.get_level_values("province").isin(here)]
        units = codes(cells.index.get_level_values("province"))
        counts = self.counts if rebuild else np.ones((1, int(units.max()) + 1))
        own = SLOPES[spec.weights](cells.to_numpy(float), signs, units, counts, spec.shift)
        return np.broadcast_to(own, (len(self.counts), len(names)))


def _replicates(prepared: Prepared, indicators: _Indicators, draws: int) -> _Replicates:
    model, task = prepared.model, prepared.task
    names: list[str] = []
    layout: list[tuple[int, str | None]] = []
    for block in (model.controls, [model.treatment], prepared.mediators, [model.outcome]):
        index = block[0] if len(block) == 1 and block[0] in indicators else None
        columns = block if index is None else indicators[index]
        names += columns
        layout.append((len(columns), index))
    z = prepared.array(names)
    moments = build_moments(z, prepared.province, prepared.year, prepared.province, whiten=False)
    counts = np.concatenate(
        [
            np.ones((1, moments.clusters)),
            *cluster_counts(task.seed, task.stream, draws, moments.clusters),
        ]
    )
    return _Replicates(prepared, indicators, _products(moments, counts), counts, layout)


def _products(moments: Moments, counts: Array) -> Array:
    """Cross products in the data's units."""
    scale = np.diag(moments.factor)
    return np.asarray(cross_products(moments, counts) * np.outer(scale, scale)[:, :, None])
