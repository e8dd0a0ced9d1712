"""The index is estimated too: intervals with its weights rebuilt inside every replicate."""

import numpy as np

from pipeline.inference.draws import cluster_counts
from pipeline.inference.mediation import TOLERANCE
from pipeline.inference.moments import Array, build_moments, codes, cross_products, eliminate
from pipeline.inference.reweight import SLOPES, contract
from pipeline.mechanisms.resample import Prepared, prepare
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import IndexUncertainty, ModelChoice
from pipeline.study.model import resolve
from pipeline.study.notes import data_notes
from pipeline.study.schema import IndexSpec
from pipeline.study.study import Study


def _has_slopes(spec: IndexSpec) -> bool:
    """Whether the index is linear in its indicators given the weights, and these can be rebuilt from moments."""
    linear = (spec.normalise, spec.period, spec.aggregate, spec.reference) == (
        "minmax",
        "pooled",
        "linear",
        None,
    )
    return linear and spec.weights in SLOPES


def estimate(study: Study, panel: Panel, name: str, spec: IndexUncertainty) -> Result:
    """Total effect and each a*b: percentile intervals with the weights held fixed and rebuilt, and the ratio of widths.

    Both sets use the same draws. An index is linear in its indicators given weights and ranges, so that moments of the
    indicators serve every replicate. Raises Rejected for roles that are not indices or weightings without slopes.
    """
    model = resolve(study, ModelChoice())
    mediators = spec.mediators or study.spec.roles.mediators
    indices = [v for v in (model.treatment, model.outcome) if v in study.indices]
    bad = [v for v in indices if not _has_slopes(study.indices[v])]
    if bad or not indices:
        where = Where(file=str(study.paths.specs / f"{name}.toml"))
        raise Rejected(
            [
                Finding(
                    "index-uncertainty",
                    "error",
                    where,
                    f"{', '.join(bad) or 'no index'} among the roles",
                    f"weighted sums of pooled min-max values with weights {' or '.join(SLOPES)}",
                    "change the index or drop the table",
                )
            ]
        )
    indicators = {v: list(study.indices[v].indicators()) for v in indices}
    prepared = prepare(
        study, panel, name, model, mediators, [i for names in indicators.values() for i in names]
    )
    rebuilt, fixed, asked = _replicates(prepared, panel, indicators)
    kept = np.asarray(np.isfinite(rebuilt).all(axis=0) & np.isfinite(fixed).all(axis=0))
    level = study.spec.bootstrap.level
    tails = [(1 - level) / 2, (1 + level) / 2]
    columns = []
    for row, key in enumerate(["total", *mediators]):
        (low, high), (low_f, high_f) = (
            np.quantile(rebuilt[row, 1:][kept[1:]], tails),
            np.quantile(fixed[row, 1:][kept[1:]], tails),
        )
        columns.append(
            Column(
                key,
                model.outcome,
                [
                    Term("indirect_or_total", "estimate", float(fixed[row, 0])),
                    Term("interval_fixed", "interval", None, low=float(low_f), high=float(high_f)),
                    Term("interval_rebuilt", "interval", None, low=float(low), high=float(high)),
                    Term("wider", "number", float((high - low) / (high_f - low_f))),
                ],
                prepared.statistics(),
            )
        )
    used = int(kept[1:].sum())
    note = Note(
        "index_uncertainty",
        {
            "draws": asked,
            "used": used,
            "dropped": asked - used,
            "level": level,
            "seed": study.spec.seed,
        },
    )
    return Result(
        name,
        spec.kind,
        columns,
        [note, *data_notes(study, panel, list(prepared.rows.columns))],
        {"draws_asked": asked, "draws_used": used, "draws_dropped": asked - used},
    )


def _replicates(
    prepared: Prepared, panel: Panel, indicators: dict[str, list[str]]
) -> tuple[Array, Array, int]:
    """(1 + mediators, 1 + draws) of total and a*b, weights rebuilt and weights fixed; column 0 is the sample."""
    study, model = prepared.study, prepared.model
    blocks = [
        (model.controls, None),
        ([model.treatment], model.treatment),
        (prepared.mediators, None),
        ([model.outcome], model.outcome),
    ]
    names: list[str] = []
    layout: list[tuple[int, str | None]] = []
    for own, index in blocks:
        columns = indicators.get(index or "", own)
        names += columns
        layout.append((len(columns), index if index in indicators else None))
    moments = build_moments(
        prepared.rows[names].to_numpy(float),
        prepared.province,
        prepared.year,
        prepared.province,
        whiten=False,
    )
    scale = np.diag(moments.factor)
    asked = min(study.spec.bootstrap.draws, 1_999)
    counts = np.concatenate(
        [
            np.ones((1, moments.clusters)),
            *cluster_counts(study.spec.seed, prepared.name, asked, moments.clusters),
        ]
    )
    s = cross_products(moments, counts) * np.outer(scale, scale)[:, :, None]

    here = np.unique(prepared.rows.index.get_level_values("province"))

    def slopes(index: str, weights: Array | None) -> Array:
        # The index is built on every cell that has its indicators, whether or not the model uses the cell.
        spec = study.indices[index]
        signs = np.array([1.0 if spec.indicators()[n] == "+" else -1.0 for n in indicators[index]])
        cells = panel.frame[indicators[index]].dropna()
        if weights is not None:
            cells = cells[cells.index.get_level_values("province").isin(here)]
        groups = codes(cells.index.get_level_values("province"))
        counts = np.ones((1, int(groups.max()) + 1)) if weights is None else weights
        return SLOPES[spec.weights](cells.to_numpy(float), signs, groups, counts, spec.shift)

    def effects(rebuild: bool) -> Array:
        chosen: list[tuple[int, Array | None]] = []
        for width, index in layout:
            if index is None:
                chosen.append((width, None))
            else:
                own = slopes(index, counts if rebuild else None)
                chosen.append((width, np.broadcast_to(own, (len(counts), width))))
        small = contract(s, chosen)
        size = np.sqrt(small[np.arange(len(small)), np.arange(len(small)), 0])
        k, m = len(model.controls) + 1, len(prepared.mediators)
        beta, rest, smallest = eliminate(small / np.outer(size, size)[:, :, None], k)
        variance = rest[np.arange(m), np.arange(m)]
        smallest = np.minimum(smallest, variance.min(axis=0))
        collapsed = smallest < TOLERANCE * min(1.0, float(smallest[0]))
        out = (
            np.concatenate([beta[-1, -1:], beta[-1, :m] * rest[:m, -1] / variance])
            * size[-1]
            / size[k - 1]
        )
        out[:, collapsed] = np.nan
        return out

    return effects(True), effects(False), asked
