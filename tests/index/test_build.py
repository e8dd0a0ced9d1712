"""From a spec to scores: every choice of weights, period, aggregation and normalisation is the one
asked for."""

import numpy as np
import pytest

from pipeline.index.aggregate import geometric, topsis
from pipeline.index.build import Choice, build_index, read_indicators, variant_choice
from pipeline.index.normalise import minmax
from pipeline.index.weighting import Context, critic, entropy
from pipeline.panel.finding import Rejected
from pipeline.study.schema import IndexSpec

YEARS = list(range(2011, 2017))
SIGNS = np.array([1.0, -1.0, 1.0])


def values(seed=1):
    rng = np.random.default_rng(seed)
    return {n: rng.normal(size=(9, 6)).cumsum(axis=1) for n in "abc"}


def spec(**keys):
    text = {"en": "i", "zh": "i"}
    given = {
        "label": text,
        "dimensions": {"d": {"label": text, "indicators": {"a": "+", "b": "-", "c": "+"}}},
    }
    return IndexSpec.model_validate(given | keys)


def cells(v):
    return np.stack([v[n].ravel() for n in "abc"], axis=-1)


def test_a_variants_name_says_weights_period_and_aggregation():
    assert variant_choice("critic") == Choice("critic")
    assert variant_choice("entropy_topsis") == Choice("entropy", "pooled", "topsis")
    assert variant_choice("entropy_base_year") == Choice("entropy", "base_year", "linear")
    assert variant_choice("equal_per_year") == Choice("equal", "per_year", "linear")


def test_variants_are_the_named_weights_and_aggregations():
    v = values()
    built = build_index(
        "i", spec(variants=["critic", "entropy_topsis", "entropy_geometric"]), v, YEARS, 2011
    )
    x = minmax(cells(v), SIGNS)
    w = entropy.weigh(x, Context(1e-4))
    np.testing.assert_allclose(built.columns["i"].ravel(), x @ w, rtol=1e-12)
    np.testing.assert_allclose(
        built.columns["i_critic"].ravel(), x @ critic.weigh(x, Context()), rtol=1e-12
    )
    np.testing.assert_allclose(built.columns["i_entropy_topsis"].ravel(), topsis(x, w), rtol=1e-12)
    np.testing.assert_allclose(
        built.columns["i_entropy_geometric"].ravel(), geometric(x, w, 1e-4), rtol=1e-12
    )
    assert set(built.weights) == {"entropy", "critic"}


def test_base_year_weights_know_no_other_year():
    v = values()
    later = {n: x.copy() for n, x in v.items()}
    later["a"][:, 4] = np.sort(later["a"][:, 4])  # another order in a later year; the ranges stay
    first, second = (build_index("i", spec(period="base_year"), x, YEARS, 2012) for x in (v, later))
    np.testing.assert_allclose(first.columns["i"][:, :4], second.columns["i"][:, :4], rtol=1e-12)
    pooled = [build_index("i", spec(), x, YEARS, 2012).columns["i"][:, :4] for x in (v, later)]
    assert np.allclose(pooled[0], pooled[1]), "entropy does not see the order within a column"
    later["a"][:, 4] = np.linspace(v["a"].min(), v["a"].max(), 9)
    first, second = (build_index("i", spec(period="base_year"), x, YEARS, 2012) for x in (v, later))
    np.testing.assert_allclose(first.columns["i"][:, :4], second.columns["i"][:, :4], rtol=1e-12)
    assert not np.allclose(
        *(build_index("i", spec(), x, YEARS, 2012).columns["i"][:, :4] for x in (v, later))
    )


def test_expanding_scores_do_not_change_when_years_are_added():
    v = values()
    v = {n: (x - x.min()) / np.ptp(x) for n, x in v.items()}
    for x in v.values():  # the range is reached early, so that later years change weights alone
        x[0, 0], x[1, 0] = 0.0, 1.0
    full = build_index("i", spec(period="expanding"), v, YEARS, 2011).columns["i"]
    short = build_index(
        "i", spec(period="expanding"), {n: x[:, :4] for n, x in v.items()}, YEARS[:4], 2011
    ).columns["i"]
    np.testing.assert_allclose(full[:, :4], short, rtol=1e-12)


def test_a_reference_period_fixes_the_range():
    v = values()
    built = build_index("i", spec(weights="equal", reference=[2011, 2012]), v, YEARS, 2011).columns[
        "i"
    ]
    x = cells(v).reshape(9, 6, 3)
    low, high = x[:, :2].min(axis=(0, 1)), x[:, :2].max(axis=(0, 1))
    wanted = np.where(SIGNS > 0, x - low, high - x) / (high - low)
    np.testing.assert_allclose(built, wanted.mean(axis=-1), rtol=1e-12)
    assert built.max() > 1 or built.min() < 0


def test_expert_weights_and_a_combination_are_used():
    v = values()
    given = {"a": 0.5, "b": 0.3, "c": 0.2}
    built = build_index(
        "i",
        spec(
            weights="expert", expert=given, combine=["entropy", "critic"], variants=["combination"]
        ),
        v,
        YEARS,
        2011,
    )
    assert built.weights["expert"] == pytest.approx(given)
    assert sum(built.weights["combination"].values()) == pytest.approx(1)


def test_inconsistent_judgements_are_refused_with_their_ratio():
    bad = [[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]
    with pytest.raises(Rejected, match="consistency ratio"):
        build_index("i", spec(weights="ahp", ahp=bad), values(), YEARS, 2011)


def test_weights_of_every_scheme_add_to_one_and_scores_keep_missing_cells():
    v = values()
    v["b"][2, 3] = np.nan
    ready = read_indicators("i", spec(), v, YEARS, 2011)
    for period in ("pooled", "per_year", "base_year", "expanding"):
        weights = ready.weights(Choice("entropy", period))
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        score = ready.score(Choice("entropy", period), weights)
        assert np.isnan(score[2, 3]) and np.isfinite(score).sum() == 53
