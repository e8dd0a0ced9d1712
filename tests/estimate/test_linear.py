"""Coefficients, clustered errors and R² against R, Stata and a published analysis."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pipeline.estimate.heterogeneity import equality
from pipeline.estimate.heterogeneity import estimate as heterogeneity
from pipeline.estimate.linear import fit
from pipeline.inference.moments import codes
from pipeline.inference.within import within_fit
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import BY_CODE
from pipeline.panel.result import Column, Term
from pipeline.study.kinds import Heterogeneity, Sample
from pipeline.study.model import Model
from tests.conftest import ROOT

REFERENCE = json.loads((ROOT / "tests/reference/grunfeld/numbers.json").read_text())


def as_panel(frame, entity, time):
    keys = pd.MultiIndex.from_arrays(
        [codes(frame[entity].to_numpy()), frame[time].astype(int)], names=["province", "year"]
    )
    return Panel(frame.drop(columns=[entity, time]).set_index(keys).astype(float).sort_index())


def model(outcome, names, effects):
    return Model(outcome, names[0], names[1:], effects, Sample(), None)


@pytest.mark.parametrize(
    ("case", "effects"),
    [("two_way", ["province", "year"]), ("one_way", ["province"]), ("pooled", [])],
)
def test_grunfeld_as_fixest_and_stata(case, effects):
    d = sm.datasets.grunfeld.load_pandas().data
    panel = as_panel(d[d["firm"] != "American Steel"], "firm", "year")
    column = fit(panel, model("invest", ["value", "capital"], effects), "1", "x", 0.95)
    wanted = REFERENCE[case]
    # Stata's log and its data in single precision: 2e-8; R: 1e-10
    tolerance = 5e-8 if case == "pooled" else 1e-10
    for name, value in wanted["coef"].items():
        assert column.term(name).estimate == pytest.approx(value, rel=tolerance)
        assert column.term(name).se == pytest.approx(wanted["se"][name], rel=tolerance)
    if "r2_within" in wanted:
        assert column.statistics["r2_within"] == pytest.approx(wanted["r2_within"], rel=1e-12)
    assert column.statistics["df"] == 9


def test_produc_two_way_as_fixest(shared):
    folder = shared / "references/case01_produc_twoway"
    reference = json.loads((folder / "reference.json").read_text())["two_way_within"]
    d = pd.read_csv(folder / "data.csv")
    d = d.assign(
        log_gsp=np.log(d["gsp"]),
        log_pcap=np.log(d["pcap"]),
        log_pc=np.log(d["pc"]),
        log_emp=np.log(d["emp"]),
    )
    names = ["log_pcap", "log_pc", "log_emp", "unemp"]
    panel = as_panel(d[["state", "year", "log_gsp", *names]], "state", "year")
    column = fit(panel, model("log_gsp", names, ["province", "year"]), "1", "x", 0.95)
    for name in names:
        term = column.term(name)
        assert term.estimate == pytest.approx(reference["coef"][name], rel=1e-9)
        raw = reference["se_R"]["plm_vcovHC_arellano_group_HC0"][name]
        assert term.se == pytest.approx(raw * np.sqrt(48 / 47 * 815 / (816 - 21)), rel=1e-9)
    assert column.statistics["r2_within"] == pytest.approx(
        reference["R2_plm(both effects removed)"], rel=1e-10
    )
    assert column.statistics["r2"] == pytest.approx(reference["R2_inclusive_of_effects"], rel=1e-10)


def test_a_published_stata_analysis_of_provinces(shared):
    """xtreg, fe i.year vce(cluster): coefficients and errors to the digits that Stata 18 printed."""
    d = pd.read_csv(shared / "data/reproductions/china_tax_panel/data.csv")
    names = ["L3_pub_emp", "broad_tax_burden", "L3_aging"]
    entity = next(c for c in ("province_id", "province", "prov", "id") if c in d.columns)
    d = d[[entity, "year", "ln_tfp", *names]].dropna()
    column = fit(
        as_panel(d, entity, "year"), model("ln_tfp", names, ["province", "year"]), "1", "x", 0.95
    )
    assert column.statistics["n"] == 217
    printed = {
        "L3_pub_emp": (0.1525471, 0.1745179),
        "broad_tax_burden": (-0.008265, 0.003822),
        "L3_aging": (-0.0109117, 0.0079609),
    }
    for name, (b, se) in printed.items():
        assert column.term(name).estimate == pytest.approx(b, abs=6e-8 if abs(b) > 0.009 else 6e-7)
        assert column.term(name).se == pytest.approx(
            se, abs=6e-8 if name != "broad_tax_burden" else 6e-7
        )


def test_the_core_gives_the_same_numbers_as_linearmodels(demo, demo_panel):
    """Two implementations, one convention: PanelOLS rescaled here, the moment core there."""
    names = ["nqp", *demo.spec.roles.controls]
    rows = demo_panel.frame[["uri", *names]].drop(index=[(110000, 2012), (540000, 2015)])
    column = fit(Panel(rows), model("uri", names, ["province", "year"]), "1", "x", 0.95)
    province = codes(rows.index.get_level_values("province").to_numpy())
    year = codes(rows.index.get_level_values("year").to_numpy())
    core = within_fit(rows["uri"].to_numpy(), rows[names].to_numpy(), province, year, province)
    np.testing.assert_allclose([t.estimate for t in column.terms], core.beta, rtol=1e-9)
    np.testing.assert_allclose(
        [t.se for t in column.terms], np.sqrt(np.diag(core.covariance)), rtol=1e-9
    )


def test_absorbed_and_collinear_variables_are_named(demo_panel):
    frame = demo_panel.frame.assign(
        fixed=lambda f: f.groupby(level="province")["nqp"].transform("first"),
        twice=lambda f: 2 * f["nqp"] + f["fixed"],
    )
    with pytest.raises(Rejected) as refused:
        fit(
            Panel(frame),
            model("uri", ["nqp", "fixed", "twice"], ["province", "year"]),
            "1",
            "x",
            0.95,
        )
    found = {f.where.variable: f.found for f in refused.value.findings}
    assert set(found) == {"fixed", "twice"}
    assert "effects are absorbed" in found["fixed"] and "combination" in found["twice"]


def test_group_test_equals_separate_regressions_with_dummies(demo, demo_panel):
    """Two groups: F is the squared difference over the sum of the columns' variances, df of the smaller group."""
    text = {"en": "x", "zh": "x"}
    spec = Heterogeneity.model_validate(
        {
            "kind": "heterogeneity",
            "title": text,
            "groups": {"east": ["east"], "rest": ["central", "west", "northeast"]},
            "labels": {"east": text, "rest": text},
        }
    )
    result = heterogeneity(demo, demo_panel, "tables/x", spec)
    note = next(n for n in result.notes if n.code == "equality").values["wald"]
    slopes = []
    rows = demo_panel.frame[["uri", "nqp", *demo.spec.roles.controls]].dropna()
    east = np.array([BY_CODE[c].region == "east" for c in rows.index.get_level_values("province")])
    for part in (rows[east], rows[~east]):
        province, year = (
            part.index.get_level_values("province"),
            part.index.get_level_values("year"),
        )
        dummies = [
            pd.get_dummies(province).to_numpy(float),
            pd.get_dummies(year).to_numpy(float)[:, 1:],
        ]
        full = np.column_stack([part.iloc[:, 1:].to_numpy(), *dummies])
        groups = codes(province.to_numpy())
        ols = sm.OLS(part["uri"].to_numpy(), full).fit(
            cov_type="cluster", cov_kwds={"groups": groups}
        )
        # statsmodels counts the province dummies, the declared convention counts one constant instead
        n, k, g = len(part), full.shape[1], int(groups.max()) + 1
        slopes.append((ols.params[0], ols.cov_params()[0, 0] * (n - k) / (n - (k - g + 1)), g))
    (b1, v1, g1), (b2, v2, g2) = slopes
    assert note["f"] == pytest.approx((b1 - b2) ** 2 / (v1 + v2), rel=1e-8)
    assert (note["df1"], note["df2"]) == (1, min(g1, g2) - 1)


def test_the_group_test_keeps_its_size():
    """True null, 10, 9 and 12 provinces, serial correlation: at most 7% of 600 draws reject at 5% (sampling error 0.9%)."""
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(600):
        columns = []
        for g in (10, 9, 12):
            entity, time = (
                a.ravel() for a in np.meshgrid(np.arange(g), np.arange(13), indexing="ij")
            )
            x, e = rng.normal(size=(2, g, 13))
            for t in range(1, 13):
                x[:, t] += 0.5 * x[:, t - 1]
                e[:, t] += 0.5 * e[:, t - 1]
            core = within_fit(e.ravel(), x.reshape(-1, 1), entity, time, entity)
            term = Term(
                "x", "treatment", float(core.beta[0]), float(np.sqrt(core.covariance[0, 0]))
            )
            columns.append(Column("c", "y", [term], {"df": g - 1}))
        rejected += equality(columns)["p"] < 0.05
    assert rejected / 600 < 0.07
