import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.index.aggregate import geometric, linear, topsis
from pipeline.index.normalise import minmax
from pipeline.index.weighting import WeightError
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/mcdm/numbers.json").read_text())


def unit(case):
    """A worked example's matrix, each column of length 1, costs turned round."""
    x = np.array(REFERENCE[case]["matrix"], float)
    return x / np.sqrt((x**2).sum(axis=0)) * REFERENCE[case].get("signs", 1)


@pytest.mark.parametrize("case", ["hwang_yoon", "tzeng_huang"])
def test_topsis_of_printed_examples(case):
    """To the last printed digit, which is cut off in places."""
    printed = np.array(REFERENCE[case]["closeness"])
    digits = 1e-3 if case == "hwang_yoon" else 1e-4
    np.testing.assert_allclose(
        topsis(unit(case), np.array(REFERENCE[case]["weights"])), printed, atol=digits
    )


def test_topsis_of_fighter_aircraft_to_all_digits():
    r = REFERENCE["hwang_yoon"]
    w = np.array(r["weights"])
    np.testing.assert_allclose(topsis(unit("hwang_yoon"), w), r["closeness_exact"], rtol=1e-12)
    x = minmax(np.array(r["matrix"]), np.array(r["signs"], float))
    np.testing.assert_allclose(topsis(x, w), r["closeness_minmax"], rtol=1e-12)


def test_the_stored_examples_are_those_of_the_reference(shared):
    theirs = json.loads((shared / "references/case09a_mcdm_worked/reference.json").read_text())[
        "results"
    ]
    ours, hers = REFERENCE["hwang_yoon"], theirs["hwang_yoon"]
    assert ours["closeness_exact"] == hers["topsis_vector"]["closeness"]
    assert ours["closeness_minmax"] == hers["topsis_minmax"]["closeness"]
    assert ours["closeness"] == hers["published"]["closeness"]
    exact = theirs["tzeng_huang_2011"]
    np.testing.assert_allclose(
        topsis(unit("tzeng_huang"), np.array(exact["weights"])), exact["closeness"], rtol=1e-12
    )


X = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])


def test_linear_and_geometric_scores_by_hand():
    w = np.array([0.25, 0.75])
    np.testing.assert_allclose(linear(X, w), [0.75, 0.5, 0.25])
    np.testing.assert_allclose(
        geometric(X, w, 0.1), [0.1**0.25 * 1.1**0.75, 0.6, 1.1**0.25 * 0.1**0.75]
    )


@pytest.mark.parametrize("aggregate", [linear, geometric, topsis])
@given(seed=st.integers(0, 1000))
def test_scores_rise_with_each_indicator_and_take_a_row_of_weights_each(aggregate, seed):
    rng = np.random.default_rng(seed)
    x, w = rng.random((20, 3)), rng.dirichlet(np.ones(3), size=20)
    x[0], x[1] = 0, 1
    score = aggregate(x, w)
    assert ((score >= 0) & (score <= 1 + 1e-4)).all() and score[0] < 1e-3 and score[1] > 0.999
    np.testing.assert_allclose([aggregate(x, w[i])[i] for i in range(20)], score, rtol=1e-12)
    better = x.copy()
    better[5, 1] += (1 - x[5, 1]) / 2
    assert aggregate(better, w)[5] > score[5]


def test_the_ideal_is_that_of_all_cells():
    """A row's score depends on the best and the worst of the whole panel, not on the rows that
    share its weights."""
    w = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(topsis(X, w), [0.0, 0.5, 0.0])


def test_scores_that_do_not_exist_are_refused():
    with pytest.raises(WeightError, match="not positive") as refused:
        geometric(X - np.array([0.0, 0.2]), np.array([0.5, 0.5]))
    assert refused.value.column == 1
    with pytest.raises(WeightError, match="row 0"):
        topsis(np.array([[0.3, 0.0], [0.3, 1.0]]), np.array([1.0, 0.0]))
