"""What an index refuses, in whole findings; weights and scores at the edges of their rules."""

import numpy as np
import pytest

from pipeline.index.build import Choice, build_index, read_indicators, variant_choice
from pipeline.index.contract import Context, WeightError, check_indicators, check_varying
from pipeline.index.weighting import ahp, critic, expert, pca
from pipeline.panel.finding import Rejected
from pipeline.study.schema import IndexSpec

TEXT = {"en": "i", "zh": "i"}
YEARS = [2011, 2012, 2013]


def spec(signs="++", **keys):
    indicators = dict(zip("ab", signs, strict=True))
    dimensions = {"d": {"label": TEXT, "indicators": indicators}}
    return IndexSpec.model_validate({"label": TEXT, "dimensions": dimensions} | keys)


@pytest.fixture
def values():
    rng = np.random.default_rng(1)
    return {"a": rng.random((4, 3)), "b": rng.random((4, 3))}


def refusal(values, **keys):
    with pytest.raises(Rejected) as refused:
        build_index("i", spec(**keys), values, YEARS, 2011)
    (f,) = refused.value.findings
    assert (f.code, f.severity, f.where.key) == ("index", "error", "indices.toml: i")
    return f.where.variable, f.found, f.expected, f.remedy


def test_an_index_needs_two_whole_cells(values):
    values["b"][:] = np.nan
    values["b"][0, 0] = values["b"][1, 1] = 1
    values["a"][1, 1] = np.nan
    assert refusal(values) == (
        "b",
        "2 cells with a value, 1 where all indicators are",
        "values in most cells",
        "remove the indicator or supply its data",
    )
    values["a"][1, 1], values["b"][1, 1] = 0.5, 2
    found = build_index("i", spec(weights="equal"), values, YEARS, 2011).columns["i"]
    assert np.isfinite(found).sum() == 2


def test_an_indicator_that_does_not_vary_is_named(values):
    values["b"][:] = 3
    assert refusal(values) == (
        "b",
        "the indicator does not vary",
        "an indicator with variation",
        "remove the indicator, or look at its source",
    )


def test_weights_and_scores_that_cannot_be_made_are_told_in_the_indexs_words(values):
    expected = "indicators that vary, with entropies in [0, 1], and sound judgements"
    remedy = "remove the indicator, look at its source, or choose other weights"
    values["b"][:, 0] = 0.5
    wanted = ("b", "in base year 2011: the indicator does not vary", expected, remedy)
    assert refusal(values, period="base_year") == wanted
    found = refusal(values, weights="equal", normalise="zscore", aggregate="geometric")
    message = "the indicator has cells that are not positive: no geometric mean"
    assert found == ("a", message, expected, remedy)
    values["b"][:] = values["a"]
    assert refusal(values, weights="critic")[:2] == (
        None,
        "all indicators are perfectly correlated: CRITIC has no conflict to weigh by",
    )


def test_topsis_of_one_indicator_is_the_indicator(values):
    ready = read_indicators("i", spec(), values, YEARS, 2011)
    score = ready.score(Choice("equal", "pooled", "topsis"), np.tile([1.0, 0.0], (3, 1)))
    scaled = (values["a"] - values["a"].min()) / np.ptp(values["a"])
    np.testing.assert_allclose(score, scaled, rtol=1e-12)


def test_a_dimension_without_weight_weighs_its_indicators_alike(values):
    ready = read_indicators("i", spec("+-"), values, YEARS, 2011)
    a, b = ((v - v.min()) / np.ptp(v) for v in values.values())
    weights = np.tile([0.6, 0.2], (3, 1))
    np.testing.assert_allclose(
        ready.score(Choice("equal"), weights), 0.75 * a + 0.25 * (1 - b), rtol=1e-12
    )
    np.testing.assert_allclose(ready.score(Choice("equal"), weights, [1]), 1 - b, rtol=1e-12)
    none = np.zeros((3, 2))
    alike = ready.score(Choice("equal"), none)
    np.testing.assert_allclose(alike, (a + 1 - b) / 2, rtol=1e-12)


def test_years_have_weights_of_their_own_and_their_mean_is_shown(values):
    built = build_index("i", spec(period="per_year", variants=["equal"]), values, YEARS, 2011)
    ready = read_indicators("i", spec(), values, YEARS, 2011)
    weights = ready.weights(Choice("entropy", "per_year"))
    assert list(built.weights) == ["entropy_per_year", "equal"]
    assert built.weights["equal"] == {"a": 0.5, "b": 0.5}
    mean = dict(zip("ab", weights.mean(axis=0), strict=True))
    assert built.weights["entropy_per_year"] == pytest.approx(mean)
    own = np.stack([(v - v.min()) / np.ptp(v) for v in values.values()], axis=-1)
    np.testing.assert_allclose(built.columns["i"], (own * weights).sum(axis=-1), rtol=1e-12)


def test_pooled_weights_of_a_variant_do_not_replace_the_indexs_own(values):
    built = build_index(
        "i", spec(variants=["entropy_topsis", "critic_per_year"]), values, YEARS, 2011
    )
    assert list(built.weights) == ["entropy"] and set(built.columns) == {
        "i",
        "i_d",
        "i_entropy_topsis",
        "i_critic_per_year",
    }


def test_entropies_are_there_for_shares_alone(values):
    assert np.isnan(
        read_indicators("i", spec(normalise="zscore"), values, YEARS, 2011).entropies()
    ).all()
    built = build_index("i", spec(shift=0.1), values, YEARS, 2011)
    x = (values["b"] - values["b"].min()) / np.ptp(values["b"]) + 0.1
    p = x / x.sum()
    assert built.entropies["b"] == pytest.approx(-(p * np.log(p)).sum() / np.log(12))


def test_a_reference_period_ends_with_its_last_year(values):
    """2012 and 2013 set the range; the years in which a cell is missing are not moved."""
    values["a"][0, 0] = np.nan
    ready = read_indicators("i", spec(reference=[2012, 2013]), values, YEARS, 2011)
    assert ready.context.years.tolist() == [2012, 2013, *YEARS, *YEARS, *YEARS]
    assert ready.context.provinces.tolist() == [0, 0, *[1] * 3, *[2] * 3, *[3] * 3]
    np.testing.assert_array_equal(ready.reference, ready.context.years >= 2012)
    one = read_indicators("i", spec(reference=[2011, 2012]), values, YEARS, 2011)
    np.testing.assert_array_equal(one.reference, one.context.years <= 2012)
    assert read_indicators("i", spec(), values, YEARS, 2011).reference is None


@pytest.mark.parametrize(
    ("variant", "choice"),
    [
        ("combination_topsis", ("combination", "pooled", "topsis")),
        ("pca_expanding", ("pca", "expanding", "linear")),
        ("scatter_geometric", ("scatter", "pooled", "geometric")),
        ("ahp", ("ahp", "pooled", "linear")),
    ],
)
def test_what_a_variant_asks_for(variant, choice):
    assert variant_choice(variant) == Choice(*choice)


# Saaty (1980), p. 21, of 3 to 15 items.
RANDOM = [0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59]


@pytest.mark.parametrize(("k", "index"), [*enumerate(RANDOM, 3)])
def test_consistency_ratios_use_saatys_table(k, index):
    """All judgements 1 but one of 2 and its reciprocal."""
    judgements = np.ones((k, k))
    judgements[0, 1], judgements[1, 0] = 2, 0.5
    found = ahp.priorities(judgements)
    largest = max(np.linalg.eigvals(judgements).real)
    assert found.ratio == pytest.approx((largest - k) / (k - 1) / index, rel=1e-9)
    assert 0 < found.ratio < 0.1


def test_judgements_of_two_are_never_inconsistent_and_of_one_are_none():
    assert ahp.priorities(np.array([[1.0, 5], [0.2, 1]])).weights == pytest.approx([5 / 6, 1 / 6])
    assert ahp.priorities(np.ones((1, 1))).weights.tolist() == [1]


@pytest.mark.parametrize("weighting", [critic, pca])
def test_one_indicator_has_all_the_weight(weighting):
    assert weighting.weigh(np.array([[0.1], [0.9]]), Context()).tolist() == [1]


def test_components_with_eigenvalues_below_one_do_not_count():
    """Correlations 0.5, 0 and 0 of three: eigenvalues 1.5, 1 and 0.5; the last one is left out."""
    rng = np.random.default_rng(3)
    q = np.linalg.qr(np.column_stack([np.ones(40), rng.normal(size=(40, 3))]))[0][:, 1:]
    root = np.linalg.cholesky(np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]))
    w = pca.weigh(q @ root.T, Context())
    first = np.array([1, 1, 0]) / np.sqrt(2) * 1.5 / 2.5
    wanted = first + np.array([0, 0, 1]) * 1 / 2.5
    np.testing.assert_allclose(w, wanted / wanted.sum(), rtol=1e-9)


def test_expert_weights_may_be_zero_and_a_millionth_off():
    found = expert.weigh(np.ones((2, 2)), Context(expert=np.array([0.0, 1.0000009])))
    assert found.tolist() == [0, 1]


def test_weights_that_were_not_given_and_weights_of_other_indicators():
    for given, said in ((None, "none"), (np.ones(3) / 3, r"an array of shape \(3,\)")):
        with pytest.raises(WeightError, match=f"needs 2 weights and has {said}"):
            expert.weigh(np.ones((4, 2)), Context(expert=given))
    for matrix, said in ((None, "none"), (np.ones((3, 3)), r"an array of shape \(3, 3\)")):
        with pytest.raises(WeightError, match=f"needs 2 x 2 pairwise judgements and has {said}"):
            ahp.weigh(np.ones((4, 2)), Context(comparisons=matrix))


def test_the_first_column_at_fault_is_named():
    x = np.array([[1.0, 2, 5, np.nan], [2.0, 2, 5, 1], [3.0, 2, 5, 2]])
    for check in (check_varying, check_indicators):
        with pytest.raises(WeightError, match="does not vary") as refused:
            check(x)
        assert refused.value.column == 1
    check_varying(x[:, [0, 3]])
    with pytest.raises(WeightError, match="missing cells") as refused:
        check_indicators(x[:, [0, 3]])
    assert refused.value.column == 1
    rounding = np.array([[1.0], [1 + 1e-13]])
    with pytest.raises(WeightError, match="does not vary"):
        check_varying(rounding)
    check_varying(np.array([[1.0], [1 + 1e-11]]))
    with pytest.raises(WeightError, match="does not vary"):
        check_varying(np.zeros((3, 1)))


def test_a_context_of_some_rows():
    whole = Context(0.5, np.array([1, 2, 3]), np.array([7, 8, 9]), expert=np.ones(2))
    part = whole.at(np.array([2, 0, 2]))
    assert (part.years.tolist(), part.provinces.tolist()) == ([3, 1, 3], [9, 7, 9])
    assert part.shift == 0.5 and part.expert is whole.expert
    assert Context().at(np.array([0])).years is None
    assert Context().at(np.array([0])).provinces is None
