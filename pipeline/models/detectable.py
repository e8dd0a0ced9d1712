"""The smallest effects that the tests which decide could have found in a panel."""

import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from pipeline.inference import power as core
from pipeline.inference.few_clusters.permutation import complete_units, random_orders
from pipeline.inference.few_clusters.wild import weight_vectors
from pipeline.models.few_clusters import RESIDUALS, STREAM, Question, deciding, of_columns
from pipeline.models.moderated import Moderated
from pipeline.models.prepared import Prepared
from pipeline.models.task import Task
from pipeline.results.estimate import SIZE, Test
from pipeline.study.specs import Spec

# Outcomes simulated for one effect, unless a spec says otherwise.
OUTCOMES = 400
# Draws of the test of each outcome: so many, and enough for this many p-values up to its level.
_DRAWS = 399
_SMALL = 8


class Least(NamedTuple):
    """The smallest effect found with the power asked, None where none is, and the tests that must
    find it.

    size: the share of outcomes without effect that the test rejects; of several tests the largest,
    which is what a joint test rejects where the other effects are beyond doubt
    """

    effect: float | None
    tests: list[Test]
    size: float


class _Simulated(NamedTuple):
    """A test of simulated outcomes, which it is, and the error of the estimate in the sample."""

    rejects: core.Rejects
    test: Test
    error: float

    @property
    def size(self) -> float:
        """The share of outcomes without effect that it rejects."""
        return float(self.rejects(0.0).mean())


def detectable_total(prepared: Prepared, power: float, outcomes: int) -> Least:
    """Minimum detectable effect of the treatment on the outcome, by the test that decides."""
    model = prepared.model
    question = of_columns(prepared, model.outcome, model.treatment, model.controls)
    one = _simulated(prepared.task, question, outcomes, 0)
    return _alone(one, power)


def detectable_indirect(prepared: Prepared, mediator: str, power: float, outcomes: int) -> Least:
    """Minimum detectable a x b of one mechanism: the tests that decide must find both."""
    p, model = prepared, prepared.model
    of_a = of_columns(p, mediator, model.treatment, model.controls)
    of_b = of_columns(p, model.outcome, mediator, p.right)
    a, b = (_simulated(p.task, q, outcomes, i) for i, q in enumerate((of_a, of_b)))
    sides = (a.rejects, a.error), (b.rejects, b.error)
    least = core.minimum_detectable_product(*sides, power)
    return Least(_finite(least), list(dict.fromkeys([a.test, b.test])), max(a.size, b.size))


def detectable_interaction(moderated: Moderated, power: float, size: float, outcomes: int) -> Least:
    """Minimum detectable interaction by the test of interactions (WCR31) at level `size`."""
    p, others = moderated.prepared, moderated.right[1:]
    question = of_columns(p, p.model.outcome, moderated.interaction, others, paths=False)
    rejects = _wild(p.task, question, "wcr31", _outcomes(p.task, question, outcomes, 0), size)
    return _alone(_Simulated(rejects, "wcr31", _error(question)), power)


def _alone(one: _Simulated, power: float) -> Least:
    """What one test finds."""
    effect = core.minimum_detectable(one.rejects, one.error, power)
    return Least(_finite(effect), [one.test], one.size)


def _finite(effect: float) -> float | None:
    return effect if math.isfinite(effect) else None


def _simulated(task: Task[Spec], question: Question, outcomes: int, equation: int) -> _Simulated:
    """The test that decides about the question, of outcomes like its own."""
    of = _outcomes(task, question, outcomes, equation)
    test, rejects = deciding(task, lambda test: _rejects(task, question, test, of))
    assert rejects is not None, "the test that takes the place of others can always be made"
    return _Simulated(rejects, test, _error(question))


def _outcomes(task: Task[Spec], q: Question, outcomes: int, equation: int) -> core.Outcomes:
    """Outcomes with the signs of one equation, the same wherever a model stands."""
    signs = core.random_signs(task.seed, STREAM, equation, outcomes, q.clusters)
    paths = core.residual_paths(q.outcome, q.regressor, q.others, q.unit, q.year)
    return core.Outcomes(q.regressor, q.others, q.unit, q.year, paths, signs)


def _error(question: Question) -> float:
    """The estimate's clustered error, without small-sample factor."""
    return question.wild("WCR11").se


def _rejects(
    task: Task[Spec], question: Question, test: Test, of: core.Outcomes
) -> core.Rejects | None:
    """A test at the study's size; None where it cannot be made of the model."""
    match test:
        case "paths":
            return _permuted(task, question, of) if question.exchangeable else None
        case "wcr11" | "wcr31":
            return _wild(task, question, test, of, SIZE)
        case "cr2":
            return _t(of, *core.cr2(of))
        case "crv3":
            return _t(of, core.crv3(of), question.clusters - 1)
        case _:
            return _t(of, core.crv1(of), question.clusters - 1)


def _permuted(task: Task[Spec], q: Question, of: core.Outcomes) -> core.Rejects:
    assert q.year is not None, "asked where paths can be exchanged"
    units = len(complete_units(q.unit, q.year))
    orders = random_orders(task.seed, STREAM, _draws(SIZE), units)
    return core.permutation_rejects(of, orders, SIZE)


def _wild(
    task: Task[Spec], question: Question, test: Test, of: core.Outcomes, size: float
) -> core.Rejects:
    units = question.clusters
    chunks, every = weight_vectors(task.seed, STREAM, _draws(size), units, "rademacher")
    return core.wild_rejects(of, RESIDUALS[test], np.concatenate(chunks), every, size)


def _t(of: core.Outcomes, linear: core.Linear, df: float) -> core.Rejects | None:
    if not (df > 0 and np.isfinite(linear.parts).all()):
        return None
    return core.t_rejects(of, linear, float(stats.t.isf(SIZE / 2, df)))


def _draws(size: float) -> int:
    """Draws of a test at level `size`."""
    return max(_DRAWS, math.ceil(_SMALL / size) - 1)
