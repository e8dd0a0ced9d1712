"""Detectable effects: just beyond them the test that decides finds the outcomes, just below it does
not, each outcome built and judged as any estimate is."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.inference.power import random_signs, residual_paths
from pipeline.inference.within import within_fit
from pipeline.models import few_clusters
from pipeline.models.detectable import (
    detectable_indirect,
    detectable_interaction,
    detectable_total,
)
from pipeline.models.few_clusters import STREAM, judged, of_columns
from pipeline.models.moderated import moderate
from pipeline.models.prepared import coefficient, prepare
from pipeline.results.estimate import SIZE, Estimate
from pipeline.study.schema import Inference
from tests.models.small import CODES, MODEL, small_frame, task_of

POWER, OUTCOMES, ERROR = 0.8, 99, 1e-3


@pytest.fixture
def frame():
    return small_frame()


@pytest.fixture(autouse=True)
def few_orders(monkeypatch):
    """As many orders as a simulated outcome is tested with."""
    monkeypatch.setattr(few_clusters, "ORDERS", 399)


def task_by(demo, frame, rule):
    return task_of(demo, frame, inference=Inference(decides=rule))


def found(task, question, effect, equation=0, size=SIZE):
    """Which outcomes at the effect the study calls different from zero."""
    q = question
    signs = random_signs(task.seed, STREAM, equation, OUTCOMES, q.clusters)
    paths = residual_paths(q.outcome, q.regressor, q.others, q.unit, q.year)
    built = effect * q.regressor + signs @ paths.T
    return np.array([_p(task, replace(q, outcome=y)) for y in built]) <= size


def _p(task, question):
    """The p-value by which an outcome is judged."""
    if task.study.spec.inference.decides == "t":
        return _by_t(task, question)
    return judged(task, question, Estimate(0.0)).decides


def _by_t(task, q):
    """p of the t-test with CRV1 errors."""
    right = np.column_stack([q.regressor, q.others])
    return coefficient(within_fit(q.outcome, right, q.unit, q.year, q.unit), 0, task.level).p


RULES = ["paths", "wcr31", "wcr11", "cr2", "crv3", "t"]


@pytest.mark.parametrize("rule", RULES)
def test_of_the_treatment_on_the_outcome(demo, frame, rule):
    task = task_by(demo, frame, rule)
    least = detectable_total(prepare(task, MODEL), POWER, OUTCOMES)
    assert least.tests == [rule]
    question = of_columns(prepare(task, MODEL), "y", "x", ["c"])
    assert least.size == found(task, question, 0.0).mean()
    assert found(task, question, least.effect * (1 + ERROR)).mean() >= POWER
    assert found(task, question, least.effect * (1 - ERROR)).mean() < POWER


@pytest.mark.parametrize("rule", ["paths", "wcr31", "t"])
def test_of_a_mechanism(demo, frame, rule):
    """Both effects as many standard errors from zero, the tests on signs of their own."""
    task = task_by(demo, frame, rule)
    prepared = prepare(task, MODEL, ["m"])
    least = detectable_indirect(prepared, "m", POWER, OUTCOMES)
    assert least.tests == [rule]
    of_a = of_columns(prepared, "m", "x", ["c"])
    of_b = of_columns(prepared, "y", "m", ["x", "c"])
    errors = [q.wild("WCR11").se for q in (of_a, of_b)]
    size = np.sqrt(least.effect / np.prod(errors))

    def both(times):
        a, b = (times * size * error for error in errors)
        return (found(task, of_a, a) & found(task, of_b, b, equation=1)).mean()

    assert both(1 + ERROR) >= POWER > both(1 - ERROR)
    alone = found(task, of_a, 0.0).mean(), found(task, of_b, 0.0, equation=1).mean()
    assert least.size == max(alone)


@pytest.mark.parametrize("size", [SIZE, 0.02])
def test_of_an_interaction_by_wcr31_whatever_decides(demo, frame, size):
    task = task_by(demo, frame, "paths")
    moderated = moderate(task, MODEL, "z")
    least = detectable_interaction(moderated, POWER, size, OUTCOMES)
    assert least.tests == ["wcr31"]
    p, others = moderated.prepared, moderated.right[1:]
    question = of_columns(p, "y", moderated.interaction, others, paths=False)
    by_wild = task_by(demo, frame, "wcr31")
    assert found(by_wild, question, least.effect * (1 + ERROR), size=size).mean() >= POWER
    assert found(by_wild, question, least.effect * (1 - ERROR), size=size).mean() < POWER


def test_a_smaller_level_takes_a_larger_effect(demo, frame):
    moderated = moderate(task_by(demo, frame, "paths"), MODEL, "z")
    sizes = (0.1, 0.05, 0.02)
    least = [detectable_interaction(moderated, POWER, size, OUTCOMES).effect for size in sizes]
    assert least == sorted(least) and least[0] < least[2]


def test_wcr31_takes_the_place_of_paths_that_cannot_be_exchanged(demo, frame):
    """Of eight units two lack a year, so that too few are complete."""
    gaps = frame.drop(index=[(CODES[0], 2013), (CODES[1], 2014)])
    paths, wild = (task_by(demo, gaps, rule) for rule in ("paths", "wcr31"))
    found, expected = (detectable_total(prepare(t, MODEL), POWER, OUTCOMES) for t in (paths, wild))
    assert found == expected and found.tests == ["wcr31"]


@pytest.mark.parametrize("rule", ["cr2", "crv3"])
def test_wcr31_takes_the_place_of_errors_that_one_unit_spoils(demo, frame, rule):
    """The control moves in one unit alone, which then cannot be left out; so does a treatment for
    which CR2 has no degrees of freedom."""
    alone = "c" if rule == "crv3" else "x"
    column = frame[alone].where(frame.index.get_level_values("province") == CODES[0], 0.0)
    task = task_by(demo, frame.assign(**{alone: column}), rule)
    assert detectable_total(prepare(task, MODEL), POWER, OUTCOMES).tests == ["wcr31"]


def test_a_model_has_one_detectable_effect_under_one_seed(demo, frame):
    task, again = task_by(demo, frame, "paths"), task_by(demo, frame, "paths")
    other = task_of(demo, frame, seed=demo.spec.seed + 1)
    first, second, third = (
        detectable_total(prepare(t, MODEL, ["m"]), POWER, OUTCOMES) for t in (task, again, other)
    )
    assert first == second != third
