"""Wild cluster bootstrap against full enumerations made by brute force, and against wildboottest's
p-values."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pipeline.inference.few_clusters.wild import (
    invert_test,
    weight_vectors,
    wild_model,
    wild_statistics,
    wild_test,
)
from pipeline.inference.few_clusters.wild_joint import joint_model, joint_statistics, joint_test
from pipeline.inference.moments import codes


def case(shared, name):
    folder = shared / "references/case05_wild_cluster_enumeration"
    reference = json.loads((folder / "reference.json").read_text())["results"]
    if name.startswith("grunfeld"):
        d = pd.read_csv(folder / "data_grunfeld.csv")
        y, x, entity, time, cluster = "inv", ["value", "capital"], "firm", "year", "firm"
    else:
        d = pd.read_csv(folder / "data_produc.csv")
        d = d.assign(**{f"l{v}": np.log(d[v]) for v in ("gsp", "pcap", "pc", "emp")})
        y, x, entity, time, cluster = (
            "lgsp",
            ["lpcap", "lpc", "lemp", "unemp"],
            "state",
            "year",
            "region",
        )
    return d, y, x, codes(d[entity]), codes(d[time]), codes(d[cluster]), reference


@pytest.mark.parametrize(
    ("name", "two_way"),
    [
        ("grunfeld_twoway_cluster_firm_G10", True),
        ("grunfeld_oneway_firm_cluster_firm_G10", False),
        ("produc_twoway_cluster_region_G9", True),
    ],
)
@pytest.mark.parametrize("residuals", ["WCR11", "WCR31"])
def test_all_sign_vectors_as_by_brute_force(shared, name, two_way, residuals):
    d, y, names, entity, time, cluster, reference = case(shared, name)
    label = {
        "WCR11": "WCR11 (null imposed)",
        "WCR31": "WCR31 (null imposed, jackknife-transformed residuals)",
    }[residuals]
    for x in names:
        controls = d[[n for n in names if n != x]].to_numpy()
        model = wild_model(
            d[y].to_numpy(),
            d[x].to_numpy(),
            controls,
            entity,
            time if two_way else None,
            cluster,
            residuals,
        )
        wanted = reference[name][x][label]
        assert model.t(0.0) == pytest.approx(wanted["t_raw_CR0"], rel=1e-9)
        (v,), enumerated = weight_vectors(0, "x", 10_000, model.clusters, "rademacher")
        t = wild_statistics(model, v)
        assert enumerated and len(t) == wanted["n_draws"]
        assert np.abs(t).sum() == pytest.approx(wanted["sum_abs_t*"], rel=1e-8)
        result = wild_test(model, 0, "x", 10_000)
        assert result.p == wanted["p_with_ties"]


def test_stored_statistics_vector_by_vector(shared):
    d, y, names, entity, time, cluster, _ = case(shared, "grunfeld")
    folder = shared / "references/case05_wild_cluster_enumeration"
    for x in names:
        model = wild_model(
            d[y].to_numpy(),
            d[x].to_numpy(),
            d[[n for n in names if n != x]].to_numpy(),
            entity,
            time,
            cluster,
        )
        stored = np.loadtxt(folder / f"tstar_grunfeld_twoway_cluster_firm_G10_{x}_WCR11.csv")
        ours = wild_statistics(model, weight_vectors(0, "x", 1024, 10, "rademacher")[0][0])
        np.testing.assert_allclose(ours, stored, rtol=1e-8)


@pytest.mark.parametrize("x", ["lpc", "lpcap"])
def test_interval_by_inversion_is_where_the_p_value_crosses(shared, x):
    d, y, names, entity, time, cluster, reference = case(shared, "produc")
    ends = reference[
        "WCR11_test_inversion_95CI (first crossing of p_with_ties=0.05 going out from beta_hat)"
    ]
    controls = d[[n for n in names if n != x]].to_numpy()
    model = wild_model(d[y].to_numpy(), d[x].to_numpy(), controls, entity, time, cluster)
    result = wild_test(model, 0, "x", 1024, level=0.95)
    np.testing.assert_allclose(
        [result.low, result.high], ends[f"produc_twoway_cluster_region_G9:{x}"], rtol=1e-4
    )


def grunfeld():
    d = sm.datasets.grunfeld.load_pandas().data
    d = d[d["firm"] != "American Steel"]
    return d, codes(d["firm"]), codes(d["year"])


def test_grunfeld_enumeration_without_the_shared_folder():
    """p of capital in the two-way model over all 1,024 sign vectors: 50 above, 2 ties (R and
    Python, brute force)."""
    d, firm, year = grunfeld()
    model = wild_model(
        d["invest"].to_numpy(), d["capital"].to_numpy(), d[["value"]].to_numpy(), firm, year, firm
    )
    result = wild_test(model, 0, "x", 1024)
    assert result.p == 52 / 1024 and model.t(0.0) == pytest.approx(8.33699109831672, rel=1e-9)


@pytest.mark.parametrize("weights", ["rademacher", "webb"])
def test_drawn_weights_approach_the_enumeration_and_repeat(weights):
    d, firm, year = grunfeld()
    model = wild_model(
        d["invest"].to_numpy(), d["capital"].to_numpy(), d[["value"]].to_numpy(), firm, year, firm
    )
    chunks, enumerated = weight_vectors(7, "x", 1000, 10, weights)
    again, _ = weight_vectors(7, "x", 900, 10, weights)
    assert not enumerated and np.array_equal(np.concatenate(chunks)[:900], np.concatenate(again))
    assert abs(np.concatenate(chunks).mean()) < 0.05 and np.concatenate(
        chunks
    ).var() == pytest.approx(1, abs=0.05)
    t = np.concatenate(
        [wild_statistics(model, v) for v in weight_vectors(7, "x", 1000, 10, "rademacher")[0]]
    )
    assert abs((np.abs(t) >= abs(model.t(0))).mean() - 52 / 1024) < 0.03


def test_the_statistic_is_a_refit_on_bootstrap_data():
    """Unbalanced panel, clusters of two entities: build y*, refit, compare."""
    rng = np.random.default_rng(5)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(14), np.arange(6), indexing="ij"))
    keep = np.ones(84, bool)
    keep[rng.choice(84, 8, replace=False)] = False
    entity, time = entity[keep], time[keep]
    cluster = entity // 2
    x, c, y = rng.normal(size=(3, keep.sum()))
    dummies = np.column_stack(
        [entity[:, None] == np.arange(14), time[:, None] == np.arange(1, 6)]
    ).astype(float)
    restricted, full = np.column_stack([c, dummies]), np.column_stack([x, c, dummies])
    r = 0.3
    gamma = np.linalg.lstsq(restricted, y - r * x, rcond=None)[0]
    u = y - r * x - restricted @ gamma
    model = wild_model(y, x, c[:, None], entity, time, cluster)
    v = weight_vectors(1, "x", 20, 7, "webb")[0][0]
    xt = x - restricted @ np.linalg.lstsq(restricted, x, rcond=None)[0]
    for weights, ours in zip(v, wild_statistics(model, v, r), strict=True):
        star = r * x + restricted @ gamma + weights[cluster] * u
        beta = np.linalg.lstsq(full, star, rcond=None)[0]
        scores = np.bincount(cluster, xt * (star - full @ beta), 7)
        t = (beta[0] - r) / (np.sqrt((scores**2).sum()) / (xt @ xt))
        assert ours == pytest.approx(t, rel=1e-9)


def test_a_joint_test_of_one_coefficient_is_the_single_test():
    d, firm, year = grunfeld()
    arrays = d["invest"].to_numpy(), d["capital"].to_numpy(), d[["value"]].to_numpy()
    single, joint = (
        wild_model(*arrays, firm, year, firm),
        joint_model(arrays[0], arrays[1][:, None], arrays[2], firm, year, firm),
    )
    v = weight_vectors(0, "x", 1024, 10, "rademacher")[0][0]
    np.testing.assert_allclose(
        joint_statistics(joint, v), wild_statistics(single, v) ** 2, rtol=1e-8
    )
    assert joint_test(joint, 0, "x", 1024).p == 52 / 1024


def test_the_joint_statistic_is_a_wald_test_on_bootstrap_data():
    rng = np.random.default_rng(8)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(14), np.arange(6), indexing="ij"))
    cluster = entity // 2
    x, (c, y) = rng.normal(size=(84, 2)), rng.normal(size=(2, 84))
    dummies = np.column_stack(
        [entity[:, None] == np.arange(14), time[:, None] == np.arange(1, 6)]
    ).astype(float)
    restricted, full = np.column_stack([c, dummies]), np.column_stack([x, c, dummies])
    fitted = restricted @ np.linalg.lstsq(restricted, y, rcond=None)[0]
    model = joint_model(y, x, c[:, None], entity, time, cluster)
    bread = np.linalg.pinv(full.T @ full)
    v = next(iter(weight_vectors(1, "x", 12, 7, "webb")[0]))
    for weights, ours in zip(v, joint_statistics(model, v), strict=True):
        star = fitted + weights[cluster] * (y - fitted)
        beta = bread @ full.T @ star
        residual = star - full @ beta
        scores = np.stack([full[cluster == g].T @ residual[cluster == g] for g in range(7)])
        variance = (bread @ scores.T @ scores @ bread)[:2, :2]
        assert ours == pytest.approx(beta[:2] @ np.linalg.solve(variance, beta[:2]), rel=1e-7)


@pytest.mark.parametrize("draws", [199, 1024])
def test_the_ends_of_the_interval_are_where_the_p_value_crosses(draws):
    """Inside an end the null is kept, outside it is rejected: with draws and with all signs."""
    rng = np.random.default_rng(4)
    entity, time = (a.ravel() for a in np.meshgrid(np.arange(9), np.arange(6), indexing="ij"))
    x, y = rng.normal(size=(2, 54))
    model = wild_model(y + 0.3 * x, x, np.empty((54, 0)), entity, time, entity)
    chunks, enumerated = weight_vectors(1, "t", draws, 9, "rademacher")
    assert enumerated == (draws == 1024)
    signs = np.concatenate(chunks)

    def p_value(r):
        extreme = np.abs(wild_statistics(model, signs, r)) >= abs(model.t(r)) * (1 - 1e-9)
        return extreme.mean() if enumerated else (1 + extreme.sum()) / 200

    low, high = invert_test(model, chunks, enumerated, 0.1)
    assert low < model.estimate < high
    for end, outwards in ((low, -1), (high, 1)):
        step = outwards * 1e-5 * model.se
        assert p_value(end + step) <= 0.1 < p_value(end - step)
