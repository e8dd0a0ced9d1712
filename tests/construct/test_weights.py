import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.construct.indices import build_index
from pipeline.construct.weights import WEIGHTINGS, WeightError, entropies, entropy, minmax, pca
from pipeline.panel.finding import Rejected
from pipeline.study.schema import IndexSpec
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/entropy/numbers.json").read_text())


@pytest.mark.parametrize("case", ["two_by_two", "hwang_yoon"])
def test_entropy_weights_of_worked_examples(case):
    x = np.array(REFERENCE[case]["matrix"])
    np.testing.assert_allclose(entropy(x, 0.0), REFERENCE[case]["weights"], rtol=1e-9)
    if "entropies" in REFERENCE[case]:
        np.testing.assert_allclose(entropies(x, 0.0), REFERENCE[case]["entropies"], rtol=1e-9)


def test_entropy_weights_of_31_provinces_with_the_shift(shared):
    """22 indicators x 310 cells, weights recomputed outside with min-max shifted by 1e-4; x21 lacks a cell."""
    folder = shared / "references/case09b_entropy_weight_china"
    import pandas as pd

    reference = json.loads((folder / "reference.json").read_text())["results"]["min-max shifted by 1e-4"]["w"]
    whole = [i for i in range(22) if i != 20]
    x = pd.read_csv(folder / "data.csv")[[f"x{i + 1}" for i in whole]].to_numpy(float)
    w = entropy(minmax(x, np.ones(21)), 1e-4)
    theirs = np.array(reference)[whole]
    np.testing.assert_allclose(w, theirs / theirs.sum(), rtol=1e-10)


def test_the_wrong_constant_is_caught():
    """Entropies computed with 1/ln(years) lie above 1; ours cannot, and a matrix that makes them so is refused."""
    with pytest.raises(WeightError, match=r"1/ln\(number of cells\)"):
        entropies(np.array([[1.0, 2.0], [-3.0, 4.0]]), 0.0)


def cells(draw_columns=st.integers(2, 6)):
    return st.tuples(st.integers(0, 2**32 - 1), draw_columns).map(
        lambda t: np.random.default_rng(t[0]).gamma(2.0, 1.0, size=(40, t[1]))
    )


@settings(max_examples=50)
@given(cells(), st.floats(0.01, 1000), st.floats(-100, 100), st.sampled_from(sorted(WEIGHTINGS)))
def test_weights_do_not_depend_on_units_or_order(x, scale, shift, weighting):
    signs = np.ones(x.shape[1])
    w = WEIGHTINGS[weighting](minmax(x, signs), 1e-4)
    assert w.sum() == pytest.approx(1) and (w >= 0).all()
    np.testing.assert_allclose(WEIGHTINGS[weighting](minmax(x * scale + shift, signs), 1e-4), w, rtol=1e-6, atol=1e-9)
    order = np.arange(x.shape[1])[::-1]
    np.testing.assert_allclose(WEIGHTINGS[weighting](minmax(x[:, order], signs), 1e-4), w[order], rtol=1e-6, atol=1e-9)


@given(cells(st.just(1)))
def test_equal_indicators_get_equal_weights(x):
    for weighting in WEIGHTINGS.values():
        w = weighting(minmax(np.repeat(x, 3, axis=1), np.ones(3)), 1e-4)
        np.testing.assert_allclose(w, 1 / 3, rtol=1e-6)


@settings(max_examples=50)
@given(cells())
def test_entropies_lie_in_the_unit_interval(x):
    e = entropies(minmax(x, np.ones(x.shape[1])), 1e-4)
    assert ((e >= 0) & (e <= 1)).all()


def test_a_negative_direction_mirrors_the_indicator():
    x = np.array([[1.0], [2.0], [4.0]])
    np.testing.assert_allclose(minmax(x, np.array([-1.0])), 1 - minmax(x, np.array([1.0])))


def test_pca_weights_of_two_correlated_indicators_are_equal():
    x = np.random.default_rng(1).normal(size=(200, 1))
    w = pca(np.column_stack([x, x + 0.1 * np.random.default_rng(2).normal(size=(200, 1))]), 0.0)
    np.testing.assert_allclose(w, 0.5)


def spec(**dimensions):
    text = {"en": "i", "zh": "i"}
    return IndexSpec.model_validate(
        {"label": text, "variants": ["equal"],
         "dimensions": {k: {"label": text, "indicators": v} for k, v in dimensions.items()}}
    )  # fmt: skip


def test_an_index_is_the_weighted_sum_of_its_parts():
    rng = np.random.default_rng(3)
    values = {n: rng.normal(size=(31, 5)) for n in "abc"}
    index = build_index("i", spec(p={"a": "+", "b": "-"}, q={"c": "+"}), values)
    w = index.weights["entropy"]
    mix = (w["a"] + w["b"]) * index.columns["i_p"] + w["c"] * index.columns["i_q"]
    np.testing.assert_allclose(index.columns["i"], mix)
    low, high = index.columns["i_q"].min(), index.columns["i_q"].max()
    assert (low, high) == (0, 1)


def test_missing_cells_leave_the_score_missing_there_only():
    rng = np.random.default_rng(4)
    values = {n: rng.normal(size=(31, 5)) for n in "ab"}
    values["a"][3, 2] = np.nan
    score = build_index("i", spec(p={"a": "+", "b": "+"}), values).columns["i"]
    assert np.isnan(score[3, 2]) and np.isfinite(score).sum() == 31 * 5 - 1


@pytest.mark.parametrize("bad", [np.full((31, 5), 7.0), np.full((31, 5), np.nan)])
def test_an_indicator_without_variation_or_values_is_refused_by_name(bad):
    values = {"a": np.random.default_rng(5).normal(size=(31, 5)), "b": bad}
    with pytest.raises(Rejected) as refused:
        build_index("i", spec(p={"a": "+", "b": "+"}), values)
    assert refused.value.findings[0].where.variable == "b"
