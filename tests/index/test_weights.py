import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.index.normalise import minmax
from pipeline.index.weighting import WEIGHTINGS, Context, WeightError, critic, entropy, pca
from pipeline.index.weighting.combination import combine
from pipeline.index.weighting.entropy import checked, entropies
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/entropy/numbers.json").read_text())
MCDM = json.loads((ROOT / "tests/reference/mcdm/numbers.json").read_text())
CONTEXT = Context(combine=("critic", "entropy"))


def context(k):
    """Everything that any weighting of k columns asks for."""
    expert = np.arange(1.0, k + 1)
    return replace(
        CONTEXT, expert=expert / expert.sum(), comparisons=np.divide.outer(expert, expert)
    )


@pytest.mark.parametrize("case", ["two_by_two", "hwang_yoon"])
def test_entropy_weights_of_worked_examples(case):
    x = np.array(REFERENCE[case]["matrix"])
    np.testing.assert_allclose(
        entropy.weigh(x, Context(0.0)), REFERENCE[case]["weights"], rtol=1e-12
    )
    if "entropies" in REFERENCE[case]:
        np.testing.assert_allclose(entropies(x, 0.0), REFERENCE[case]["entropies"], rtol=1e-12)


def test_critic_weights_of_diakoulaki(shared):
    x = minmax(np.array(MCDM["diakoulaki"]["matrix"], float), np.ones(3))
    np.testing.assert_allclose(critic.weigh(x, CONTEXT), MCDM["diakoulaki"]["weights"], atol=5e-9)
    exact = json.loads((shared / "references/case09a_mcdm_worked/reference.json").read_text())[
        "results"
    ]
    np.testing.assert_allclose(
        critic.weigh(x, CONTEXT), exact["diakoulaki_1995_critic"]["weights_ddof1"], rtol=1e-12
    )


def china(shared):
    """310 cells of 22 indicators without x21, which lacks a cell; results of the reference, a
    column each."""
    import pandas as pd

    folder = shared / "references/case09b_entropy_weight_china"
    whole = [i for i in range(22) if i != 20]
    x = pd.read_csv(folder / "data.csv")[[f"x{i + 1}" for i in whole]].to_numpy(float)
    results = json.loads((folder / "reference.json").read_text())["results"]

    def column(case, key):
        found = next(v for k, v in results.items() if k.startswith(case))
        return np.array(found[key])[whole]

    return minmax(x, np.ones(21)), column


def test_entropy_weights_of_31_provinces(shared):
    """310 cells, recomputed outside: without a shift, and with min-max values shifted by 1e-4."""
    x, column = china(shared)
    np.testing.assert_allclose(entropies(x, 0.0), column("standard(", "E"), rtol=1e-12)
    for case, shift in (("standard(", 0.0), ("min-max shifted", 1e-4)):
        theirs = column(case, "w")
        np.testing.assert_allclose(
            entropy.weigh(x, Context(shift)), theirs / theirs.sum(), rtol=1e-12
        )


def test_the_constant_of_the_years_reverses_the_weights_and_is_refused(shared):
    """A thesis divided by ln(10 years) for 310 cells. Its entropies are ours times ln 310 / ln 10
    (it added 1e-10)."""
    x, column = china(shared)
    ours, theirs = entropies(x, 0.0), column("published variant", "E")
    assert ((ours >= 0) & (ours <= 1)).all() and ((theirs > 2) & (theirs < 2.5)).all()
    np.testing.assert_allclose(ours * np.log(310) / np.log(10), theirs, rtol=1e-7)
    printed = column("published_stata", "w")
    assert (np.argsort(entropy.weigh(x, Context(0.0))) == np.argsort(-printed)).all()
    with pytest.raises(
        WeightError,
        match=r"2\.4077, outside \[0, 1\]: the constant must be 1/ln\(number of cells\)",
    ):
        checked(theirs)


def test_entropies_at_the_bounds_pass_and_beyond_them_are_refused_by_column():
    np.testing.assert_array_equal(checked(np.array([0.0, 1.0])), [0, 1])
    for wrong in (-0.01, 1.01, np.nan):
        with pytest.raises(WeightError, match="outside") as refused:
            checked(np.array([0.5, wrong]))
        assert refused.value.column == 1


DATA_DRIVEN = sorted({"entropy", "critic", "pca", "scatter", "combination"})


@pytest.mark.parametrize("weighting", DATA_DRIVEN)
@pytest.mark.parametrize(
    ("column", "message"),
    [
        (np.full(40, 0.3), "vary"),
        (np.full(40, np.nan), "no value"),
        ([np.nan] + [0.1, 0.9, 0.4] * 13, "missing"),
    ],
)
def test_a_column_that_makes_no_weights_is_named(weighting, column, message):
    x = np.random.default_rng(1).random((40, 3))
    x[:, 1] = column
    with pytest.raises(WeightError, match=message) as refused:
        WEIGHTINGS[weighting](x, context(3))
    assert refused.value.column == 1


def test_shares_of_negative_values_are_refused_and_z_scores_are_moved_up():
    x = np.array([[1.0, 2.0], [-3.0, 4.0], [0.0, 1.0]])
    with pytest.raises(WeightError, match="negative") as refused:
        entropies(x, 0.0)
    assert refused.value.column == 0
    moved = entropy.weigh(np.array([[4.0, 2.0], [0.0, 4.0], [3.0, 1.0]]), CONTEXT)
    np.testing.assert_array_equal(entropy.weigh(x, CONTEXT), moved)


def cells(draw_columns=st.integers(2, 6)):
    """40 cells of indicators with something in common, so that every weighting has an answer."""

    def draw(t):
        rng = np.random.default_rng(t[0])
        return rng.gamma(2.0, 1.0, size=(40, 1)) + rng.gamma(1.0, 1.0, size=(40, t[1]))

    return st.tuples(st.integers(0, 2**32 - 1), draw_columns).map(draw)


@settings(max_examples=60)
@given(cells(), st.floats(0.01, 1000), st.floats(-100, 100), st.sampled_from(sorted(WEIGHTINGS)))
def test_weights_do_not_depend_on_units_or_order(x, scale, shift, weighting):
    signs, given_ = np.ones(x.shape[1]), context(x.shape[1])
    weigh = WEIGHTINGS[weighting]
    w = weigh(minmax(x, signs), given_)
    assert w.sum() == pytest.approx(1) and (w >= 0).all()
    np.testing.assert_allclose(
        weigh(minmax(x * scale + shift, signs), given_), w, rtol=1e-6, atol=1e-9
    )
    np.testing.assert_allclose(weigh(minmax(x[::-1], signs), given_), w, rtol=1e-6, atol=1e-9)
    turned = replace(given_, expert=given_.expert[::-1], comparisons=given_.comparisons[::-1, ::-1])
    np.testing.assert_allclose(
        weigh(minmax(x[:, ::-1], signs), turned), w[::-1], rtol=1e-6, atol=1e-9
    )


@given(cells(st.just(2)), st.sampled_from(sorted(set(WEIGHTINGS) - {"expert", "ahp"})))
def test_equal_indicators_get_equal_weights(x, weighting):
    w = WEIGHTINGS[weighting](minmax(x[:, [0, 1, 0]], np.ones(3)), context(3))
    np.testing.assert_allclose(w[0], w[2], rtol=1e-6)
    if weighting not in ("critic", "combination"):
        all_alike = WEIGHTINGS[weighting](minmax(x[:, [0, 0, 0]], np.ones(3)), context(3))
        np.testing.assert_allclose(all_alike, 1 / 3, rtol=1e-6)


@settings(max_examples=50)
@given(cells())
def test_entropies_lie_in_the_unit_interval(x):
    e = entropies(minmax(x, np.ones(x.shape[1])), 1e-4)
    assert ((e >= 0) & (e <= 1)).all()


def test_pca_weights_of_two_correlated_indicators_are_equal():
    x = np.random.default_rng(1).normal(size=(200, 1))
    w = pca.weigh(
        np.column_stack([x, x + 0.1 * np.random.default_rng(2).normal(size=(200, 1))]), CONTEXT
    )
    np.testing.assert_allclose(w, 0.5)


def test_pca_weights_are_loadings_by_variance_explained():
    """Two groups of indicators, so that two components count and loadings have both signs; by
    singular values."""
    rng = np.random.default_rng(6)
    factors = np.repeat(rng.normal(size=(90, 2)), [3, 2], axis=1)
    x = factors + 0.6 * rng.normal(size=(90, 5))
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    _, singular, loadings = np.linalg.svd(z)
    explained = singular**2 / 89
    assert (explained >= 1).sum() == 2
    w = explained[0] * abs(loadings[0]) + explained[1] * abs(loadings[1])
    np.testing.assert_allclose(pca.weigh(x, CONTEXT), w / w.sum(), rtol=1e-9)


def test_components_and_vectors_that_only_rounding_tells_apart_count_alike():
    """Uncorrelated indicators weigh alike under PCA; a weighting given twice is one, whatever its
    last bits."""
    rng = np.random.default_rng(0)
    square = np.tile([[0.0, 0], [0, 1], [1, 0], [1, 1]], (25, 1))
    for _ in range(5):
        x = square + 1e-15 * rng.standard_normal(square.shape)
        np.testing.assert_allclose(pca.weigh(x, Context()), [0.5, 0.5], rtol=1e-6)
    w, v = np.array([0.2, 0.3, 0.5]), np.array([0.5, 0.4, 0.1])
    once = combine(np.stack([w, w, v]))
    for _ in range(5):
        twice = combine(np.stack([w, w * (1 + 1e-15 * rng.standard_normal(3)), v]))
        np.testing.assert_allclose(twice, once, rtol=1e-9)
