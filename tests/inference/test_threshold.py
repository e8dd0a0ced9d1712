"""Panel thresholds: Hansen's data, least squares with dummies over every candidate, and the
bootstrap of F."""

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.inference.moments import codes
from pipeline.inference.varying.threshold import threshold_fits
from pipeline.inference.varying.threshold_model import candidates, threshold_model
from pipeline.inference.varying.threshold_permutation import (
    permutation_test,
    permuted_statistics,
)
from pipeline.inference.varying.threshold_test import (
    bootstrap_errors,
    entity_paths,
    error_draws,
    replicate_statistics,
    threshold_tests,
)
from pipeline.inference.within import crv1_factor

NAMES = ("single", "double", "triple")


def hansen(shared, grid):
    """565 firms, 1974-87: investment on cash flow by regime of debt; trimming 1%, for the third
    threshold 5%."""
    folder = shared / "references/case08_panel_threshold_hansen"
    d = np.genfromtxt(folder / "data.csv", delimiter=",", names=True)
    firm = codes(d["firm"])
    q, debt = d["q1"], d["d1"]
    controls = np.column_stack([q, q**2, q**3, debt, q * debt])
    reference = json.loads((folder / "reference.json").read_text())
    model = threshold_model(
        d["i"], d["c1"], debt, controls, firm, None, firm, trim=(0.01, 0.01, 0.05), grid=grid
    )
    return reference, model


@pytest.mark.parametrize(
    ("grid", "key"), [(None, "exact_all_distinct_values"), (400, "grid400_between_trim")]
)
def test_hansen_1999(shared, grid, key):
    reference, model = hansen(shared, grid)
    stored = reference["results"][key]
    fits = threshold_fits(model, 3)
    gammas = [
        {stored["single"]["gamma"]},
        {stored["double_refined"]["gamma1"], stored["double_step2"]["gamma2"]},
        {
            stored["double_refined"]["gamma1"],
            stored["double_step2"]["gamma2"],
            stored["triple"]["gamma3"],
        },
    ]
    statistics = [stored["single"]["F1"], stored["double_refined"]["F2"], stored["triple"]["F3"]]
    np.testing.assert_allclose(
        model.outcome @ model.outcome, reference["results"]["SSE_linear"], rtol=1e-12
    )
    assert model.df == 7345
    for k, (fit, name) in enumerate(zip(fits, NAMES, strict=True), start=1):
        expected = stored[f"fit_{name}"]
        assert fit.thresholds.tolist() == sorted(gammas[k - 1])
        np.testing.assert_allclose(fit.sse, expected["sse"], rtol=1e-12)
        np.testing.assert_allclose(fit.statistic, statistics[k - 1], rtol=1e-10)
        np.testing.assert_allclose(fit.rows / 7910, expected["regime_share"], rtol=1e-12)
        # there the controls stand first
        np.testing.assert_allclose(np.roll(fit.regression.beta, 5), expected["coef"], rtol=1e-11)
        np.testing.assert_allclose(fit.slopes, expected["coef"][5:], rtol=1e-11)
        raw = np.sqrt(np.diag(fit.regression.covariance) / crv1_factor(7910, 565, 6 + k, 0))
        np.testing.assert_allclose(np.roll(raw, 5), expected["se_cluster_firm_CR0"], rtol=1e-11)
        np.testing.assert_allclose(
            np.diag(fit.covariance), np.diag(fit.regression.covariance)[: k + 1]
        )
    if grid is None:
        (single,), (first, second) = fits[0].likelihood, fits[1].likelihood
        assert [single.low, single.high] == stored["single"]["LR_95CI"]
        assert [first.low, first.high] == stored["double_refined"]["LR_95CI_gamma1"]
        assert [second.low, second.high] == stored["double_step2"]["LR_95CI"]


def test_the_thresholds_that_xthreg_prints(shared):
    """Stata's xthreg at its own thresholds; it divides by nT - T = 7896 where Hansen divides by n(T
    - 1) = 7345."""
    reference, model = hansen(shared, None)
    numerators = model.numerators(model.outcome[None, :])[0]
    sse = [model.outcome @ model.outcome]
    for gammas in ([0.01538], [0.01538, 0.5418]):
        at = np.searchsorted(model.gammas, gammas)
        assert model.gammas[at].tolist() == gammas
        explained = numerators[at] @ np.linalg.solve(model.products(at)[:, at], numerators[at])
        sse.append(sse[0] - explained)
    stored = reference["xthreg_check"]
    np.testing.assert_allclose(
        sse[1:], [stored["single"]["sse"], stored["double"]["sse"]], rtol=1e-12
    )
    for k, name in enumerate(NAMES[:2]):
        ratio = (sse[k] - sse[k + 1]) / sse[k + 1]
        np.testing.assert_allclose(ratio * 7896, stored[name]["F_with_7896"], rtol=1e-10)
    np.testing.assert_allclose(
        (sse[0] - sse[1]) / sse[1] * model.df, stored["single"]["F_with_n(T-1)=7345"], rtol=1e-10
    )
    curve = threshold_fits(model)[0].likelihood[0]
    ratio = curve.ratios[np.searchsorted(curve.gammas, 0.01538)]
    np.testing.assert_allclose(curve.gammas[np.argmin(curve.ratios)], 0.0157)
    np.testing.assert_allclose(ratio, (sse[1] / threshold_fits(model)[0].sse - 1) * 7345, rtol=1e-8)


def test_hansens_bootstrap_finds_two_thresholds(shared):
    """Hansen and Wang both: single and double significant, triple not (p-values are random and not
    stored)."""
    _, model = hansen(shared, 100)
    tests = threshold_tests(model, threshold_fits(model, 3), 1999, "hansen", 199)
    assert [test.scheme for test in tests] == ["paths"] * 3
    assert tests[0].p <= 0.05 and tests[1].p <= 0.05 and tests[2].p > 0.1


def panel(seed, entities=8, years=6, missing=0, jumps=(), at=()):
    """y, x, q, controls (q among them), entity, time; the slope of x jumps where q passes `at`."""
    rng = np.random.default_rng(seed)
    entity, time = (
        a.ravel() for a in np.meshgrid(np.arange(entities), np.arange(years), indexing="ij")
    )
    keep = np.sort(rng.permutation(len(entity))[missing:])
    entity, time = codes(entity[keep]), codes(time[keep])
    n = len(entity)
    q = np.round(rng.normal(size=n) + 0.3 * rng.normal(size=entities)[entity], 1)  # with ties
    x = rng.normal(size=n) + 1
    controls = np.column_stack([rng.normal(size=n), q])
    slope = 1 + sum(
        (jump * (q > gamma) for jump, gamma in zip(jumps, at, strict=True)), np.zeros(n)
    )
    y = (
        slope * x
        + controls @ [0.5, -0.3]
        + rng.normal(size=entities)[entity]
        + 0.1 * time
        + rng.normal(size=n)
    )
    return y, x, q, controls, entity, time


def regressors(x, q, controls, entity, time, thresholds):
    regime = np.searchsorted(np.sort(thresholds), q)
    columns = [x[:, None] * (regime[:, None] == np.arange(len(thresholds) + 1)), controls]
    columns.append(entity[:, None] == np.arange(entity.max() + 1))
    if time is not None:
        columns.append(time[:, None] == np.arange(1, time.max() + 1))
    return np.column_stack(columns).astype(float)


def residuals_of(y, data, thresholds):
    z = regressors(*data, thresholds)
    return y - z @ np.linalg.lstsq(z, y, rcond=None)[0]


def sse_of(y, data, thresholds):
    u = residuals_of(y, data, thresholds)
    return float(u @ u)


def admissible(q, cluster, thresholds, trim, minimum_clusters):
    regime = np.searchsorted(np.sort(thresholds), q)
    parts = [cluster[regime == k] for k in range(len(thresholds) + 1)]
    return all(len(part) >= trim * len(q) and len(set(part)) >= minimum_clusters for part in parts)


def brute_force(y, data, cluster, trim, minimum_clusters):
    """Hansen's sequence by least squares with dummies: thresholds, SSE of 0..3 thresholds, curves
    by stage."""
    q = data[1]

    def stage(fixed):
        allowed = [
            g for g in np.unique(q) if admissible(q, cluster, [*fixed, g], trim, minimum_clusters)
        ]
        curve = {g: sse_of(y, data, [*fixed, g]) for g in allowed}
        return (min(curve, key=curve.get), curve) if curve else (None, {})

    first, curve1 = stage([])
    second, curve2 = stage([first])
    if second is None:
        return [[first]], [sse_of(y, data, []), min(curve1.values())], [curve1]
    again, curve3 = stage([second])
    third, curve4 = stage([again, second])
    sse = [sse_of(y, data, []), min(curve1.values()), min(curve3.values())]
    found, curves = [[first], [again, second]], [curve1, curve2, curve3]
    if third is not None:
        found, sse, curves = (
            [*found, [again, second, third]],
            [*sse, min(curve4.values())],
            [*curves, curve4],
        )
    return found, sse, curves


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    missing=st.sampled_from([0, 0, 1, 5]),
    time_effects=st.booleans(),
    minimum_clusters=st.sampled_from([1, 4]),
    groups=st.sampled_from([4, 8]),
)
def test_search_equals_least_squares_with_dummies(
    seed, missing, time_effects, minimum_clusters, groups
):
    y, x, q, controls, entity, time = panel(seed, missing=missing)
    time = time if time_effects else None
    cluster = entity % groups
    data = (x, q, controls, entity, time)
    found, sse, curves = brute_force(y, data, cluster, 0.1, minimum_clusters)
    model = threshold_model(
        y,
        x,
        q,
        controls,
        entity,
        time,
        cluster,
        trim=0.1,
        grid=None,
        minimum_clusters=minimum_clusters,
    )
    fits = threshold_fits(model, len(found))
    np.testing.assert_allclose([fit.sse for fit in fits], sse[1:], rtol=1e-10)
    for fit, thresholds, smaller, larger in zip(fits, found, sse, sse[1:], strict=False):
        assert fit.thresholds.tolist() == sorted(thresholds)
        np.testing.assert_allclose(
            fit.statistic, (smaller - larger) / larger * (len(y) - 8), rtol=1e-8, atol=1e-9
        )
        np.testing.assert_allclose(
            fit.regression.residuals, residuals_of(y, data, thresholds), atol=1e-10
        )
        assert fit.rows.sum() == len(y) and fit.rows.min() >= 0.1 * len(y)
        assert minimum_clusters <= fit.clusters.min() and fit.clusters.max() <= groups
    by_estimate = {one.gamma: one for one in fits[-1].likelihood}
    # each threshold's curve is of the stage that estimated it last: third, second, first again
    for gamma, curve in zip(
        found[-1][::-1], [*curves[3:], *curves[1:2], *(curves[2:3] or curves[:1])], strict=True
    ):
        values, lowest = np.array(list(curve.values())), min(curve.values())
        one = by_estimate[gamma]
        assert one.gammas.tolist() == list(curve)
        ratios = (values - lowest) / (lowest / model.df)
        np.testing.assert_allclose(one.ratios, ratios, atol=1e-8)
        inside = one.gammas[ratios <= 7.352277]
        assert [one.low, one.high] == [inside[0], inside[-1]]


def joint_minimum(y, data, cluster, trim):
    pairs = (
        p for p in combinations(np.unique(data[1]), 2) if admissible(data[1], cluster, p, trim, 1)
    )
    return min((sse_of(y, data, pair), pair) for pair in pairs)


@pytest.mark.parametrize("seed", range(3))
def test_no_pair_is_better_than_the_joint_search_and_clear_thresholds_are_found_in_sequence(seed):
    for jumps in ((), (4.0, -8.0)):
        y, x, q, controls, entity, time = panel(seed, jumps=jumps, at=(-0.6, 0.6)[: len(jumps)])
        data = (x, q, controls, entity, time)
        fit = threshold_fits(
            threshold_model(y, x, q, controls, entity, time, entity, trim=0.15, grid=None), 2
        )[1]
        sse, pair = joint_minimum(y, data, entity, 0.15)
        assert sse <= fit.sse * (1 + 1e-10)
        if jumps:
            assert fit.thresholds.tolist() == list(pair)
            np.testing.assert_allclose(fit.sse, sse, rtol=1e-10)


def test_the_first_threshold_is_estimated_again_given_the_second():
    """A panel where the refinement moves it, lest the step be idle in every other check."""
    moved = 0
    for seed in range(20):
        y, x, q, controls, entity, time = panel(seed)
        single, double = threshold_fits(
            threshold_model(y, x, q, controls, entity, time, entity, trim=0.1), 2
        )
        moved += single.thresholds[0] not in double.thresholds
    assert moved > 0


def replicates(model, fits, k, drawn, chunk=None):
    residuals = fits[k - 2].regression.residuals if k > 1 else model.outcome
    return replicate_statistics(
        model, residuals, k, drawn, entity_paths(model), model.products, model.apart, chunk=chunk
    )


@pytest.mark.parametrize(
    ("missing", "groups", "time_effects"), [(0, 8, True), (0, 8, False), (4, 8, True), (0, 4, True)]
)
def test_each_replicate_equals_a_loop_of_refits(missing, groups, time_effects):
    y, x, q, controls, entity, time = panel(5, missing=missing, jumps=(2.0,), at=(0.0,))
    order = (
        np.random.default_rng(1).permutation(len(y)) if time_effects else np.arange(len(y))
    )  # rows in any order
    y, x, q, controls, entity, time = (a[order] for a in (y, x, q, controls, entity, time))
    cluster = entity % groups
    effects = time if time_effects else None
    data = (x, q, controls, entity, effects)
    model = threshold_model(y, x, q, controls, entity, effects, cluster, trim=0.1, grid=None)
    fits = threshold_fits(model, 3)
    scheme = "paths" if not missing and groups == 8 else "signs"
    assert (entity_paths(model) is None) == (scheme == "signs")
    for k in (1, 2, 3):
        null = fits[k - 2].thresholds.tolist() if k > 1 else []
        u = residuals_of(y, data, null)
        drawn = error_draws(1, f"spec/threshold/{k}", 4, groups, scheme)
        expected = []
        for one in drawn:
            if scheme == "paths":
                cells = {(i, t): value for i, t, value in zip(entity, time, u, strict=True)}
                errors = np.array([cells[one[i], t] for i, t in zip(entity, time, strict=True)])
            else:
                errors = u * one[cluster]
            np.testing.assert_allclose(
                bootstrap_errors(model, u, one[None, :], entity_paths(model))[0], errors, atol=1e-14
            )
            found, sse, _ = brute_force(y - u + errors, data, cluster, 0.1, 1)
            expected.append(
                (sse[k - 1] - sse[k]) / sse[k] * (len(y) - 8) if len(found) >= k else np.nan
            )
        np.testing.assert_allclose(
            replicates(model, fits, k, drawn), expected, rtol=1e-7, atol=1e-9
        )
        assert np.ptp(expected) > 0


def test_paths_are_drawn_on_a_balanced_panel_only():
    """Eight entities with 40 rows of 48: five years each on average, but not each."""
    y, x, q, controls, entity, time = panel(6, missing=8)
    assert len(y) == 40 and np.ptp(np.bincount(entity)) > 0
    for effects in (None, time):
        assert (
            entity_paths(threshold_model(y, x, q, controls, entity, effects, entity, trim=0.1))
            is None
        )


def test_draws_are_the_same_in_any_chunk_and_for_any_number():
    y, x, q, controls, entity, time = panel(6)
    model = threshold_model(y, x, q, controls, entity, time, entity, trim=0.1)
    fits = threshold_fits(model, 2)
    for scheme, values in (("paths", range(8)), ("signs", (-1, 1))):
        drawn = error_draws(3, "a", 1100, 8, scheme)
        assert set(np.unique(drawn)) == set(values)
        np.testing.assert_array_equal(drawn[:50], error_draws(3, "a", 50, 8, scheme))
        assert (drawn[:50] != error_draws(3, "b", 50, 8, scheme)).any()
        assert (drawn[:76] != drawn[1024:]).any()
    drawn = error_draws(3, "a", 100, 8, "paths")
    whole = replicates(model, fits, 2, drawn)
    for chunk in (1, 7, 64):
        np.testing.assert_allclose(
            replicates(model, fits, 2, drawn, chunk), whole, rtol=1e-9, atol=1e-10
        )
    assert threshold_tests(model, fits, 3, "a", 100) == threshold_tests(model, fits, 3, "a", 100)
    test = threshold_tests(model, fits, 3, "a", 100)[1]
    own = replicates(model, fits, 2, error_draws(3, "a/threshold/2", 100, 8, "paths"))
    assert test.p == (1 + (own >= test.statistic).sum()) / 101
    np.testing.assert_allclose(test.critical, np.sort(own)[[89, 94, 98]], rtol=1e-12)


def test_the_tables_of_the_test_answer_as_the_model_does():
    """With more candidates than a chunk holds and another trimming at each stage."""
    y, x, q, controls, entity, time = panel(1, 31, 13)
    q = q + 0.01 * np.random.default_rng(1).random(len(q))
    model = threshold_model(y, x, q, controls, entity, time, entity, trim=(0.05, 0.1, 0.2))
    assert len(model.gammas) > 300
    fits = threshold_fits(model, 3)
    for k, test in enumerate(threshold_tests(model, fits, 1, "tables", 40), start=1):
        own = replicates(model, fits, k, error_draws(1, f"tables/threshold/{k}", 40, 31, "paths"))
        assert test.statistic == fits[k - 1].statistic
        np.testing.assert_allclose(test.critical, np.sort(own)[[35, 37, 39]], rtol=1e-9)


def simulated_p(k, missing, jumps=(), at=()):
    out = []
    for seed in range(200):
        y, x, q, controls, entity, time = panel(1000 + seed, 20, 6, missing, jumps, at)
        model = threshold_model(y, x, q, controls, entity, time, entity, trim=0.1, grid=30)
        fits = threshold_fits(model, k)
        out.append(threshold_tests(model, fits, seed, "size", 99)[k - 1].p)
    return np.array(out)


@pytest.mark.parametrize(("k", "missing"), [(1, 0), (1, 6), (2, 0)])
def test_size_under_the_null(k, missing):
    """200 panels, 99 draws: rejections at 10 and 20% within three binomial errors."""
    p = simulated_p(k, missing, *(((4.0,), (0.0,)) if k == 2 else ((), ())))
    for level in (0.1, 0.2):
        assert abs((p <= level).mean() - level) < 3 * np.sqrt(level * (1 - level) / 200)


def test_a_clear_threshold_is_found_and_no_second():
    y, x, q, controls, entity, time = panel(2, 20, 8, jumps=(2.0,), at=(0.3,))
    model = threshold_model(y, x, q, controls, entity, time, entity)
    fits = threshold_fits(model, 2)
    assert (
        fits[0].thresholds.tolist() == [0.3]
        and fits[0].likelihood[0].low <= 0.3 <= fits[0].likelihood[0].high
    )
    np.testing.assert_allclose(
        fits[0].slopes, [1, 3], atol=3 * np.sqrt(np.diag(fits[0].covariance)).max()
    )
    first, second = threshold_tests(model, fits, 1, "power", 199)
    assert first.p == 1 / 200 and second.p > 0.05


def test_too_few_rows_or_clusters_on_a_side_are_refused_with_the_best_split():
    cluster = np.repeat(np.arange(31), 4)
    q = np.where(cluster < 5, 0.0, 10.0)
    with pytest.raises(
        ValueError, match="at least 6 clusters on each side: the best leaves 5 and 26"
    ):
        candidates(q, 0.05, None, cluster, 6)
    assert candidates(q, 0.05, None, cluster, 5).tolist() == [0.0]
    with pytest.raises(
        ValueError, match="at least 25 rows on each side: the best leaves 20 and 104"
    ):
        candidates(q, 0.2, None, cluster, 5)


def test_candidates_count_rows_clusters_and_grid():
    q = np.arange(100.0)
    cluster = np.arange(100) // 10
    assert candidates(q, 0.05, None, cluster).tolist() == list(range(4, 95))
    assert candidates(q, 0.05, None, cluster, 3).tolist() == list(range(20, 79))
    assert candidates(q, 0.05, 10, cluster).tolist() == [4, 14, 24, 34, 44, 54, 64, 74, 84, 94]
    assert len(candidates(q, 0.05, 400, cluster)) == 91


def test_no_room_for_a_second_threshold_is_refused_in_the_sample_and_counted_in_replicates():
    y, x, q, controls, entity, time = panel(3, 10, 8)
    tight = threshold_model(y, x, q, controls, entity, time, entity, trim=0.4)
    (first,) = threshold_fits(tight)
    with pytest.raises(ValueError, match="no room") as refused:
        threshold_fits(tight, 2)
    assert str(refused.value) == (
        f"no room for 2 thresholds: with {first.thresholds[0]:.6g} taken, none leaves every regime "
        f"at least 32 rows and {tight.minimum_clusters} clusters"
    )
    y, x, q, controls, entity, time = panel(3, 10, 8, jumps=(1.0,), at=(-0.5,))
    model = threshold_model(y, x, q, controls, entity, time, entity, trim=0.3)
    test = threshold_tests(model, threshold_fits(model, 2), 1, "tight", 99)[1]
    assert test.dropped > 0 and test.draws + test.dropped == 99
    with pytest.raises(ValueError, match="none of 1 bootstrap replicates has room"):
        threshold_tests(model, threshold_fits(model, 2), 0, "tight", 1)


@pytest.mark.parametrize("seed", range(3))
def test_a_regressor_that_is_zero_between_candidates_gives_the_smallest_of_equals(seed):
    """Their columns are the same and their SSE equal but for rounding, which differs by the place
    in a chunk."""
    y, x, q, controls, entity, time = panel(seed, 31, 13)
    q = q + 0.01 * np.random.default_rng(seed).random(len(q))
    idle = (q > -0.5) & (q <= 0.7)
    x = np.where(idle, 0.0, x)
    fit = threshold_fits(
        threshold_model(y + 3 * x * (q > 0), x, q, controls, entity, time, entity)
    )[0]
    assert fit.thresholds[0] == q[q <= -0.5].max()
    assert (fit.likelihood[0].ratios < 1e-6).sum() == len(np.unique(q[idle])) + 1


def test_a_regressor_that_varies_on_one_side_only_is_refused():
    y, x, q, controls, entity, time = panel(4)
    with pytest.raises(ValueError, match="does not vary on both sides"):
        threshold_model(
            y,
            np.where(q >= np.quantile(q, 0.99), x, 0.0),
            q,
            controls,
            entity,
            time,
            entity,
            trim=0.1,
        )


def provinces(rng, sd=0.0, rho=0.5, jump=0.0):
    """31 provinces in 12 years, slopes of some sd for no reason that q knows, q of one year; y, x,
    q, entity, time. `jump` of the slope at the median of q."""
    entity, time = (i.ravel() for i in np.indices((31, 12)))
    q = rng.normal(size=31)[entity]
    x, e = rng.normal(size=(2, 31, 12))
    for year in range(1, 12):
        for z in (x, e):
            z[:, year] = rho * z[:, year - 1] + np.sqrt(1 - rho**2) * z[:, year]
    slopes = (1 + sd * rng.normal(size=31))[entity] + jump * (q <= np.median(q))
    y = slopes * x.ravel() + e.ravel() + rng.normal(size=31)[entity]
    return y, x.ravel(), q, entity, time


def ready(y, x, q, entity, time, controls=None):
    none = np.empty((len(y), 0)) if controls is None else controls
    return threshold_model(y, x, q, none, entity, time, entity, trim=0.1, minimum_clusters=6)


@pytest.mark.parametrize("moves", [False, True])
def test_permuted_statistics_are_those_of_refits(moves):
    rng = np.random.default_rng(4)
    y, x, q, entity, time = provinces(rng, jump=0.5)
    q = q + 0.1 * rng.normal(size=len(q)) if moves else q
    own = rng.normal(size=(len(y), 1))

    def refit(values):
        controls = np.column_stack([values, own]) if moves else own
        return ready(y, x, values, entity, time, controls)

    orders = np.array([np.arange(31), *(rng.permutation(31) for _ in range(5))])
    wanted = [threshold_fits(refit(q.reshape(31, 12)[o].ravel()))[0].statistic for o in orders]
    model = refit(q)
    found = permuted_statistics(model, entity_paths(model), moves, orders)
    np.testing.assert_allclose(found, wanted, rtol=1e-8)


def test_slopes_that_differ_for_another_reason_are_no_threshold():
    """At most .05 and three binomial errors (.085) of 60 panels; Hansen's bootstrap rejects .32."""
    rng = np.random.default_rng(1)
    rejected = np.zeros(2)
    for seed in range(60):
        model = ready(*provinces(rng, sd=0.4))
        fits = threshold_fits(model)
        permuted = permutation_test(model, fits[0], False, seed, "x", 59)
        hansen_p = threshold_tests(model, fits, seed, "x", 59)[0].p
        rejected += np.array([permuted.p, hansen_p]) <= 0.05
    assert rejected[0] / 60 < 0.135 and rejected[1] / 60 > 0.15


def test_a_threshold_is_found_by_permutation_and_takes_the_place_of_the_first_test():
    model = ready(*provinces(np.random.default_rng(2), jump=1.0))
    fits = threshold_fits(model, 2)
    first = permutation_test(model, fits[0], False, 1, "x", 199)
    assert first.p == 1 / 200 and first.scheme == "permuted"
    tests = threshold_tests(model, fits, 1, "x", 59, first)
    assert tests[0] is first and tests[1] == threshold_tests(model, fits, 1, "x", 59)[1]
    short = ready(*(a[1:] for a in provinces(np.random.default_rng(2), jump=1.0)))
    assert permutation_test(short, threshold_fits(short)[0], False, 1, "x", 59) is None


def test_sets_with_clustered_scores_cover_where_errors_persist():
    """Nominal .95, autoregression .9, 60 panels: .89 to .95, at least .95 less four binomial errors
    (.11); unscaled .70."""
    rng = np.random.default_rng(2)
    covered = np.zeros(2)
    for _ in range(60):
        y, x, q, entity, time = provinces(rng, rho=0.9, jump=0.5)
        model = ready(y, x, q, entity, time)
        for k, robust in enumerate((True, False)):
            (curve,) = threshold_fits(model, robust=robust)[0].likelihood
            at = np.flatnonzero(curve.gammas <= np.median(q))[-1]
            covered[k] += curve.ratios[at] <= -2 * np.log(1 - np.sqrt(0.95))
    assert covered[0] / 60 > 0.83 and covered[1] < covered[0]
