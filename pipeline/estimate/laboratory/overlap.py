"""The mechanical-overlap audit: which raw indicator stands in several parts, and what coefficient sharing alone makes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.estimate.laboratory.indicators import grid, indicators_of
from pipeline.estimate.linear import fit, standard_notes
from pipeline.index.build import Choice, Indicators
from pipeline.index.normalise import NORMALISATIONS
from pipeline.index.weighting import Context
from pipeline.inference.draws import generator
from pipeline.inference.null_panels import PathPanel, TwoWay
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Overlap, Spurious
from pipeline.study.model import Model, resolve
from pipeline.study.notes import data_notes
from pipeline.study.schema import IndexSpec
from pipeline.study.study import Study


def matrix(study: Study, panel: Panel, name: str, spec: Overlap) -> Result:
    """One column a part with one term a raw indicator that stands in it, through whatever derivation.

    Where treatment and outcome share indicators and are indices, a last column holds the coefficient re-estimated with
    the shared ones left out of both.
    """
    roles = study.spec.roles
    parts = {"treatment": [roles.treatment], "outcome": [roles.outcome]} | {
        m: [m] for m in roles.mediators
    }
    parts |= {"controls": roles.controls, "levers": list(study.lever_proxies)}
    used = {key: _raw(study, names, "indicator") for key, names in parts.items()}
    scaled = {key: _raw(study, names, "scale") for key, names in parts.items()}
    order = list(study.codebook).index
    everything = sorted(set().union(*used.values()), key=order)
    scales = sorted(set().union(*scaled.values()), key=order)
    columns = [
        Column(
            key,
            None,
            [
                *(Term(v, "indicator", 1.0) for v in everything if v in used[key]),
                *(Term(v, "scale", 1.0) for v in scales if v in scaled[key]),
            ],
        )
        for key, names in parts.items()
        if names
    ]
    several = [v for v in everything if sum(v in held for held in used.values()) > 1]
    acknowledged = [v for v in several if v in roles.acknowledged_overlap]
    notes = [
        Note(
            "overlap",
            {
                "raw": len(everything),
                "several": several,
                "acknowledged": acknowledged,
                "scales": [v for v in scales if sum(v in held for held in scaled.values()) > 1],
            },
        )
    ]
    shared = used["treatment"] & used["outcome"]
    if shared:
        model, left_out = _without(study, panel, name, spec, shared)
        columns.append(left_out)
        notes += standard_notes(study, panel, [left_out], model.variables)
    else:
        notes += data_notes(study, panel, everything)
    return Result(name, spec.kind, columns, notes)


def _raw(study: Study, names: list[str], use: str) -> frozenset[str]:
    """Raw variables of one use that enter the variables named."""
    found = {v for name in names for v in study.raw_variables(name)}
    return frozenset(v for v in found if study.codebook[v].use == use)


def _without(
    study: Study, panel: Panel, name: str, spec: Overlap, shared: frozenset[str]
) -> tuple[Model, Column]:
    """The headline model with the indicators made from shared raw ones left out of treatment and outcome."""
    model, file = resolve(study, spec.model), str(study.paths.specs / f"{name}.toml")
    frame = panel.frame.copy()
    for v in (model.treatment, model.outcome):
        if v not in study.indices:
            raise Rejected(
                [
                    Finding(
                        "overlap",
                        "error",
                        Where(file=file, variable=v),
                        f"shares {', '.join(sorted(shared))} and is no index",
                        "an index, from which indicators can be left out",
                        "choose another variable",
                    )
                ]
            )
        own = study.indices[v]
        reduced = _left_out(own, [n for n in own.indicators() if study.raw_indicators(n) & shared])
        ready = indicators_of(study, panel, v, reduced)
        choice = Choice(own.weights, own.period, own.aggregate)
        frame[v] = pd.Series(ready.score(choice, ready.weights(choice)).ravel(), frame.index)
    return model, fit(
        replace(panel, frame=frame), model, "without", file, study.spec.bootstrap.level
    )


def _left_out(spec: IndexSpec, names: list[str]) -> IndexSpec:
    """An index spec without some of its indicators; dimensions that are empty then go too."""
    dimensions = {
        k: d.model_copy(
            update={"indicators": {n: s for n, s in d.indicators.items() if n not in names}}
        )
        for k, d in spec.dimensions.items()
    }
    left = [n for n in spec.indicators() if n not in names]
    given: dict[str, object] = {}
    if spec.expert is not None:  # given weights keep their proportions
        total = sum(spec.expert.get(n, 0.0) for n in left)
        given["expert"] = {n: spec.expert.get(n, 0.0) / total for n in left} if total > 0 else None
    if spec.ahp is not None:
        at = [k for k, n in enumerate(spec.indicators()) if n in left]
        given["ahp"] = [[spec.ahp[i][j] for j in at] for i in at]
    kept = {k: d for k, d in dimensions.items() if d.indicators}
    return spec.model_copy(update={"dimensions": kept, "variants": []} | given)


@dataclass(frozen=True)
class _Side:
    """One index of the null panels: its indicators (G, T, k), directions, and how they are weighed."""

    spec: IndexSpec
    ready: Indicators
    values: np.ndarray
    signs: np.ndarray
    years: np.ndarray

    def index(self, values: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """The index (G * T,) of indicators (G, T, k): normalised, weighed and aggregated as the study does it."""
        g, t, k = values.shape
        raw = values.reshape(g * t, k)
        context: Context = replace(
            self.ready.context, years=np.tile(self.years, g), provinces=np.repeat(np.arange(g), t)
        )
        names = [str(j) for j in range(k)]
        when, span = np.tile(self.years, g), self.spec.reference
        reference = None if span is None else (when >= span[0]) & (when <= span[1])
        x = NORMALISATIONS[self.spec.normalise](raw, signs, reference)
        whole, base = np.ones((g, t), bool), self.ready.base_year
        built = Indicators(self.ready.name, names, whole, raw, x, signs, context, base, reference)
        choice = Choice(self.spec.weights, self.spec.period, self.spec.aggregate)
        return built.score(choice, built.weights(choice)).ravel()


def spurious(study: Study, panel: Panel, name: str, spec: Spurious) -> Result:
    """One column a number of shared indicators: mean, spread and range of the coefficient, and how often 5% tests reject.

    In every simulated panel treatment and outcome keep their indicators' levels, trends, serial dependence and
    correlations, and have nothing to do with each other but what they share. Columns: `0`, the number that the specs
    declare, and each of `more`: the treatment's indicators of the largest weights stand in the outcome too.
    """
    model, file = resolve(study, spec.model), str(study.paths.specs / f"{name}.toml")
    if not {model.treatment, model.outcome} <= study.indices.keys():
        raise Rejected(
            [
                Finding(
                    "spurious",
                    "error",
                    Where(file=file),
                    f"`{model.treatment}` or `{model.outcome}` is no index",
                    "indices as treatment and outcome",
                    "remove the table",
                )
            ]
        )
    raw_shared = study.raw_indicators(model.treatment) & study.raw_indicators(model.outcome)
    of_outcome = list(study.indices[model.outcome].indicators())
    of_treatment = list(study.indices[model.treatment].indicators())
    declared = [
        (i, j)
        for i, a in enumerate(of_treatment)
        for j, b in enumerate(of_outcome)
        if study.raw_indicators(a) & study.raw_indicators(b) & raw_shared
    ]
    provinces = _balanced(panel, [*of_treatment, *of_outcome, *model.controls], file)
    x, y = (_side(study, panel, v, provinces) for v in (model.treatment, model.outcome))
    g, t = len(provinces), len(study.years)
    beside = np.array(
        [grid(panel, c).loc[provinces].to_numpy(float).ravel() for c in model.controls]
    ).reshape(-1, g * t)
    two_way = TwoWay.of(np.repeat(np.arange(g), t), np.tile(np.arange(t), g), beside.T)
    critical = float(stats.t.ppf(0.975, g - 1))
    weights = x.ready.weights(Choice(x.spec.weights, x.spec.period, x.spec.aggregate)).mean(axis=0)
    heaviest = list(np.argsort(-weights))
    columns = []
    more = (
        [] if _given(y.spec) else spec.more
    )  # weights from outside say nothing of further indicators
    for key, pairs, extra in _cases(declared, heaviest, more):
        draws = np.array(
            list(_draws(x, y, pairs, extra, two_way, study.spec.seed, f"{name}/{key}", spec.draws))
        )
        b, tested = draws.T
        low, high = np.quantile(b, [0.025, 0.975])
        rejected = float((np.abs(tested) > critical).mean())
        columns.append(
            Column(
                key,
                model.outcome,
                [
                    Term("spurious_mean", "number", float(b.mean())),
                    Term("spurious_sd", "number", float(b.std(ddof=1))),
                    Term("spurious_range", "interval", None, low=float(low), high=float(high)),
                    Term("spurious_rejects", "share", rejected),
                ],
            )
        )
    note = Note(
        "spurious",
        {
            "draws": spec.draws,
            "seed": study.spec.seed,
            "provinces": g,
            "years": t,
            "declared": len(declared),
        },
    )
    return Result(
        name,
        spec.kind,
        columns,
        [note, *data_notes(study, panel, [*of_treatment, *of_outcome])],
        {"draws_asked": spec.draws, "draws_used": spec.draws, "draws_dropped": 0},
    )


def _cases(
    declared: list[tuple[int, int]], heaviest: list[int], more: list[int]
) -> Iterator[tuple[str, list[tuple[int, int]], list[int]]]:
    """(key, shared pairs, treatment's indicators added to the outcome)."""
    heaviest = [i for i in heaviest if i not in {j for j, _ in declared}]
    yield "0", [], []
    if declared:
        yield f"declared/{len(declared)}", declared, []
    for k in more:
        if k <= len(heaviest):
            yield f"more/{k}", declared, heaviest[:k]


def _given(spec: IndexSpec) -> bool:
    """Whether weights come from outside, directly or through a combination."""
    return bool(
        {"expert", "ahp"}
        & {spec.weights, *(spec.combine or [] if spec.weights == "combination" else [])}
    )


def _draws(
    x: _Side,
    y: _Side,
    pairs: list[tuple[int, int]],
    extra: list[int],
    two_way: TwoWay,
    seed: int,
    stream: str,
    draws: int,
) -> Iterator[tuple[float, float]]:
    """(coefficient, t) of each null panel. Blocks: the treatment's own indicators, the outcome's own, the shared ones."""
    own_x, own_y = x.values.shape[-1], y.values.shape[-1]
    in_x, in_y = [i for i, _ in pairs], [j for _, j in pairs]
    blocks = np.repeat([0, 1], [own_x, own_y])
    blocks[[*in_x, *extra]] = 2
    panel = PathPanel.of(np.concatenate([x.values, y.values], axis=-1))
    rng = generator(seed, stream)
    for _ in range(draws):
        values = panel.permuted(blocks, rng)
        of_x, of_y = values[:, :, :own_x], values[:, :, own_x:].copy()
        of_y[:, :, in_y] = of_x[:, :, in_x]
        of_y = np.concatenate([of_y, of_x[:, :, extra]], axis=-1)
        treatment = x.index(of_x, x.signs)
        yield two_way.slope(y.index(of_y, np.concatenate([y.signs, x.signs[extra]])), treatment)


def _side(study: Study, panel: Panel, index: str, provinces: list[int]) -> _Side:
    ready = indicators_of(study, panel, index)
    values = np.stack([grid(panel, n).loc[provinces].to_numpy(float) for n in ready.names], axis=-1)
    return _Side(study.indices[index], ready, values, ready.signs, np.array(study.years))


def _balanced(panel: Panel, variables: list[str], file: str) -> list[int]:
    """Provinces with every variable in every year. Raises Rejected when fewer than ten are left."""
    whole = panel.frame[variables].notna().all(axis=1).unstack("year").all(axis=1)
    provinces = [int(c) for c in whole.index[whole]]
    if len(provinces) < 10:
        raise Rejected(
            [
                Finding(
                    "spurious",
                    "error",
                    Where(file=file),
                    f"{len(provinces)} provinces with all indicators in all years",
                    "at least 10",
                    "supply the missing cells, or remove the table",
                )
            ]
        )
    return provinces
