"""Weights from judgement (expert, AHP), from one direction of spread, and combined."""

import json

import numpy as np
import pytest
from scipy import optimize

from pipeline.index.weighting import WEIGHTINGS, Context, WeightError, ahp, critic, expert, scatter
from pipeline.index.weighting.combination import coefficients, combine
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/mcdm/numbers.json").read_text())


def reciprocal(upper):
    k = int((1 + np.sqrt(1 + 8 * len(upper))) / 2)
    a = np.eye(k)
    a[np.triu_indices(k, 1)] = upper
    return np.where(np.tri(k, k, -1) > 0, 1 / np.where(a > 0, a, 1).T, a)


@pytest.mark.parametrize("case", ["saaty_drinks", "saaty_wealth"])
def test_priorities_of_saatys_examples(case):
    reference = REFERENCE[case]
    matrix = reciprocal(reference["upper"])
    found = ahp.priorities(matrix)
    np.testing.assert_allclose(found.weights, reference["priorities"], atol=5.1e-4)
    assert found.ratio == pytest.approx(reference["ratio"], abs=0.005)
    if reference["eigenvalue"]:
        assert found.eigenvalue == pytest.approx(reference["eigenvalue"], abs=0.005)
    w = np.ones(7)
    for _ in range(200):
        w = matrix @ w / (matrix @ w).sum()
    np.testing.assert_allclose(found.weights, w, rtol=1e-12)
    assert found.eigenvalue == pytest.approx((matrix @ w).sum(), rel=1e-12)
    np.testing.assert_array_equal(
        ahp.weigh(np.ones((4, 7)), Context(comparisons=matrix)), found.weights
    )


def test_consistent_judgements_give_back_the_weights_and_have_ratio_zero():
    w = np.array([0.5, 0.3, 0.2])
    found = ahp.priorities(np.divide.outer(w, w))
    np.testing.assert_allclose(found.weights, w)
    assert found.ratio == pytest.approx(0, abs=1e-12)
    assert ahp.priorities(np.array([[1.0, 9.0], [1 / 9, 1.0]])).ratio == 0


def test_judgements_that_contradict_each_other_are_refused():
    matrix = reciprocal(REFERENCE["inconsistent"]["upper"])
    found = ahp.priorities(matrix)
    assert found.eigenvalue == pytest.approx(REFERENCE["inconsistent"]["eigenvalue"], abs=5e-4)
    np.testing.assert_allclose(found.weights, REFERENCE["inconsistent"]["priorities"], atol=1e-4)
    with pytest.raises(WeightError, match=r"0\.1025, not below 0\.1"):
        ahp.weigh(np.ones((4, 3)), Context(comparisons=matrix))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.array([[1.0, 3.0], [0.33, 1.0]]), "not reciprocal"),
        (np.array([[2.0, 3.0], [1 / 3, 1.0]]), "not reciprocal"),
        (np.array([[1.0, -3.0], [-1 / 3, 1.0]]), "not a positive number"),
        (np.ones((2, 3)), "square"),
        (np.ones((16, 16)), "15"),
    ],
)
def test_judgements_that_are_none_are_refused(matrix, message):
    with pytest.raises(WeightError, match=message):
        ahp.priorities(matrix)


def test_judgements_must_be_there_for_every_indicator():
    for missing in (None, np.ones((2, 2))):
        with pytest.raises(WeightError, match="needs 3 x 3"):
            ahp.weigh(np.ones((4, 3)), Context(comparisons=missing))


def test_expert_weights_are_taken_as_given():
    w = np.array([0.5, 0.3, 0.2000005])
    np.testing.assert_allclose(
        expert.weigh(np.ones((4, 3)), Context(expert=w)), w / w.sum(), rtol=1e-15
    )


@pytest.mark.parametrize(
    ("w", "column", "message"),
    [
        (None, None, "needs 3"),
        ([0.5, 0.5], None, "needs 3"),
        ([0.7, 0.5, -0.2], 2, "no share"),
        ([0.7, np.nan, 0.3], 1, "no share"),
        ([0.5, 0.3, 0.20001], None, "add to"),
    ],
)
def test_expert_weights_that_are_none_are_refused(w, column, message):
    with pytest.raises(WeightError, match=message) as refused:
        expert.weigh(np.ones((4, 3)), Context(expert=None if w is None else np.array(w)))
    assert refused.value.column == column


def test_scatter_degree_weights_spread_the_scores_most():
    """Brute force: the sum of squared scores over years and provinces, maximised over the unit
    sphere."""
    rng = np.random.default_rng(7)
    years = np.repeat(np.arange(6), 31)
    x = rng.normal(size=(186, 1)) + years[:, None] * rng.random(4) + rng.normal(size=(186, 4))
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)

    def spread(v):
        return -sum(((z[years == t] @ v / np.linalg.norm(v)) ** 2).sum() for t in range(6))

    starts = rng.random((5, 4))
    best = min(
        (optimize.minimize(spread, s, method="BFGS", options={"gtol": 1e-7}) for s in starts),
        key=lambda r: r.fun,
    )
    np.testing.assert_allclose(scatter.weigh(x, Context()), best.x / best.x.sum(), atol=1e-6)


def test_scatter_degree_weights_of_both_signs_are_refused_by_column():
    rng = np.random.default_rng(8)
    common = rng.normal(size=(60, 1))
    x = common * np.array([1.0, 1.0, -1.0]) + 0.5 * rng.normal(size=(60, 3))
    with pytest.raises(WeightError, match="runs against the others") as refused:
        scatter.weigh(x, Context())
    assert refused.value.column == 2


def test_scatter_degree_weights_without_a_longest_direction_are_refused():
    crossed = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    with pytest.raises(WeightError, match="not unique"):
        scatter.weigh(crossed, Context())


def test_critic_without_conflict_is_refused():
    x = np.linspace(0, 1, 9)[:, None]
    with pytest.raises(WeightError, match="perfectly correlated"):
        critic.weigh(x * np.ones(3), Context())
    np.testing.assert_array_equal(critic.weigh(x, Context()), [1.0])


@pytest.mark.parametrize("m", [2, 3])
def test_no_vector_can_bring_the_compromise_nearer_by_its_own_coefficient(m):
    vectors = np.random.default_rng(9).dirichlet(np.ones(6), size=m)
    a = coefficients(vectors)
    for i in range(m):

        def distance(own, i=i):
            mixed = np.where(np.arange(m) == i, own, a) @ vectors
            return ((mixed - vectors[i]) ** 2).sum()

        assert optimize.minimize_scalar(distance).x == pytest.approx(a[i], abs=1e-7)
    np.testing.assert_allclose(combine(vectors), np.abs(a) / np.abs(a).sum() @ vectors)


def test_a_combination_of_equal_vectors_is_the_vector_and_equal_weights_vanish_beside_another():
    w = np.array([0.6, 0.3, 0.1])
    np.testing.assert_allclose(combine(np.stack([w, w])), w)
    np.testing.assert_allclose(combine(np.stack([np.full(3, 1 / 3), w])), w)


def test_a_negative_coefficient_counts_by_its_size():
    vectors = np.array([[0.4, 0.35, 0.25], [0.8, 0.1, 0.1]])
    a = coefficients(vectors)
    assert a[0] < 0 < a[1]
    w = combine(vectors)
    assert w.sum() == pytest.approx(1) and 0.4 < w[0] < 0.8
    np.testing.assert_allclose(w, (-a[0] * vectors[0] + a[1] * vectors[1]) / (a[1] - a[0]))


def test_a_combination_combines_the_weightings_it_names():
    x = np.random.default_rng(10).random((50, 4))
    given = Context(combine=("entropy", "critic"), expert=np.full(4, 0.25))
    parts = np.stack([WEIGHTINGS[n](x, given) for n in ("entropy", "critic")])
    np.testing.assert_array_equal(WEIGHTINGS["combination"](x, given), combine(parts))
    for names in (
        (),
        ("entropy",),
        ("entropy", "entropy"),
        ("entropy", "combination"),
        ("entropy", "magic"),
    ):
        with pytest.raises(WeightError, match="two or more different weightings"):
            WEIGHTINGS["combination"](x, Context(combine=names))
