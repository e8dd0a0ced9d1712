"""Equal coefficients in groups: replicates against linearmodels' refits, the sizes of the tests
under a true null."""

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import PanelOLS

from pipeline.inference.intervals import two_sided_p
from pipeline.inference.moments import codes
from pipeline.inference.varying.groups import (
    assignments,
    bootstrap,
    group_model,
    interaction,
    permutation,
    stratified_counts,
)
from pipeline.inference.within import within_fit


def panel(seed, sizes=(7, 6, 8), years=8, missing=0):
    """y, x, two controls, entity, time, cluster; unbalanced where rows are missing; slopes 1, 2, 3
    by group."""
    rng = np.random.default_rng(seed)
    g = sum(sizes)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(years), indexing="ij"))
    group = np.repeat(np.arange(len(sizes)), sizes)[entity]
    controls = rng.normal(size=(len(entity), 2)) * [1, 100]
    x = rng.normal(size=len(entity)) + controls[:, 0] + 0.2 * entity
    y = (1 + group) * x + controls @ [1, 0.01] + 0.3 * time * group + rng.normal(size=len(entity))
    keep = np.ones(len(entity), bool)
    keep[rng.choice(len(entity), missing, replace=False)] = False
    return (y[keep], x[keep], controls[keep], entity[keep], time[keep], entity[keep]), group[keep]


def refit(data, rows_of, counts):
    """PanelOLS on the rows of one group, each cluster as often as it was drawn, every copy an
    entity of its own."""
    y, x, controls, entity, time, cluster = data
    pieces = []
    for g in np.flatnonzero(counts):
        rows = np.flatnonzero((cluster == g) & rows_of)
        for copy in range(int(counts[g])):
            pieces.append(
                pd.DataFrame(
                    {
                        "id": entity[rows] + 1000 * copy,
                        "t": time[rows],
                        "y": y[rows],
                        "x": x[rows],
                        "c1": controls[rows, 0],
                        "c2": controls[rows, 1],
                    }
                )
            )
    frame = pd.concat(pieces).set_index(["id", "t"])
    fit = PanelOLS(
        frame["y"], frame[["c1", "c2", "x"]], entity_effects=True, time_effects=True
    ).fit()
    return fit.params["x"]


@pytest.mark.parametrize("missing", [0, 11])
@pytest.mark.parametrize("kind", ["provinces", "periods"])
def test_bootstrap_draws_equal_refits(kind, missing):
    data, group = panel(3, missing=missing)
    if kind == "periods":
        group = np.digitize(data[4], [4])
    model = group_model(*data, group)
    assert model.whole == (kind == "provinces")
    found = bootstrap(model, 7, "tables/x", 200)
    assert found.dropped == 0
    counts = np.concatenate(list(stratified_counts(7, "tables/x", 200, model.strata)))
    if kind == "provinces":  # drawn within groups: their sizes never change
        np.testing.assert_array_equal(
            counts @ np.eye(3)[model.strata], np.tile([7.0, 6.0, 8.0], (200, 1))
        )
    for r in (0, 1, 2, 199):
        want = [refit(data, group == k, counts[r]) for k in range(int(group.max()) + 1)]
        np.testing.assert_allclose(found.coefficients[:, r], want, rtol=1e-8)
        np.testing.assert_allclose(found.differences[:, r], np.array(want[1:]) - want[0], rtol=1e-7)
    sample = [refit(data, group == k, np.ones(21)) for k in range(int(group.max()) + 1)]
    np.testing.assert_allclose(model.estimates, sample, rtol=1e-9)
    np.testing.assert_allclose(model.coefficients(np.ones((1, 21)))[:, 0], sample, rtol=1e-9)


def test_a_cluster_without_rows_in_a_period():
    data, _ = panel(5)
    rows = ~((data[3] == 4) & (data[4] < 4))
    data = tuple(a[rows] for a in data)
    group = np.digitize(data[4], [4])
    model = group_model(*data, group)
    counts = np.random.default_rng(0).multinomial(21, np.full(21, 1 / 21), size=3).astype(float)
    counts[0, 4] = 3
    got = model.coefficients(counts)
    for r in range(3):
        np.testing.assert_allclose(
            got[:, r], [refit(data, group == k, counts[r]) for k in (0, 1)], rtol=1e-8
        )


@pytest.mark.parametrize("missing", [0, 11])
def test_permutations_equal_refits(missing):
    data, group = panel(4, missing=missing)
    model = group_model(*data, group)
    (labels,), exact = assignments(7, "tables/x", 50, model.strata)
    assert not exact and labels.shape == (50, 21)
    b, variances = model.reassigned(labels)
    for r, row in enumerate(labels[:4]):
        np.testing.assert_array_equal(np.bincount(row), [7, 6, 8])
        for k in range(3):
            rows = row[data[5]] == k
            assert b[k, r] == pytest.approx(refit(data, rows, np.ones(21)), rel=1e-8)
            assert variances[k, r] == pytest.approx(cr_variance(data, rows), rel=1e-8)
    # the p-value from the statistic of every draw, that of the sample among them
    own, its = (a[:, 0] for a in model.reassigned(model.strata[None]))
    np.testing.assert_allclose(own, model.estimates, rtol=1e-9)
    pairs = [(own, its), *zip(b.T, variances.T, strict=True)]
    q = [(((c - np.average(c, weights=1 / v)) ** 2) / v).sum() for c, v in pairs]
    found = permutation(model, 7, "tables/x", 50)
    assert found.statistic == pytest.approx(q[0], rel=1e-9)
    assert found.p == (1 + (np.array(q[1:]) >= q[0]).sum()) / 51


def cr_variance(data, rows):
    """Variance by clusters, factor G / (G - 1) alone, of a within regression on the rows."""
    y, x, controls, entity, time, _ = (a[rows] for a in data)
    fit = within_fit(y, np.column_stack([controls, x]), codes(entity), codes(time), codes(entity))
    count = 3 + len(np.unique(time))
    return fit.covariance[-1, -1] * (len(y) - count) / (len(y) - 1)


def test_all_assignments_when_they_are_few():
    data, group = panel(6, sizes=(3, 4))
    model = group_model(*data, group)
    found = permutation(model, 1, "x", 35)
    assert found.exact and found.draws == 35
    (labels,), _ = assignments(1, "x", 35, model.strata)
    assert len(np.unique(labels, axis=0)) == 35 and (labels.sum(axis=1) == 4).all()
    rows = [[row[data[5]] == k for k in (0, 1)] for row in labels]
    b = np.array([[refit(data, r, np.ones(7)) for r in pair] for pair in rows])
    v = np.array([[cr_variance(data, r) for r in pair] for pair in rows])
    t2 = (b[:, 1] - b[:, 0]) ** 2 / v.sum(axis=1)
    assert found.p == (t2 >= found.statistic * (1 - 1e-9)).sum() / 35
    assert not permutation(model, 1, "x", 34).exact


def test_every_assignment_of_three_groups():
    (labels,), exact = assignments(1, "x", 210, np.array([0, 0, 1, 1, 1, 2, 2]))
    assert exact and len(np.unique(labels, axis=0)) == 210
    assert all((np.bincount(row) == [2, 3, 2]).all() for row in labels)


@pytest.mark.parametrize("missing", [0, 11])
@pytest.mark.parametrize("kind", ["provinces", "periods", "rows"])
def test_interaction_equals_linearmodels_with_dummies(kind, missing):
    data, group = panel(8, missing=missing)
    y, x, controls, entity, time, _ = data
    if kind == "periods":
        group = np.digitize(time, [3, 6])
    if kind == "rows":  # neither effect absorbs the groups
        group = (controls[:, 1] > 0).astype(int)
    k = int(group.max()) + 1
    columns = {f"x{j}": x * (group == j) for j in range(k)}
    columns |= {"c1": controls[:, 0], "c2": controls[:, 1]} | (
        {"g": 1.0 * (group == 1)} if kind == "rows" else {}
    )
    columns |= {f"year{s}": 1.0 * (time == s) for s in range(1, 8)}
    frame = pd.DataFrame({"id": entity, "t": time, "y": y, **columns}).set_index(["id", "t"])
    fit = PanelOLS(frame["y"], frame[list(columns)], entity_effects=True).fit(
        cov_type="clustered",
        cluster_entity=True,
        auto_df=False,
        count_effects=False,
        group_debias=False,
        debiased=False,
    )
    factor = 21 / 20 * (len(y) - 1) / (len(y) - len(columns) - 1)
    b, v = fit.params.to_numpy()[:k], fit.cov.to_numpy()[:k, :k] * factor
    contrast = np.column_stack([-np.ones(k - 1), np.eye(k - 1)])
    f = contrast @ b @ np.linalg.solve(contrast @ v @ contrast.T, contrast @ b) / (k - 1)
    got = interaction(*data, group)
    assert got.f == pytest.approx(f, rel=1e-8)
    assert (got.df1, got.df2) == (k - 1, 20)


def test_joint_test_interval_and_two_sided_p():
    data, group = panel(9)
    model = group_model(*data, group)
    found = bootstrap(model, 2, "x", 499, level=0.9)
    d, gaps = model.estimates[1:] - model.estimates[0], found.differences
    np.testing.assert_allclose(
        found.intervals, np.quantile(gaps, [0.05, 0.95], axis=1).T, rtol=1e-12
    )
    v = np.linalg.inv(np.cov(gaps))
    w = [(c - d) @ v @ (c - d) for c in gaps.T]
    assert found.dropped == 0
    assert found.joint == (1 + sum(value >= d @ v @ d for value in w)) / 500
    np.testing.assert_allclose(
        two_sided_p(np.array([[-1.0, 1, 2, 3], [1, 2, 3, 4], [0, 0, 0, 0]])),
        [0.5, 0.2, 1.0],
        rtol=1e-15,
    )
    assert bootstrap(group_model(*data, np.minimum(group, 1)), 2, "x", 99).joint is None


def test_draws_do_not_depend_on_how_many_are_asked_for():
    strata = np.array([0, 1, 0, 1, 1, 0, 2, 2, 2])
    many = np.concatenate(list(stratified_counts(1, "x", 5000, strata)))
    np.testing.assert_array_equal(
        many[:4500], np.concatenate(list(stratified_counts(1, "x", 4500, strata)))
    )
    labels = np.concatenate(assignments(1, "x", 5000, np.arange(20) % 3)[0])
    np.testing.assert_array_equal(
        labels[:4500], np.concatenate(assignments(1, "x", 4500, np.arange(20) % 3)[0])
    )
    for missing in (
        0,
        11,
    ):  # nor does a replicate depend on the chunk it is computed in, to the bit
        data, group = panel(2, missing=missing)
        model = group_model(*data, group)
        weights = next(stratified_counts(1, "x", 1000, model.strata))
        np.testing.assert_array_equal(
            model.coefficients(weights)[:, 300:310], model.coefficients(weights[300:310])
        )
    assert len(np.unique(many, axis=0)) > 200 and not np.array_equal(many[:900], many[4096:4996])


def test_collapsed_draws_are_dropped_and_counted():
    """One province thrice leaves nothing to the year effects; without the first of three x hardly
    varies."""
    (y, x, *rest), group = panel(10, sizes=(3, 8))
    entity = rest[1]
    model = group_model(y, np.where((entity == 1) | (entity == 2), 1e-6 * x, x), *rest, group)
    counts = np.concatenate(list(stratified_counts(1, "x", 300, model.strata)))
    collapsed = ((counts[:, 0] == 3) | (counts[:, 0] == 0)).sum()
    found = bootstrap(model, 1, "x", 300)
    assert found.dropped == collapsed > 0
    assert (
        found.coefficients.shape == (2, 300 - collapsed) and np.isfinite(found.coefficients).all()
    )


def test_what_cannot_be_compared_is_refused():
    data, group = panel(11)
    with pytest.raises(ValueError, match="two groups"):
        group_model(*data, np.zeros(len(group), int))
    with pytest.raises(ValueError, match="group 1 has one cluster"):
        group_model(*data, (data[3] == 3).astype(int))
    y, x, *rest = data
    with pytest.raises(ValueError, match="group 0: column 2 is collinear"):
        group_model(y, np.where(group == 0, 1.0, x), *rest, group)
    periods = group_model(*data, np.digitize(data[4], [4]))
    assert permutation(periods, 1, "x", 99) is None


def rates(sizes, panels=400, draws=99, noise=1.0, spread=1.0):
    """Rejections at 5% of permutation, bootstrap (joint) and interaction; serial correlation, equal
    slopes; `noise` of the errors and `spread` of the treatment in the first group."""
    rng = np.random.default_rng(len(sizes))
    g, years = sum(sizes), 13
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(years), indexing="ij"))
    group = np.repeat(np.arange(len(sizes)), sizes)[entity]
    counted = np.zeros(3)
    for n in range(panels):
        x, e = rng.normal(size=(2, g, years))
        for s in range(1, years):
            x[:, s] += 0.5 * x[:, s - 1]
            e[:, s] += 0.5 * e[:, s - 1]
        x[: sizes[0]] *= spread
        e[: sizes[0]] *= noise
        data = e.ravel(), x.ravel(), np.zeros((g * years, 0)), entity, time, entity
        model = group_model(*data, group)
        boot = bootstrap(model, n, "x", draws)
        p = [permutation(model, n, "x", draws).p, boot.p[0] if boot.joint is None else boot.joint]
        counted += np.array([*p, interaction(*data, group).p]) <= 0.05
    return counted / panels


@pytest.mark.parametrize("sizes", [(10, 9, 12), (10, 21)])
def test_permutation_keeps_its_size(sizes):
    """A true null rejects in 5% of 400 panels, at most three binomial errors (1.1%) off; the others
    come close."""
    found = rates(sizes)
    assert abs(found[0] - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 400)
    assert (found[1:] < 0.12).all()


@pytest.mark.parametrize("shape", [{"noise": 3.0}, {"spread": 0.4}])
def test_permutation_bears_groups_that_differ_in_precision(shape):
    """Equal slopes, 10 and 21 clusters, 200 panels: at most .05 and three binomial errors (.05);
    differences that are not studentised reject .16 and .33."""
    assert rates((10, 21), panels=200, **shape)[0] < 0.10
