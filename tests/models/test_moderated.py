"""A model with a lever: its columns, its draws and its tests by brute force, what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.inference.draws import cluster_counts
from pipeline.models.moderated import (
    columns_of,
    interaction_draws,
    missing_cells,
    moderate,
    shared_signs,
    timing,
)
from pipeline.panel.provinces import PROVINCES
from pipeline.study.choices import Sample
from tests.models.small import (
    CODES,
    MODEL,
    dummies,
    refused,
    regression,
    small_frame,
    task_of,
    told,
    wild_p,
)


@pytest.fixture
def frame():
    return small_frame().assign(z=lambda d: 5 + 3 * d["z"])


@pytest.fixture
def by_hand(frame):
    """The frame with the lever scaled and the interaction, as the text says."""
    z = (frame["z"] - frame["z"].mean()) / frame["z"].std(ddof=1)
    return frame.assign(z=z, both=z * frame["x"])


def test_the_lever_is_scaled_and_the_interaction_made_of_it(demo, frame, by_hand):
    found = moderate(task_of(demo, frame), MODEL, "z", ["m"])
    assert (found.lever, found.interaction, found.absorbed) == ("z", "x × z", False)
    assert found.mean == pytest.approx(frame["z"].mean())
    assert found.sd == pytest.approx(frame["z"].std(ddof=1))
    np.testing.assert_allclose(found.prepared.column("z"), by_hand["z"], rtol=1e-12)
    np.testing.assert_allclose(found.prepared.column("x × z"), by_hand["both"], rtol=1e-12)
    assert found.prepared.mediators == ["m"]
    assert found.controls == ["z", "c"] and found.right == ["x × z", "x", "z", "c"]


def test_a_lever_of_the_unit_alone_has_no_effect_of_its_own(demo, frame):
    frame["z"] = frame.groupby(level="province")["z"].transform("first")
    found = moderate(task_of(demo, frame), MODEL, "z")
    assert found.absorbed and found.controls == ["c"] and found.right == ["x × z", "x", "c"]
    frame.loc[(110000, 2012), "z"] += 1e-2
    assert not moderate(task_of(demo, frame), MODEL, "z").absorbed


@pytest.mark.parametrize(("regressor", "outcome"), [("x × z", None), ("x", None), ("x", "m")])
def test_its_coefficients_are_tested_without_the_effect(demo, frame, by_hand, regressor, outcome):
    found = moderate(task_of(demo, frame), MODEL, "z", ["m"])
    names = found.right
    fitted = found.prepared.regress(outcome or "y", names)
    one = found.tested(fitted, names, regressor, outcome)
    own = {"x × z": "both"}
    columns = [own.get(n, n) for n in names]
    at = names.index(regressor)
    beta, errors = regression(by_hand, outcome or "y", columns)
    assert (one.value, one.error) == pytest.approx((beta[at], errors[at]), rel=1e-9)
    others = [c for i, c in enumerate(columns) if i != at]
    p = wild_p(by_hand, outcome or "y", columns[at], others, transformed=True)
    assert (one.few, one.test) == (p, "wcr31")


def test_draws_of_slope_and_interaction_repeat_whole_units(demo, frame, by_hand):
    task = task_of(demo, frame, draws=30)
    boot, found = interaction_draws(moderate(task, MODEL, "z"))
    (counts,) = cluster_counts(task.seed, "draws", 30, 8)
    counts = counts[(counts > 0).sum(axis=1) >= 4]
    assert found.shape == (2, len(counts)) and boot.record.used == len(counts)
    for k in (0, len(counts) - 1):
        size = np.repeat(np.sqrt(counts[k]), 5)[:, None]
        design = np.hstack([by_hand[["x", "both", "z", "c"]].to_numpy(), dummies(by_hand)])
        b = np.linalg.lstsq(design * size, by_hand["y"].to_numpy() * size[:, 0], rcond=None)[0]
        np.testing.assert_allclose(found[:, k], b[:2], rtol=1e-6)


def test_collapsed_draws_are_left_out(demo, frame):
    """A lever that moves in two units, the same share of the years: draws without them hold
    nothing."""
    frame.loc[~frame.index.get_level_values("province").isin(CODES[:2]), "z"] = 0.0
    task = task_of(demo, frame, draws=200)
    (counts,) = cluster_counts(task.seed, "draws", 200, 8)
    moved = counts[:, :2].sum(axis=1) > 0
    held = moved & ((counts > 0).sum(axis=1) >= 4)
    boot, found = interaction_draws(moderate(task, MODEL, "z"))
    assert found.shape == (2, held.sum()) and boot.withheld == "dropped-draws"


def lever_refusal(task, model=MODEL, lever="z", mediators=()):
    (finding,) = refused(moderate, task, model, lever, mediators)
    return told(finding)


@pytest.mark.parametrize("lever", ["y", "x", "c", "m"])
def test_a_lever_with_another_part_is_refused(demo, frame, lever):
    assert lever_refusal(task_of(demo, frame), lever=lever, mediators=["m"]) == (
        "lever",
        "x.toml",
        lever,
        "the lever is also in the model as another variable",
        "one part a variable",
        "drop it from the controls of this table",
    )


def test_few_provinces_are_refused(demo, frame):
    assert moderate(task_of(demo, frame), MODEL, "z").prepared.clusters == 8
    less = frame.drop(index=CODES[0], level="province")
    assert lever_refusal(task_of(demo, less)) == (
        "lever",
        "x.toml",
        "z",
        "7 provinces in the sample",
        "at least 8: fewer have too few sign vectors for a test",
        "widen the sample",
    )


def test_a_constant_lever_is_refused(demo, frame):
    assert lever_refusal(task_of(demo, frame.assign(z=2.5))) == (
        "lever-constant",
        "x.toml",
        "z",
        "the same value (2.5) in all rows of the sample",
        "a lever that varies",
        "widen the sample, or drop the lever",
    )
    moved = frame.assign(z=1e6)
    moved.loc[(110000, 2012), "z"] += 1e-7
    assert lever_refusal(task_of(demo, moved))[0] == "lever-constant"
    moved = frame.assign(z=1e6 + frame["z"])
    assert moderate(task_of(demo, moved), MODEL, "z").mean == pytest.approx(1e6, rel=1e-5)


def test_a_lever_may_be_missing_in_a_third_of_its_cells(demo):
    """12 units, 5 years: 20 of 60 cells are a third."""
    codes = [*CODES, 310000, 320000, 330000, 340000]
    frame = small_frame(codes)
    frame.iloc[::3, frame.columns.get_loc("z")] = np.nan
    assert frame["z"].isna().sum() == 20
    assert moderate(task_of(demo, frame), MODEL, "z").prepared.rows.observations == 40
    frame.iloc[1, frame.columns.get_loc("z")] = np.nan
    assert lever_refusal(task_of(demo, frame)) == (
        "lever",
        "x.toml",
        "z",
        "missing in 21 of 60 province-years (35%)",
        "at most a third missing",
        "supply its cells, narrow the sample, or declare it untestable",
    )


def test_a_lagged_lever_is_not_missing_in_its_first_year(demo, frame):
    """p1 of the demo is of the year before: no cell of the study's first year can be there."""
    frame["p1"] = frame["z"]
    frame.loc[(slice(None), 2012), "p1"] = np.nan
    frame.loc[(110000, 2013), "p1"] = np.nan
    first = task_of(demo, frame, years=[2012, 2016])
    assert missing_cells(first, MODEL, "p1") == (1, 32)
    later = task_of(demo, frame, years=[2011, 2016])
    assert missing_cells(later, MODEL, "p1") == (9, 40)
    assert missing_cells(first, MODEL, "z") == (0, 40)
    part = replace(MODEL, sample=Sample(without_years=[2013]))
    assert missing_cells(first, part, "p1") == (0, 24)


def test_a_collinear_mediator_or_a_perfect_fit_is_refused(demo, frame):
    frame["m"] = frame["x"] + frame["c"]
    assert lever_refusal(task_of(demo, frame), mediators=["m"])[:3] == ("collinear", "x.toml", "m")
    frame["y"] = 2 * frame["x"] - frame["c"]
    assert lever_refusal(task_of(demo, frame))[:3] == ("perfect-fit", "x.toml", "y")


def test_signs_are_shared_by_place_among_the_studys_units(demo, frame):
    task = task_of(demo, frame, provinces_without=["Tianjin"])
    signs, every = shared_signs(task, 64)
    assert signs.shape == (64, 30) and not every
    moderated = moderate(task, MODEL, "z")
    kept = [p.code for p in PROVINCES if p.en != "Tianjin"]
    with_tianjin = [code for code in CODES if code != 120000]
    less = replace(moderated.prepared, frame=frame.drop(index=120000, level="province"))
    found = columns_of(replace(moderated, prepared=less))
    assert found == [kept.index(code) for code in with_tianjin] == [0, 1, 2, 3, 4, 5, 6]
    few = task_of(demo, frame, provinces_without=[p.en for p in PROVINCES[5:]])
    signs, every = shared_signs(few, 32)
    assert signs.shape == (32, 5) and every and len(np.unique(signs, axis=0)) == 32


def test_when_levers_are_measured(demo, frame):
    found = timing(task_of(demo, frame), ["c1", "p1", "z"])
    assert found == {"c1": "base_year", "p1": "lag", "z": "current"}
