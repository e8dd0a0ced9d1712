"""Threshold tables: the treatment's slope in the regimes of a lever."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.inference.varying.threshold import LikelihoodRatio, ThresholdFit, threshold_fits
from pipeline.inference.varying.threshold_model import ThresholdModel, threshold_model
from pipeline.inference.varying.threshold_permutation import permutation_test
from pipeline.inference.varying.threshold_test import ThresholdTest, threshold_tests
from pipeline.methods.levers.threshold.result import (
    Regime,
    Result,
    Scheme,
    Test,
    Threshold,
    Thresholds,
)
from pipeline.methods.levers.threshold.spec import ThresholdTable
from pipeline.models.bootstrap import Bootstrap, joined, recorded
from pipeline.models.moderated import Moderated, moderate, timing
from pipeline.models.prepared import clustered
from pipeline.models.task import Task, collect
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import SIZE, Draws, Interval


@dataclass(frozen=True)
class Found:
    """The model of one lever, and how the draws of its tests were made."""

    column: Thresholds
    schemes: set[Scheme]
    record: Draws


def estimate(task: Task[ThresholdTable]) -> Result:
    """One column a lever: tests of each further threshold, thresholds with LR sets, slopes by
    regime.

    Source: Hansen (1999); slopes with errors clustered by unit.
    """
    spec, model = task.spec, task.model(task.spec.model)
    found = collect(spec.levers, lambda lever: _find(task, lever))
    return Result(
        data=task.facts([*model.variables, *spec.levers]),
        columns=[one.column for one in found.values()],
        critical=float(-2 * np.log(1 - np.sqrt(task.level))),
        schemes=sorted(set().union(*(one.schemes for one in found.values()))),
        draws=joined([one.record for one in found.values()]),
        timing=timing(task, spec.levers),
    )


def _find(task: Task[ThresholdTable], lever: str) -> Found:
    """The models with 1, 2, ... thresholds, of which the last one that the tests support is
    shown."""
    spec = task.spec
    moderated = moderate(task, task.model(spec.model), lever)
    try:
        model = _model(task, moderated)
        fits = threshold_fits(model, spec.thresholds, task.level, robust=True)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise _impossible(task, lever, error) from None
    drawn = task.seed, task.stream, spec.draws
    moves = spec.control_lever and not moderated.absorbed
    first = permutation_test(model, fits[0], moves, *drawn)
    tests = threshold_tests(model, fits, *drawn, first)
    dropped = max(test.dropped for test in tests)
    boot = recorded(moderated.prepared, spec.draws, spec.draws - dropped)
    supported = _supported(tests, boot)
    shown = fits[max(1, supported) - 1]
    column = Thresholds(
        lever=lever,
        model=moderated.prepared.model,
        rows=moderated.prepared.rows,
        tests=[_test(test, boot) for test in tests],
        thresholds=[_threshold(one) for one in shown.likelihood],
        regimes=_regimes(shown, task.level, supported > 0),
    )
    return Found(column, {test.scheme for test in tests}, boot.record)


def _model(task: Task[ThresholdTable], moderated: Moderated) -> ThresholdModel:
    """The rows in the order of the lever in its own unit."""
    spec, p = task.spec, moderated.prepared
    controls = moderated.controls if spec.control_lever else p.model.controls
    return threshold_model(
        p.column(p.model.outcome),
        p.column(p.model.treatment),
        task.panel.frame.loc[p.frame.index, moderated.lever].to_numpy(float),
        p.array(controls),
        p.province,
        p.year,
        p.province,
        trim=spec.trim,
        grid=spec.grid,
        minimum_clusters=spec.minimum_provinces,
    )


def _impossible(task: Task[ThresholdTable], lever: str, error: Exception) -> Rejected:
    spec = task.spec
    found = str(error).replace("clusters", "provinces")
    rows, provinces = f"{100 * spec.trim:g}% of the rows", f"{spec.minimum_provinces} provinces"
    expected = f"regimes of at least {rows} and {provinces}"
    remedy = (
        "ask for fewer thresholds, lower trim or minimum_provinces and defend it, or drop the lever"
    )
    return task.refusal("threshold", found, expected, remedy, variable=lever)


def _test(test: ThresholdTest, boot: Bootstrap) -> Test:
    """A test with its p-value and critical value; F alone where the draws are withheld."""
    if boot.withheld is not None:
        return Test(test.statistic, None, None)
    return Test(test.statistic, test.p, test.critical[1])


def _supported(tests: list[ThresholdTest], boot: Bootstrap) -> int:
    """How many thresholds are significant one after the other."""
    if boot.withheld is not None:
        return 0
    supported = 0
    while supported < len(tests) and tests[supported].p < SIZE:
        supported += 1
    return supported


def _threshold(one: LikelihoodRatio) -> Threshold:
    return Threshold(
        value=one.gamma,
        set=Interval(one.low, one.high, "likelihood-ratio"),
        pieces=one.pieces,
        edge=bool(one.low == one.gammas[0] or one.high == one.gammas[-1]),
        candidates=[float(gamma) for gamma in one.gammas],
        ratios=[float(ratio) for ratio in one.ratios],
    )


def _regimes(fit: ThresholdFit, level: float, found: bool) -> list[Regime]:
    """The slopes, tested only where the threshold between them is found."""
    errors = np.sqrt(np.diag(fit.covariance))
    slopes = [
        clustered(float(b), float(error), fit.regression.df, level)
        for b, error in zip(fit.slopes, errors, strict=True)
    ]
    return [
        Regime(slope if found else replace(slope, p=None), int(rows), int(units))
        for slope, rows, units in zip(slopes, fit.rows, fit.clusters, strict=True)
    ]
