"""Scenarios: the outcome if lagging units had the lever, or the mechanism, of better-placed ones;
descriptive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.draws import cluster_counts, enough
from pipeline.inference.moments import Array
from pipeline.inference.varying.scenario import (
    lever_slopes,
    mechanism_slopes,
    outside_support,
    shortfall_closed,
)
from pipeline.methods.levers.scenario.result import Result, Scenario, Step
from pipeline.methods.levers.scenario.spec import Move, ScenarioTable
from pipeline.models.bootstrap import Bootstrap, bootstrap_of, joined
from pipeline.models.moderated import Moderated, moderate, timing
from pipeline.models.prepared import Prepared, prepare
from pipeline.models.replicates import moments_of
from pipeline.models.task import Task, collect
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import Draws, Estimate
from pipeline.study.model import Model

# The national gap: how far units fall short of this quantile of the outcome.
_FRONTIER = 0.75

# Which replicates hold (R,).
Kept = NDArray[np.bool_]


@dataclass(frozen=True)
class Case:
    """The units of one year and how far a variable is moved in each: all arrays (units,).

    mean, sd: what the variable was centred and scaled by; target and move are on that scale
    """

    codes: list[int]
    year: int
    value: Array
    treatment: Array
    outcome: Array
    target: float
    move: Array
    mean: float
    sd: float

    @property
    def behind(self) -> NDArray[np.bool_]:
        """Which units are moved."""
        return np.asarray(self.move != 0)


@dataclass(frozen=True)
class Gains:
    """Changes of the outcome by part and unit: of the sample (1, parts, units) and of the draws (R,
    parts, units) that hold, and what these are good for."""

    point: Array
    draws: Array
    bootstrap: Bootstrap


def estimate(task: Task[ScenarioTable]) -> Result:
    """One column a move: mean gain of the units moved, in all and by part, and the share of the gap
    it closes."""
    model, mediators = task.model(task.spec.model), task.spec.mechanisms(task.study)
    moves = {move.variable: move for move in task.spec.moves}
    found = collect(moves, lambda key: _scenario(task, model, mediators, moves[key]))
    return Result(
        data=task.facts([*model.variables, *mediators, *moves]),
        model=model,
        columns=[column for column, _ in found.values()],
        frontier=_FRONTIER,
        draws=joined([record for _, record in found.values()]),
        timing=timing(task, [key for key in moves if key in task.study.levers]),
    )


def _scenario(
    task: Task[ScenarioTable], model: Model, mediators: list[str], move: Move
) -> tuple[Scenario, Draws]:
    """One move and the record of its draws. Raises Rejected where nobody is behind the target."""
    variable = move.variable
    if variable in task.study.levers:
        moderated = moderate(task, model, variable, mediators)
        if moderated.absorbed:
            raise _absorbed(task, variable)
        case = _case(task, moderated.prepared, move, moderated.mean, moderated.sd)
        gains = _lever_gains(moderated, case)
        parts = list(mediators)
        prepared = moderated.prepared
    else:
        prepared, parts = prepare(task, model, mediators), []
        case = _case(task, prepared, move, 0.0, 1.0)
        gains = _mechanism_gains(prepared, variable, case)
    outside = _outside(prepared, variable, case)
    return _column(task, move, case, gains, parts, outside), gains.bootstrap.record


def _case(
    task: Task[ScenarioTable], prepared: Prepared, move: Move, mean: float, sd: float
) -> Case:
    """The year's units with their moves. Raises Rejected where the year is empty or nobody is
    behind."""
    frame, model = prepared.frame, prepared.model
    year = task.spec.year or int(frame.index.get_level_values("year").max())
    here = frame[frame.index.get_level_values("year") == year]
    if here.empty:
        found = f"no rows of {year} in the sample"
        raise _refused(task, move.variable, found, "a year of the sample")
    value = here[move.variable].to_numpy(float)
    better = move.better_end(task.study)
    target = _target(value, move, better == "high", mean, sd)
    slack = 1e-12 * float(np.ptp(value))
    behind = value < target - slack if better == "high" else value > target + slack
    if not behind.any():
        found = f"no province behind {target * sd + mean:g} in {year}"
        raise _refused(task, move.variable, found, "a target that some provinces have not reached")
    if not np.ptp(here[model.outcome]) > 0:
        found = f"every province has the same `{model.outcome}` in {year}"
        raise _refused(task, move.variable, found, "a gap between provinces to close")
    return Case(
        codes=[int(code) for code in here.index.get_level_values("province")],
        year=year,
        value=value,
        treatment=here[model.treatment].to_numpy(float),
        outcome=here[model.outcome].to_numpy(float),
        target=target,
        move=np.where(behind, target - value, 0.0),
        mean=mean,
        sd=sd,
    )


def _target(value: Array, move: Move, high: bool, mean: float, sd: float) -> float:
    """The target on the rows' scale: the median or better quartile of the year's units, or a value
    given."""
    if isinstance(move.target, float):
        return (move.target - mean) / sd
    share = 0.5 if move.target == "median" else 0.75 if high else 0.25
    return float(np.quantile(value, share))


def _lever_gains(moderated: Moderated, case: Case) -> Gains:
    """By mechanism, then the direct part, all mechanisms in one outcome equation."""
    p, lever = moderated.prepared, moderated.lever
    model, mediators = p.model, p.mediators
    right = [*model.controls, lever, model.treatment, moderated.interaction]
    moments = p.moments([*right, *mediators, model.outcome])

    def gains(weights: Array) -> tuple[Array, Kept]:
        slopes = lever_slopes(moments, weights, len(model.controls), len(mediators))
        return slopes.gains(case.treatment, case.move), slopes.kept

    return _gains(p, gains, moments.columns - 1)


def _mechanism_gains(prepared: Prepared, variable: str, case: Case) -> Gains:
    """Of the mechanism itself, in one part."""
    moments, mediators = moments_of(prepared), prepared.mediators
    k, controls = mediators.index(variable), len(prepared.model.controls)

    def gains(weights: Array) -> tuple[Array, Kept]:
        b, kept = mechanism_slopes(moments, weights, controls, len(mediators))
        return (b[k][:, None] * case.move)[:, None, :], kept

    return _gains(prepared, gains, moments.columns - 1)


def _gains(prepared: Prepared, gains: Callable[[Array], tuple[Array, Kept]], slopes: int) -> Gains:
    """Gains of the sample and of the draws that hold; slopes: of the outcome's equation."""
    task, clusters = prepared.task, prepared.clusters
    point, _ = gains(np.ones((1, clusters)))
    found, held = [], []
    for weights in cluster_counts(task.seed, task.stream, task.draws, clusters):
        drawn, kept = gains(weights)
        held.append(kept & enough(weights, slopes))
        found.append(drawn[held[-1]])
    return Gains(point, np.concatenate(found), bootstrap_of(prepared, np.concatenate(held)))


def _outside(prepared: Prepared, variable: str, case: Case) -> list[int]:
    """Units that leave the sample's hull of treatment and variable, or move further than any unit
    ever did."""
    behind = case.behind
    points = prepared.array([prepared.model.treatment, variable])
    moved = np.column_stack([case.treatment, np.where(behind, case.target, case.value)])
    groups = prepared.frame[variable].groupby(level="province")
    largest = float((groups.max() - groups.min()).max())
    outside = behind & (outside_support(points, moved) | (np.abs(case.move) > largest))
    return [code for code, out in zip(case.codes, outside, strict=True) if out]


def _column(
    task: Task[ScenarioTable],
    move: Move,
    case: Case,
    gains: Gains,
    parts: Sequence[str],
    outside: list[int],
) -> Scenario:
    moved, boot = case.behind, gains.bootstrap
    point, draws = gains.point.sum(axis=1)[0], gains.draws.sum(axis=1)

    def mean_of_moved(part: int) -> Estimate:
        value = float(gains.point[0, part, moved].mean())
        return boot.estimate(value, gains.draws[:, part][:, moved].mean(axis=1))

    return Scenario(
        variable=move.variable,
        label=move.label,
        year=case.year,
        moved=int(moved.sum()),
        units=len(case.codes),
        target=case.target * case.sd + case.mean,
        gain=boot.estimate(float(point[moved].mean()), draws[:, moved].mean(axis=1)),
        through={name: mean_of_moved(k) for k, name in enumerate(parts)},
        direct=mean_of_moved(len(parts)) if parts else None,
        national=boot.estimate(float(point.mean()), draws.mean(axis=1)),
        path=[_step(case, point, draws, share, boot) for share in task.spec.path],
        gains={
            code: boot.estimate(float(point[i]), draws[:, i]) for i, code in enumerate(case.codes)
        },
        outside=outside,
    )


def _step(case: Case, point: Array, draws: Array, share: float, boot: Bootstrap) -> Step:
    """The mean gain and the gap closed when a share of the move is made."""
    frontier, moved = float(np.quantile(case.outcome, _FRONTIER)), case.behind
    closed = shortfall_closed(case.outcome, share * point[None, :], frontier)
    drawn = shortfall_closed(case.outcome, share * draws, frontier)
    gain = float(share * point[moved].mean())
    return Step(
        share=share,
        gain=boot.estimate(gain, share * draws[:, moved].mean(axis=1)),
        closed=boot.estimate(float(closed[0]), drawn),
    )


def _absorbed(task: Task[ScenarioTable], variable: str) -> Rejected:
    found = "the lever does not vary over time: its own effect is in the province effects"
    expected = (
        "a lever whose own effect is identified, else the gain depends on where the treatment "
        "has its zero"
    )
    return _refused(task, variable, found, expected)


def _refused(task: Task[ScenarioTable], variable: str, found: str, expected: str) -> Rejected:
    remedy = "change the move or the sample"
    return task.refusal("scenario", found, expected, remedy, key="moves", variable=variable)
