"""CR2 with Bell-McCaffrey degrees of freedom, and who carries a coefficient."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pipeline.inference.collinear import Collinear
from pipeline.inference.few_clusters.leverage import leverage
from pipeline.inference.few_clusters.net import Net, net_of
from pipeline.inference.few_clusters.reduced_bias import reduced_bias
from pipeline.inference.moments import codes, orthonormal_basis
from tests.conftest import ROOT
from tests.inference.panels import dummies, panel

STORED = pd.read_csv(ROOT / "tests/reference/reduced_bias/numbers.csv")


def pooled(y, x, others):
    """A model without absorbed effects."""
    q = orthonormal_basis(np.column_stack([np.ones(len(y)), others]))
    yt, xt = np.column_stack([y, x]).T
    return Net(yt - q @ (q.T @ yt), xt - q @ (q.T @ xt), q)


@pytest.mark.parametrize("row", list(STORED.itertuples()), ids=lambda r: f"{r.model} {r.regressor}")
def test_cr2_of_grunfeld_as_club_sandwich(row):
    d = sm.datasets.grunfeld.load_pandas().data
    d = d[d["firm"] != "American Steel"]
    other = {"value": "capital", "capital": "value"}[row.regressor]
    years = pd.get_dummies(d["year"], drop_first=True) if row.model == "years" else d[[]]
    net = pooled(d["invest"], d[row.regressor], np.column_stack([d[other], years]))
    found = reduced_bias(net, codes(d["firm"]))
    assert (found.se, found.df) == pytest.approx((row.se, row.df), rel=1e-12)


def test_cr2_of_states_in_regions_as_club_sandwich(shared):
    folder = shared / "references/case12_petersen_fewclusters"
    stored = json.loads((folder / "reference.json").read_text())["R"]["produc_region_pooled"]
    d = pd.read_csv(folder / "data_produc.csv")
    columns = {f"l{v}": np.log(d[v]) for v in ("pcap", "pc", "emp")} | {"unemp": d["unemp"]}
    for name, want in stored.items():
        others = [column for other, column in columns.items() if other != name]
        net = pooled(np.log(d["gsp"]), columns[name], np.column_stack(others))
        found = reduced_bias(net, codes(d["region"]))
        wanted = want["coef"], want["CR2"], want["CR2_satterthwaite_df"]
        assert (found.estimate, found.se, found.df) == pytest.approx(wanted, rel=1e-9)


def test_cr2_with_absorbed_states_as_club_sandwich(shared):
    folder = shared / "references/case01_produc_twoway"
    stored = json.loads((folder / "reference.json").read_text())["one_way_within"]["se_R"]
    d = pd.read_csv(folder / "data.csv")
    columns = {f"log_{v}": np.log(d[v]).to_numpy() for v in ("pcap", "pc", "emp")}
    columns["unemp"] = d["unemp"].to_numpy()
    state = codes(d["state"])
    for name, want in stored["clubSandwich_plm_state_CR2"].items():
        others = np.column_stack([c for other, c in columns.items() if other != name])
        net = net_of(np.log(d["gsp"]).to_numpy(), columns[name], others, state, None)
        assert reduced_bias(net, state).se == pytest.approx(want, rel=1e-9)


def by_full_matrices(y, x, others, cluster):
    """CR2 and its degrees of freedom with every dummy a column: A_g = (I - H_gg)^(+1/2)."""
    full = np.column_stack([x, others])
    inverse = np.linalg.pinv(full.T @ full, hermitian=True)
    hat = np.eye(len(y)) - full @ inverse @ full.T
    rows = []
    for g in np.unique(cluster):
        i = cluster == g
        values, vectors = np.linalg.eigh(hat[np.ix_(i, i)])
        root = np.where(values > 1e-9, 1 / np.sqrt(np.where(values > 1e-9, values, 1)), 0)
        weights = np.zeros(len(y))
        weights[i] = vectors @ (root * (vectors.T @ (full[i] @ inverse[0])))
        rows.append(weights @ hat)
    rows = np.array(rows)
    omega = rows @ rows.T
    variance = ((rows @ y) ** 2).sum()
    return np.sqrt(variance), np.trace(omega) ** 2 / (omega**2).sum()


@pytest.mark.parametrize("missing", [0, 17])
@pytest.mark.parametrize("clusters", [12, 5])
def test_absorbed_effects_equal_full_matrices(missing, clusters):
    """Unbalanced panels, clusters above units, and a control that lives in one cluster alone."""
    y, x, c, entity, time = panel(missing + clusters, missing=missing)
    cluster = entity % clusters
    alone = np.where(cluster == 3, c[:, 0] + time**2, 0.0)
    c = np.column_stack([c, alone])
    found = reduced_bias(net_of(y, x, c, entity, time), cluster)
    want = by_full_matrices(y, x, dummies(entity, time, c), cluster)
    assert (found.se, found.df) == pytest.approx(want, rel=1e-8)


def test_without_year_effects_equal_full_matrices():
    y, x, c, entity, _ = panel(8, missing=9)
    found = reduced_bias(net_of(y, x, c, entity, None), entity)
    want = by_full_matrices(y, x, dummies(entity, np.zeros_like(entity), c), entity)
    assert (found.se, found.df) == pytest.approx(want, rel=1e-8)


def test_equal_clusters_of_a_mean_have_all_degrees_of_freedom():
    """A treatment that varies between clusters only, half of them treated: t of two samples."""
    group = np.repeat(np.arange(10), 4)
    y = np.random.default_rng(2).normal(size=40)
    found = reduced_bias(pooled(y, (group < 5).astype(float), np.empty((40, 0))), group)
    means = y.reshape(10, 4).mean(axis=1).reshape(2, 5)
    assert found.df == pytest.approx(8)
    assert found.se == pytest.approx(np.sqrt(means.var(axis=1, ddof=1).sum() / 5))


def test_a_coefficient_of_one_cluster_has_no_error():
    y, x, c, entity, _ = panel(3)
    found = reduced_bias(net_of(y, np.where(entity == 4, x, 0.0), c, entity, None), entity)
    assert np.isfinite(found.estimate) and np.isnan([found.se, found.df]).all()


def test_shares_of_the_variation_of_the_treatment():
    y, x, c, entity, time = panel(4, missing=8)
    cluster = entity % 6
    net = net_of(y, x, c, entity, time)
    found = leverage(net, cluster)
    full = dummies(entity, time, c)
    left = x - full @ np.linalg.lstsq(full, x, rcond=None)[0]
    shares = np.bincount(cluster, left**2) / (left**2).sum()
    np.testing.assert_allclose(found.shares, shares, rtol=1e-9)
    assert found.largest == shares.argmax()
    assert found.effective == pytest.approx(1 / (shares**2).sum())
    absorbed = np.bincount(cluster[np.unique(entity, return_index=True)[1]])
    hat = np.diag(np.column_stack([x, full]) @ np.linalg.pinv(np.column_stack([x, full])))
    np.testing.assert_allclose(found.blocks, np.bincount(cluster, hat) - absorbed, atol=1e-9)
    assert found.blocks.sum() == pytest.approx(1 + net.basis.shape[1])


@pytest.mark.parametrize("g", [5, 9])
def test_effective_clusters_where_all_are_equal_and_where_one_has_all(g):
    wave = np.tile([1.0, -1.0, 1.0, -1.0], g)
    entity = np.repeat(np.arange(g), 4)
    none, y = np.empty((4 * g, 0)), np.arange(4.0 * g)
    assert leverage(net_of(y, wave, none, entity, None), entity).effective == pytest.approx(g)
    alone = leverage(net_of(y, wave * (entity == 2), none, entity, None), entity)
    assert (alone.largest, alone.shares[2], alone.effective) == (2, 1.0, 1.0)


@pytest.mark.parametrize("column", ["constant", "of units", "of years", "of controls"])
def test_a_treatment_without_variation_of_its_own_is_refused(column):
    y, _, c, entity, time = panel(5, missing=6)
    x = {
        "constant": np.full(len(y), 0.1),
        "of units": entity / 3,
        "of years": time / 7 + entity,
        "of controls": c @ [0.1, 0.7] + time / 3,
    }[column]
    with pytest.raises(Collinear) as found:
        net_of(y, x, c, entity, time)
    assert found.value.column == 2


def test_the_demo_panel_as_by_independent_code(demo_panel):
    """Its headline: one of 31 provinces has 34% of the treatment's variation, 6.2 effective
    clusters, 5.4 degrees of freedom."""
    names = ["uri", "nqp", "openness", "government", "finance"]
    rows = demo_panel.frame[names].dropna()
    province, year = (codes(rows.index.get_level_values(k)) for k in ("province", "year"))
    y, x, *controls = rows.to_numpy(float).T
    net = net_of(y, x, np.column_stack(controls), province, year)
    found = leverage(net, province)
    assert found.shares.max() == pytest.approx(0.34, abs=0.005)
    assert found.effective == pytest.approx(6.2, abs=0.05)
    assert reduced_bias(net, province).df == pytest.approx(5.4, abs=0.05)
