"""The demo's levers over many simulated panels: true interactions are found, zeros left alone."""

from dataclasses import dataclass

import numpy as np
import pytest

from pipeline.construct.run import construct
from pipeline.methods.levers.levers.estimate import wild_interactions
from pipeline.methods.levers.levers.result import verdict
from pipeline.models.detectable import OUTCOMES, detectable_interaction
from pipeline.models.moderated import moderate
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import Estimate
from pipeline.simulate.run import draw_study
from tests.methods.levers.conftest import LEVERS

SEEDS, DRAWS, SIZE = range(200), 499, 0.05
# Panels whose detectable effects are simulated.
SIMULATED = 2


@dataclass(frozen=True)
class Study:
    """Estimates and truths per SD of the lever, p-values, each (panels, 12), and detectable effects
    of the first of them."""

    estimate: np.ndarray
    truth: np.ndarray
    p: np.ndarray
    adjusted: np.ndarray
    detectable: np.ndarray

    @property
    def zeros(self):
        """Positions of the levers that move nothing in the process."""
        return np.flatnonzero((self.truth == 0).all(axis=0))


def one(study, seed):
    """The interactions of one panel, tested as in the table of the levers."""
    drawn = draw_study(study, seed)
    task = Task(study, construct(study, drawn.raw), f"tables/recovery{seed}", None)
    model = task.model()
    models = [moderate(task, model, key) for key in LEVERS]
    tested = wild_interactions(task, models, DRAWS)
    estimate = [m.prepared.regress(model.outcome, m.right).beta[0] for m in models]
    truth = [
        drawn.truth[f"{key}.interaction"] * m.sd for key, m in zip(LEVERS, models, strict=True)
    ]
    asked = models if seed < SIMULATED else []
    least = [detectable_interaction(m, 0.8, tested.level, OUTCOMES).effect for m in asked]
    return estimate, truth, tested.p, tested.adjusted, least


@pytest.fixture(scope="module")
def panels(demo):
    found = []
    for seed in SEEDS:
        try:
            found.append(one(demo, seed))
        except Rejected as refused:  # shares beyond their bounds: no such panel can be
            if [f.code for f in refused.findings] != ["simulation"]:
                raise
    *parts, least = zip(*found, strict=True)
    return Study(*map(np.array, parts), np.array([one for one in least if one]))


def told(change, adjusted):
    """The verdict on a change, where the effect itself is positive beyond doubt."""
    return verdict(Estimate(change, few=adjusted, test="adjusted"), Estimate(1.0, p=0.0))


def error_of(share, tests):
    """Binomial error of a share."""
    return np.sqrt(share * (1 - share) / tests)


def test_nearly_every_seed_gives_a_panel(panels):
    assert len(panels.p) > 0.85 * len(SEEDS)


@pytest.mark.parametrize("lever", LEVERS)
def test_the_mean_estimate_is_the_true_interaction(panels, lever):
    k = LEVERS.index(lever)
    gap = panels.estimate[:, k] - panels.truth[:, k]
    assert abs(gap.mean()) < 4 * gap.std(ddof=1) / np.sqrt(len(gap))


def test_the_levers_that_move_nothing_are_these(panels):
    assert [LEVERS[k] for k in panels.zeros] == ["c2", "c4", "c5", "p3", "p5", "p6"]


@pytest.mark.parametrize("lever", ["c2", "c4", "c5", "p3", "p5", "p6"])
def test_a_true_zero_is_rejected_at_the_nominal_rate(panels, lever):
    p = panels.p[:, LEVERS.index(lever)]
    assert (p < SIZE).mean() < SIZE + 3.5 * error_of(SIZE, len(p))


def test_true_zeros_together_are_rejected_at_the_nominal_rate(panels):
    """Six tests a panel: the bound is narrow enough to see a test that rejects 3% or 8%."""
    rejected = (panels.p[:, panels.zeros] < SIZE).mean(axis=1)
    assert rejected.mean() == pytest.approx(
        SIZE, abs=3 * rejected.std(ddof=1) / np.sqrt(len(rejected))
    )


def test_a_true_zero_seldom_gets_a_verdict_in_any_row(panels):
    """The family-wise error, with levers that do move something among the rows."""
    wrong = [
        any(told(e[k], a[k]) != "none" for k in panels.zeros)
        for e, a in zip(panels.estimate, panels.adjusted, strict=True)
    ]
    assert np.mean(wrong) < SIZE + 3 * error_of(SIZE, len(wrong))


def test_verdicts_on_levers_that_move_something_have_the_right_sign(panels):
    moving = [k for k in range(len(LEVERS)) if k not in panels.zeros]
    estimate, truth, adjusted = (
        a[:, moving] for a in (panels.estimate, panels.truth, panels.adjusted)
    )
    verdicts = [
        (told(e, a), "strengthens" if t > 0 else "weakens")
        for e, t, a in zip(estimate.ravel(), truth.ravel(), adjusted.ravel(), strict=True)
        if a < SIZE
    ]
    assert len(verdicts) > 50 and np.mean([found == true for found, true in verdicts]) > 0.95


def test_effects_beyond_the_detectable_one_are_found_as_often_as_promised_and_smaller_ones_less(
    panels,
):
    """By the adjusted test, whose single level the detectable effect is computed for; step-down
    finds a little more."""
    truth, least = np.abs(panels.truth).mean(axis=0), panels.detectable.mean(axis=0)
    found = (panels.adjusted < SIZE).mean(axis=0)
    margin = 3 * error_of(0.8, len(panels.p))
    for k in range(len(LEVERS)):
        assert found[k] > 0.8 - margin if truth[k] >= least[k] else found[k] < 0.85 + margin, (
            LEVERS[k]
        )
    near = int(np.argmax(truth / least))
    assert truth[near] / least[near] > 0.7 and found[near] > 0.35
