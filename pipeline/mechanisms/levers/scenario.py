"""Scenarios: the outcome if lagging provinces had the lever, or the mechanism, of better-placed ones; descriptive."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.draws import cluster_counts
from pipeline.inference.intervals import percentile
from pipeline.inference.moments import Array
from pipeline.inference.varying.scenario import (
    lever_slopes,
    mechanism_slopes,
    outside_support,
    shortfall_closed,
)
from pipeline.mechanisms.levers.moderated import moderate, timing_note
from pipeline.mechanisms.resample import Prepared, collect, moments_of, prepare
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Move, Scenario
from pipeline.study.model import Model, resolve
from pipeline.study.notes import data_notes
from pipeline.study.study import Study

# The national gap: how far provinces fall short of this quantile of the outcome.
_FRONTIER = 0.75


@dataclass(frozen=True)
class Gains:
    """Changes of the outcome by part (mechanisms, then direct) and province: of the sample (1, parts, provinces) and of
    the draws (R, parts, provinces); with the provinces' codes, their moves, outcomes, and which leave the support."""

    parts: list[str]
    point: Array
    draws: Array
    codes: list[int]
    move: Array
    outcome: Array
    outside: NDArray[np.bool_]
    target: float
    asked: int


def estimate(study: Study, panel: Panel, name: str, spec: Scenario) -> Result:
    """One column a move: mean gain of the provinces moved, in all and by part, and the share of the gap it closes.

    Terms `province/<code>` hold every province's gain with its interval, `path/<k>` the gain after each year of the path.
    """
    model = resolve(study, spec.model)
    mediators = spec.mediators or study.spec.roles.mediators
    moves = {m.variable: m for m in spec.moves}
    found = collect(
        moves, lambda key: _gains(study, panel, name, model, mediators, moves[key], spec.year)
    )
    level, asked = study.spec.bootstrap.level, study.spec.bootstrap.draws
    columns, outside = [], {}
    for key, gains in found.items():
        columns.append(
            Column(
                key,
                model.outcome,
                _terms(gains, spec, level),
                {
                    "moved": int((gains.move != 0).sum()),
                    "provinces": len(gains.codes),
                    "target": gains.target,
                },
            )
        )
        if gains.outside.any():
            outside[key] = [c for c, out in zip(gains.codes, gains.outside, strict=True) if out]
    dropped = max(asked - len(g.draws) for g in found.values())
    levers = [k for k in moves if k in study.levers]
    notes = [
        Note(
            "scenario",
            {
                "draws": asked,
                "dropped": dropped,
                "seed": study.spec.seed,
                "level": level,
                "frontier": _FRONTIER,
                "year": spec.year or study.years[-1],
                "path": spec.path,
            },
        ),
        *([Note("outside_support", {"provinces": outside})] if outside else []),
        *([timing_note(study, levers)] if levers else []),
        Note("descriptive"),
        *data_notes(study, panel, [*model.variables, *mediators, *moves]),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {"draws_asked": asked, "draws_used": asked - dropped, "draws_dropped": dropped},
    )


def _terms(gains: Gains, spec: Scenario, level: float) -> list[Term]:
    moved = gains.move != 0
    frontier = float(np.quantile(gains.outcome, _FRONTIER))

    def mean(key: str, point: Array, draws: Array, role: str = "estimate") -> Term:
        low, high = percentile(draws, level)
        return Term(
            key, role, float(point), float(draws.std(ddof=1)), None, None, low, high, "percentile"
        )

    point, draws = gains.point.sum(axis=1)[0], gains.draws.sum(axis=1)
    terms = [mean("gain", point[moved].mean(), draws[:, moved].mean(axis=1))]
    if len(gains.parts) > 1:
        terms += [
            mean(
                f"gain/{part}",
                gains.point[0, k, moved].mean(),
                gains.draws[:, k][:, moved].mean(axis=1),
            )
            for k, part in enumerate(gains.parts)
        ]
    terms.append(mean("national_gain", point.mean(), draws.mean(axis=1)))
    for k, share in enumerate(spec.path, start=1):
        at = shortfall_closed(gains.outcome, share * point[None, :], frontier)[0]
        closed = mean(
            f"closed/{k}", at, shortfall_closed(gains.outcome, share * draws, frontier), "share"
        )
        path = mean(f"path/{k}", share * point[moved].mean(), share * draws[:, moved].mean(axis=1))
        terms += [path, closed]
    return terms + [
        mean(f"province/{c}", point[i], draws[:, i], "province") for i, c in enumerate(gains.codes)
    ]


def _gains(
    study: Study,
    panel: Panel,
    name: str,
    model: Model,
    mediators: list[str],
    move: Move,
    year: int | None,
) -> Gains:
    """Gains of one move. Raises Rejected where the year has no rows or nobody is behind the target."""
    variable, lever = move.variable, move.variable in study.levers
    better = move.better or ("low" if variable.startswith("c") and lever else "high")
    if lever:
        moderated = moderate(study, panel, name, model, variable, mediators)
        prepared, mean, sd = moderated.prepared, moderated.mean, moderated.sd
        if moderated.absorbed:
            raise Rejected(
                [
                    _problem(
                        prepared,
                        variable,
                        "the lever does not vary over time: its own effect is in the province effects",
                        "a lever whose own effect is identified, else the gain depends on where NQP has its zero",
                    )
                ]
            )
    else:
        prepared, mean, sd = prepare(study, panel, name, model, mediators), 0.0, 1.0
    rows = prepared.rows
    at = year or int(rows.index.get_level_values("year").max())
    here = rows.index.get_level_values("year") == at
    if not here.any():
        raise Rejected(
            [_problem(prepared, variable, f"no rows of {at} in the sample", "a year of the sample")]
        )
    value = rows.loc[here, variable].to_numpy(float)
    target = _target(value, move.target, better, mean, sd)
    behind = value < target - 1e-12 if better == "high" else value > target + 1e-12
    if not behind.any():
        raise Rejected(
            [
                _problem(
                    prepared,
                    variable,
                    f"no province behind {target * sd + mean:g} in {at}",
                    "a target that some provinces have not reached",
                )
            ]
        )
    step = np.where(behind, target - value, 0.0)
    treatment = rows.loc[here, model.treatment].to_numpy(float)
    seed, asked = study.spec.seed, study.spec.bootstrap.draws
    weights = [
        np.ones((1, prepared.clusters)),
        *cluster_counts(seed, f"{name}/{variable}", asked, prepared.clusters),
    ]
    results: list[Array] = []
    if lever:
        order = [
            *model.controls,
            variable,
            model.treatment,
            moderated.interaction,
            *mediators,
            model.outcome,
        ]
        moments = moderated.moments(order)
        for w in weights:
            slopes = lever_slopes(moments, w, len(model.controls), len(mediators))
            results.append(slopes.gains(treatment, step)[slopes.kept])
        parts = [*mediators, "direct"]
    else:
        moments, k = moments_of(prepared), mediators.index(variable)
        for w in weights:
            b, kept = mechanism_slopes(moments, w, len(model.controls), len(mediators))
            results.append((b[k][kept, None] * step)[:, None, :])
        parts = [variable]
    outside = behind & outside_support(
        rows[[model.treatment, variable]].to_numpy(float),
        np.column_stack([treatment, np.where(behind, target, value)]),
    )
    outside |= behind & (np.abs(step) > _largest_move(prepared, variable))
    return Gains(
        parts,
        results[0],
        np.concatenate(results[1:]),
        list(rows.index.get_level_values("province")[here]),
        step,
        rows.loc[here, model.outcome].to_numpy(float),
        outside,
        target * sd + mean,
        asked,
    )


def _target(value: Array, target: str | float, better: str, mean: float, sd: float) -> float:
    """The target in the units of the rows: the median or the better quartile of the year's provinces, or a value given."""
    if isinstance(target, float):
        return (target - mean) / sd
    share = 0.5 if target == "median" else 0.75 if better == "high" else 0.25
    return float(np.quantile(value, share))


def _largest_move(prepared: Prepared, variable: str) -> float:
    """The largest range of the variable within any province: coefficients rest on moves of that size."""
    groups = prepared.rows[variable].groupby(level="province")
    return float((groups.max() - groups.min()).max())


def _problem(prepared: Prepared, variable: str, found: str, expected: str) -> Finding:
    where = Where(file=prepared.file, key="moves", variable=variable)
    return Finding("scenario", "error", where, found, expected, "change the move or the sample")
