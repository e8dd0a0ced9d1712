"""Every replicate of the moment algebra equals a brute-force refit."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.inference.draws import cluster_counts, generator
from pipeline.inference.intervals import percentile
from pipeline.inference.mediation import mediation_effects
from pipeline.inference.moments import build_moments, cross_products


def brute(z, entity, time, cluster, counts, controls, mediators):
    """Refit on the stacked resample: every copy of a cluster's entity is an entity of its own."""
    rows, ids, copy = [], [], 0
    for g, times in enumerate(counts.astype(int)):
        for _ in range(times):
            member = np.flatnonzero(cluster == g)
            rows.append(member)
            ids.append(entity[member] + 1000 * copy)
            copy += 1
    rows, ids = np.concatenate(rows), np.concatenate(ids)
    effects = np.column_stack(
        [ids[:, None] == np.unique(ids), time[rows][:, None] == np.unique(time[rows])[1:]]
    )
    z = z[rows]
    base = np.column_stack([z[:, : controls + 1], effects.astype(float)])
    out = []
    for k in range(mediators):
        m, y = z[:, controls + 1 + k], z[:, -1]
        a = np.linalg.lstsq(base, m, rcond=None)[0][controls]
        c = np.linalg.lstsq(base, y, rcond=None)[0][controls]
        both = np.linalg.lstsq(np.column_stack([m, base]), y, rcond=None)[0]
        out.append((a, both[0], both[controls + 1], c))
    return np.array(out)


def panel(seed, entities, years, missing, per_cluster=1):
    rng = np.random.default_rng(seed)
    entity, time = (
        a.ravel() for a in np.meshgrid(np.arange(entities), np.arange(years), indexing="ij")
    )
    keep = np.ones(len(entity), bool)
    keep[rng.choice(len(entity), missing, replace=False)] = False
    z = rng.normal(size=(len(entity), 6)) * [1, 1e3, 1, 1e-2, 1, 5] + 0.3 * entity[:, None]
    z[:, -1] += z[:, 2] + 20 * z[:, 3]
    return z[keep], entity[keep], time[keep], entity[keep] // per_cluster


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0, 1, 9]), st.sampled_from([1, 2]))
def test_replicates_equal_refits(seed, missing, per_cluster):
    z, entity, time, cluster = panel(seed, 12, 6, missing, per_cluster)
    moments = build_moments(z, entity, time, cluster)
    assert (moments.year_sums is not None) == (missing == 0)
    weights = next(cluster_counts(seed, "test", 3, moments.clusters))
    got = mediation_effects(moments, 2, 2, weights)
    for r, counts in enumerate(weights):
        if not got.kept[r]:
            continue
        want = brute(z, entity, time, cluster, counts, 2, 2)
        np.testing.assert_allclose(got.a[:, r], want[:, 0], rtol=1e-7)
        np.testing.assert_allclose(got.b[:, r], want[:, 1], rtol=1e-7)
        np.testing.assert_allclose(got.direct[:, r], want[:, 2], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(got.total[r], want[0, 3], rtol=1e-7)


def test_999_stored_replicates_of_r_and_linearmodels(shared):
    import pandas as pd

    folder = shared / "references/case04_mediation_bootstrap"
    d = pd.read_csv(folder / "data_produc.csv")
    indices = pd.read_csv(folder / "indices_produc_48.csv", header=None).to_numpy()
    stored = pd.read_csv(folder / "replicates_produc.csv")
    reference = json.loads((folder / "reference.json").read_text())["results"]["produc"]["ab"]
    moments = build_moments(
        d[["lemp", "unemp", "lpcap", "lpc", "lgsp"]].to_numpy(),
        d["state"].to_numpy(),
        d["year"].to_numpy(),
        d["state"].to_numpy(),
    )
    weights = np.array([np.bincount(row, minlength=48) for row in indices], float)
    got = mediation_effects(moments, 2, 1, weights)
    assert got.kept.all()
    for ours, theirs in (
        (got.a[0], "a"),
        (got.b[0], "b"),
        (got.direct[0], "cprime"),
        (got.total, "ctotal"),
    ):
        np.testing.assert_allclose(ours, stored[theirs], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        percentile(got.indirect[0], 0.95), reference["percentile_R_type7_numpy_linear"], rtol=1e-9
    )
    assert got.indirect[0].std(ddof=1) == pytest.approx(reference["se_sd_ddof1"], rel=1e-9)


def test_total_is_direct_plus_indirect():
    z, entity, time, cluster = panel(3, 20, 5, 4)
    moments = build_moments(z, entity, time, cluster)
    got = mediation_effects(moments, 2, 2, next(cluster_counts(1, "x", 50, 20)))
    np.testing.assert_allclose(
        got.direct + got.indirect, np.broadcast_to(got.total, got.direct.shape), rtol=1e-12
    )


def test_units_and_row_order_do_not_matter():
    z, entity, time, cluster = panel(5, 15, 6, 0)
    weights = np.ones((1, 15))
    a = mediation_effects(build_moments(z, entity, time, cluster), 2, 2, weights)
    order = np.random.default_rng(0).permutation(len(z))
    scale = np.array([10, 1e-3, 4.0, 1, 1, 2.0])
    b = mediation_effects(
        build_moments((z * scale)[order], entity[order], time[order], cluster[order]), 2, 2, weights
    )
    np.testing.assert_allclose(b.total, a.total * 2 / 4, rtol=1e-9)
    np.testing.assert_allclose(b.indirect, a.indirect * 2 / 4, rtol=1e-9)


def test_doubling_every_cluster_changes_nothing():
    z, entity, time, cluster = panel(6, 15, 6, 3)
    moments = build_moments(z, entity, time, cluster)
    one, two = (mediation_effects(moments, 2, 2, np.full((1, 15), w)) for w in (1.0, 2.0))
    np.testing.assert_allclose(one.indirect, two.indirect, rtol=1e-10)


def test_a_collapsed_replicate_is_dropped_not_returned():
    """The treatment varies in two clusters only: draws without them have no effect to estimate."""
    z, entity, time, cluster = panel(7, 12, 6, 0)
    z[entity >= 2, 2] = 0.0
    z[entity < 2, 2] = np.random.default_rng(1).normal(size=12)
    moments = build_moments(z, entity, time, cluster)
    weights = np.ones((2, 12))
    weights[0, :2], weights[0, 2:4] = 0, 2
    got = mediation_effects(moments, 2, 2, weights)
    assert got.kept.tolist() == [False, True]


def test_a_mediator_close_to_the_treatment_keeps_its_draws():
    """What counts is the share left of the mediator's variation net of the treatment, not of all
    its variation."""
    z, entity, time, cluster = panel(11, 12, 6, 0)
    z[:, 3] = z[:, 2] + 0.1 * z[:, 3]
    got = mediation_effects(
        build_moments(z, entity, time, cluster), 2, 2, next(cluster_counts(1, "x", 200, 12))
    )
    assert got.kept.mean() > 0.95


def test_collinear_columns_are_named():
    z, entity, time, cluster = panel(8, 12, 6, 0)
    z[:, 3] = z[:, 0] + entity
    with pytest.raises(ValueError, match="column 3 is collinear"):
        build_moments(z, entity, time, cluster)


def test_chunks_do_not_change_a_draw():
    whole = np.concatenate(list(cluster_counts(1, "spec", 5000, 7)))
    assert whole.shape == (5000, 7) and (whole.sum(axis=1) == 7).all()
    np.testing.assert_array_equal(
        np.concatenate(list(cluster_counts(1, "spec", 4200, 7))), whole[:4200]
    )


def test_streams_differ_by_spec_and_seed():
    draws = [generator(s, n).integers(0, 2**60) for s, n in ((1, "a"), (1, "b"), (2, "a"))]
    assert len(set(draws)) == 3 and generator(1, "a").integers(0, 2**60) == draws[0]


def test_leave_one_out_weights_are_a_jackknife():
    z, entity, time, cluster = panel(9, 10, 5, 0)
    moments = build_moments(z, entity, time, cluster)
    got = mediation_effects(moments, 2, 2, 1 - np.eye(10))
    keep = cluster != 4
    want = brute(z[keep], entity[keep], time[keep], cluster[keep], 1.0 * (np.arange(10) != 4), 2, 2)
    np.testing.assert_allclose(got.a[:, 4], want[:, 0], rtol=1e-9)
    np.testing.assert_allclose(got.b[:, 4], want[:, 1], rtol=1e-9)


def test_cross_products_are_symmetric():
    z, entity, time, cluster = panel(10, 10, 5, 2)
    s = cross_products(build_moments(z, entity, time, cluster), np.ones((1, 10)))
    np.testing.assert_allclose(s[:, :, 0], s[:, :, 0].T, atol=1e-12)


@pytest.mark.parametrize("missing", [0, 5])
def test_weighted_replicates_equal_weighted_refits(missing):
    z, entity, time, cluster = panel(12, 12, 6, missing)
    w = np.random.default_rng(2).uniform(0.2, 3.0, len(z))
    moments = build_moments(z, entity, time, cluster, weights=w)
    counts = next(cluster_counts(5, "w", 4, 12))
    got = mediation_effects(moments, 2, 2, counts, errors=True)
    root = np.sqrt(w)
    for r, drawn in enumerate(counts):
        members = [np.flatnonzero(cluster == g) for g in range(12) for _ in range(int(drawn[g]))]
        rows = np.concatenate(members)
        ids = np.repeat(np.arange(len(members)), [len(m) for m in members])
        effects = np.column_stack(
            [ids[:, None] == np.unique(ids), time[rows][:, None] == np.unique(time[rows])[1:]]
        )
        base = np.column_stack([z[rows, :3], effects.astype(float)]) * root[rows, None]
        m, y = z[rows, 3] * root[rows], z[rows, -1] * root[rows]
        assert got.a[0, r] == pytest.approx(np.linalg.lstsq(base, m, rcond=None)[0][2], rel=1e-8)
        both = np.linalg.lstsq(np.column_stack([m, base]), y, rcond=None)[0]
        assert got.b[0, r] == pytest.approx(both[0], rel=1e-8)


def test_singleton_entities_and_years_change_nothing():
    """An entity seen once is absorbed by its own effect; a year seen once by its own."""
    z, entity, time, cluster = panel(13, 12, 6, 0)
    keep = ~((entity == 11) & (time != 2))
    alone = np.concatenate([np.flatnonzero(keep), [0]])
    time2 = time[alone].copy()
    time2[-1] = 9
    got = mediation_effects(
        build_moments(z[alone], entity[alone], time2, cluster[alone]), 2, 2, np.ones((1, 12))
    )
    rest = entity != 11
    want = mediation_effects(
        build_moments(z[rest], entity[rest], time[rest], cluster[rest]), 2, 2, np.ones((1, 11))
    )
    np.testing.assert_allclose(got.indirect, want.indirect, rtol=1e-9)


def test_the_same_bits_on_any_threads_and_chunks():
    from threadpoolctl import threadpool_limits

    z, entity, time, cluster = panel(14, 31, 12, 0)
    moments = build_moments(z, entity, time, cluster)
    weights = np.concatenate(list(cluster_counts(1, "bits", 5000, 31)))
    outs = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            for chunk in (5000, 4096, 333, 1):
                last = 5000 if chunk > 1 else 40
                parts = [
                    mediation_effects(moments, 2, 2, weights[i : i + chunk]).indirect
                    for i in range(0, last, chunk)
                ]
                outs.append(np.concatenate(parts, axis=1))
    for other in outs[1:]:
        np.testing.assert_array_equal(other, outs[0][:, : other.shape[1]])
