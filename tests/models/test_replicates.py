"""Replicates of a mechanism model: each is a regression on units drawn again, or on all but one."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.inference.draws import cluster_counts
from pipeline.models.prepared import prepare
from pipeline.models.replicates import replicate
from pipeline.results.estimate import Draws
from tests.models.small import CODES, MODEL, dummies, refused, small_frame, task_of, told


def weighted(frame, outcome, names, counts):
    """Coefficients of names where unit g counts counts[g] times."""
    size = np.repeat(np.sqrt(counts), len(frame) // len(counts))
    design = np.hstack([frame[names].to_numpy(float), dummies(frame)]) * size[:, None]
    own = frame[outcome].to_numpy(float) * size
    return np.linalg.lstsq(design, own, rcond=None)[0][: len(names)]


@pytest.fixture
def frame():
    return small_frame().assign(n=lambda d: d["z"] + 0.3 * d["x"] - 0.4 * d["m"])


def check(frame, found, k, counts):
    """Replicate k of found against the regressions with these counts."""
    for i, mediator in enumerate(["m", "n"]):
        a = weighted(frame, mediator, ["x", "c"], counts)[0]
        b = weighted(frame, "y", [mediator, "x", "c"], counts)[0]
        assert found.a[i, k] == pytest.approx(a, rel=1e-7)
        assert found.b[i, k] == pytest.approx(b, rel=1e-7)
    total = weighted(frame, "y", ["x", "c"], counts)[0]
    assert found.total[k] == pytest.approx(total, rel=1e-7)
    together = weighted(frame, "y", ["m", "n", "x", "c"], counts)
    b, direct = found.parallel()
    np.testing.assert_allclose(b[:, k], together[:2], rtol=1e-6)
    assert direct[k] == pytest.approx(together[2], rel=1e-6)


def test_draws_repeat_whole_units_and_jackknife_leaves_one_out(demo, frame):
    task = task_of(demo, frame, draws=40)
    found = replicate(prepare(task, MODEL, ["m", "n"]))
    (counts,) = cluster_counts(task.seed, "draws", 40, 8)
    assert found.record == Draws(40, 40, demo.spec.seed)
    assert found.draws.total.shape == (40,) and found.draws.a.shape == (2, 40)
    for k in (0, 17, 39):
        check(frame, found.draws, k, counts[k])
    check(frame, found.point, 0, np.ones(8))
    assert found.point.total.shape == (1,) and found.without.total.shape == (8,)
    for k in range(8):
        check(frame, found.without, k, 1.0 - (np.arange(8) == k))


def test_errors_come_with_draws_and_sample_where_asked(demo, frame):
    prepared = prepare(task_of(demo, frame, draws=20), MODEL, ["m", "n"])
    without = replicate(prepared)
    assert without.draws.errors is None and without.point.errors is None
    found = replicate(prepared, errors=True)
    assert found.draws.errors.shape == (2, 20) and found.point.errors.shape == (2, 1)
    assert found.without.errors is None
    np.testing.assert_array_equal(found.draws.indirect, without.draws.indirect)


def test_collapsed_draws_are_left_out_and_counted(demo, frame):
    """Only two of eight units move the mediator: a draw without both, (6/8)^8 of them, is none."""
    still = ~frame.index.get_level_values("province").isin(CODES[:2])
    frame.loc[still, "m"] = 0.0
    task = task_of(demo, frame, draws=300)
    found = replicate(prepare(task, MODEL, ["m"]))
    (counts,) = cluster_counts(task.seed, "draws", 300, 8)
    moved = counts[:, :2].sum(axis=1) > 0
    assert 0.05 < 1 - moved.mean() < 0.15
    assert found.record == Draws(300, int(moved.sum()), demo.spec.seed, "dropped-draws")
    assert found.draws.a.shape == (1, moved.sum()) and found.draws.kept.all()
    first = np.flatnonzero(moved)[0]
    a = weighted(frame, "m", ["x", "c"], counts[first])[0]
    assert found.draws.a[0, 0] == pytest.approx(a, rel=1e-7)


def test_draws_in_which_mediators_are_one_are_left_out_where_they_share_an_equation(demo, frame):
    """n differs from m in two units alone."""
    still = ~frame.index.get_level_values("province").isin(CODES[:2])
    frame.loc[still, "n"] = frame["m"]
    prepared = prepare(task_of(demo, frame, draws=300), MODEL, ["m", "n"])
    (counts,) = cluster_counts(demo.spec.seed, "draws", 300, 8)
    assert replicate(prepared).record.used == 300
    assert replicate(prepared, jointly=True).record.used == (counts[:, :2].sum(axis=1) > 0).sum()


def test_too_many_collapsed_draws_are_refused(demo, frame):
    """One unit moves the mediator: (7/8)^8, a third of the draws, are without it; two mediators
    of different units are both moved in 1 - 2 (7/8)^8 + (6/8)^8 = 0.41 of them."""
    units = frame.index.get_level_values("province")
    frame.loc[units != CODES[0], "m"] = 0.0
    task = task_of(demo, frame, draws=300)
    assert replicate(prepare(task, MODEL, ["m"])).record.used > 150
    frame.loc[units != CODES[1], "n"] = 0.0
    (counts,) = cluster_counts(demo.spec.seed, "draws", 300, 8)
    kept = ((counts[:, 0] > 0) & (counts[:, 1] > 0)).sum()
    (finding,) = refused(replicate, prepare(task, MODEL, ["m", "n"]))
    assert told(finding) == (
        "collapsed-draws",
        "x.toml",
        None,
        f"{kept} of 300 bootstrap draws identify the effects",
        "at least half of them",
        "a variable moves in too few provinces, or hardly beside the others: drop it",
    )


def test_draws_beyond_the_studys_memory_are_refused(demo, frame):
    """1,000,000 draws x (3 k + 3 + (k + 1)^2) numbers of 8 bytes twice, k = 1: 153 MB."""
    task = task_of(demo, frame, draws=1_000_000)
    bootstrap = task.study.spec.bootstrap.model_copy(update={"memory_mb": 152})
    spec = task.study.spec.model_copy(update={"bootstrap": bootstrap})
    task = replace(task, study=replace(task.study, spec=spec))
    (finding,) = refused(replicate, prepare(task, MODEL, ["m"]))
    assert told(finding) == (
        "memory",
        "study.toml",
        None,
        "1,000,000 draws of tables/x need about 153 MB",
        "at most bootstrap.memory_mb = 152",
        "ask for fewer draws, or raise memory_mb if the machine has it",
    )
    assert finding.where.key == "bootstrap.draws"


def test_draws_that_just_fit_the_memory_are_made(demo, frame):
    """65,536 draws with one mediator need 10 MB to the byte: (3 + 3 + 4) x 16 x 65,536."""
    task = task_of(demo, frame, draws=2**16)
    bootstrap = task.study.spec.bootstrap.model_copy(update={"memory_mb": 10})
    spec = task.study.spec.model_copy(update={"bootstrap": bootstrap})
    task = replace(task, study=replace(task.study, spec=spec))
    assert replicate(prepare(task, MODEL, ["m"])).record.asked == 2**16


def test_mediators_and_outcomes_without_variation_are_refused(demo, frame):
    frame["m"] = frame["x"] - frame["c"]
    (finding,) = refused(prepare, task_of(demo, frame), MODEL, ["m"])
    assert told(finding)[:4] == (
        "collinear",
        "x.toml",
        "m",
        "an exact combination of the variables before it and the effects",
    )
    frame["y"] = frame["n"] + frame["x"]
    (finding,) = refused(prepare, task_of(demo, frame), MODEL, ["n"])
    assert told(finding)[:3] == ("perfect-fit", "x.toml", "y")
