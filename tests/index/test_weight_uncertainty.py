import numpy as np
import pytest

from pipeline.index.normalise import NORMALISATIONS, minmax
from pipeline.index.periods import weights_by_year
from pipeline.index.uncertainty import reweightings
from pipeline.index.weighting import WEIGHTINGS, Context, WeightError
from pipeline.inference.draws import cluster_counts
from pipeline.inference.reweight import entropy_slopes

PROVINCES = np.repeat(np.arange(31), 13)
CONTEXT = Context(
    provinces=PROVINCES, years=np.tile(np.arange(13), 31), combine=("entropy", "critic")
)


def indicators(k, seed=1):
    rng = np.random.default_rng(seed)
    return np.exp(0.5 * (rng.normal(size=(403, 1)) + rng.normal(size=(403, k))))


def signs(k):
    return np.where(np.arange(k) % 3 == 2, -1.0, 1.0)


@pytest.mark.parametrize("normalisation", sorted(NORMALISATIONS))
@pytest.mark.parametrize("weighting", ["entropy", "critic", "pca", "equal", "combination"])
def test_each_draw_weighs_the_provinces_drawn(weighting, normalisation):
    x = indicators(4)
    found = reweightings(x, signs(4), weighting, CONTEXT, 7, "t", 20, normalisation)
    assert found.shape == (20, 4)
    for w, counts in zip(found, next(cluster_counts(7, "t", 20, 31)), strict=True):
        rows = np.concatenate(
            [np.flatnonzero(g == PROVINCES) for g in range(31) for _ in range(int(counts[g]))]
        )
        ours = WEIGHTINGS[weighting](
            NORMALISATIONS[normalisation](x[rows], signs(4), None), CONTEXT.at(rows)
        )
        np.testing.assert_allclose(w, ours, rtol=1e-10)


@pytest.mark.parametrize("period", ["pooled", "base_year", "per_year", "expanding"])
@pytest.mark.parametrize("first_years", [False, True])
def test_each_draw_is_of_the_declared_period_and_reference(period, first_years):
    """Base year 4; the mean over years where weights change; with a reference, ranges of the first
    five years."""
    x = indicators(4)
    reference = CONTEXT.years < 5 if first_years else None
    found = reweightings(x, signs(4), "critic", CONTEXT, 7, "t", 8, "minmax", period, 4, reference)
    for w, counts in zip(found, next(cluster_counts(7, "t", 8, 31)), strict=True):
        rows = np.concatenate(
            [np.flatnonzero(g == PROVINCES) for g in range(31) for _ in range(int(counts[g]))]
        )
        mask = None if reference is None else reference[rows]
        values = minmax(x[rows], signs(4), mask)
        ours = weights_by_year(values, WEIGHTINGS["critic"], CONTEXT.at(rows), period, 4).mean(
            axis=0
        )
        np.testing.assert_allclose(w, ours, rtol=1e-10)
    pooled = reweightings(x, signs(4), "critic", CONTEXT, 7, "t", 8)
    assert np.allclose(found, pooled) == (period == "pooled" and not first_years)


def test_fast_entropy_draws_agree_with_the_slopes_of_the_numerical_core_on_an_unbalanced_panel():
    keep = np.random.default_rng(3).random(403) < 0.8
    x, provinces = indicators(5)[keep], PROVINCES[keep]
    counts = next(cluster_counts(9, "t", 50, 31))
    slopes = entropy_slopes(x, signs(5), provinces, counts, 1e-4)
    found = reweightings(x, signs(5), "entropy", CONTEXT.at(keep), 9, "t", 50)
    for w, slope, drawn in zip(found, slopes, counts, strict=True):
        span = np.ptp(x[drawn[provinces] > 0], axis=0)
        np.testing.assert_allclose(w, slope * span * signs(5), rtol=1e-10)


def test_draws_depend_on_the_seed_and_not_on_their_number_or_the_names_of_provinces():
    x = indicators(3)
    first = reweightings(x, signs(3), "entropy", CONTEXT, 1, "t", 50)
    np.testing.assert_array_equal(
        reweightings(x, signs(3), "entropy", CONTEXT, 1, "t", 40), first[:40]
    )
    named = Context(provinces=PROVINCES * 10_000 + 110_000)
    np.testing.assert_array_equal(reweightings(x, signs(3), "entropy", named, 1, "t", 50), first)
    assert (reweightings(x, signs(3), "entropy", CONTEXT, 2, "t", 50) != first).all()


@pytest.mark.parametrize(
    ("weighting", "shift"), [("entropy", 1e-4), ("entropy", 0.0), ("critic", 1e-4)]
)
def test_a_draw_that_admits_no_weights_is_missing(weighting, shift):
    """An indicator that only one province has: about a third of the draws miss that province."""
    x = indicators(3)
    x[:, 1] = np.where(PROVINCES == 4, x[:, 1], 0.0)
    found = reweightings(x, np.ones(3), weighting, Context(shift, provinces=PROVINCES), 5, "t", 200)
    without = next(cluster_counts(5, "t", 200, 31))[:, 4] == 0
    assert 40 < without.sum() < 100
    np.testing.assert_array_equal(np.isnan(found), np.repeat(without[:, None], 3, axis=1))


def test_the_years_and_provinces_of_the_rows_drawn_go_with_them(monkeypatch):
    def weigh(x, context):
        return np.array([context.years @ x[:, 0], context.provinces @ x[:, 0]])

    monkeypatch.setitem(WEIGHTINGS, "labels", weigh)
    x, labelled = indicators(2), Context(provinces=PROVINCES, years=np.arange(403))
    found = reweightings(x, np.ones(2), "labels", labelled, 7, "t", 3)
    for w, counts in zip(found, next(cluster_counts(7, "t", 3, 31)), strict=True):
        rows = np.repeat(np.arange(403), counts[PROVINCES].astype(int))
        first = minmax(x[rows], np.ones(2))[:, 0]
        np.testing.assert_allclose(w, [rows @ first, PROVINCES[rows] @ first])


def test_a_sample_that_admits_no_weights_is_refused():
    x = indicators(3)
    with pytest.raises(WeightError, match="province of each row"):
        reweightings(x, signs(3), "entropy", Context(), 1, "t")
    x[:, 2] = 1.0
    with pytest.raises(WeightError, match="vary") as refused:
        reweightings(x, signs(3), "entropy", CONTEXT, 1, "t")
    assert refused.value.column == 2
    x[5, 2] = np.nan
    x[6, 2] = 2.0
    with pytest.raises(WeightError, match="missing"):
        reweightings(x, signs(3), "rank", CONTEXT, 1, "t")
    with pytest.raises(WeightError, match="needs 3 weights"):
        reweightings(indicators(3), signs(3), "expert", CONTEXT, 1, "t")
