"""The mechanism tables on the demo study: identities, agreement between tables, refusals."""

import numpy as np
import pytest

from pipeline.mechanisms.run import ESTIMATORS
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import Panel
from pipeline.study.kinds import Mediation, Sensitivity


@pytest.fixture(scope="module")
def results(demo, demo_panel):
    names = [n for n, t in {**demo.tables, **demo.figures}.items() if t.kind in ESTIMATORS]
    specs = {**demo.tables, **demo.figures}
    return {n: ESTIMATORS[specs[n].kind](demo, demo_panel, n, specs[n]) for n in names}


def test_every_result_says_its_seed_and_its_draws(results):
    for name, result in results.items():
        if name != "tables/90_recovery":
            assert {"draws_asked", "draws_used", "draws_dropped"} <= set(result.provenance), name
            assert (
                result.provenance["draws_used"] + result.provenance["draws_dropped"]
                >= result.provenance["draws_used"]
            )


def test_joint_parts_add_up_exactly(results):
    columns = {c.key: c for c in results["tables/07_parallel"].columns}
    together = columns.pop("together")
    parts = sum(c.term("indirect").estimate for c in columns.values())
    assert together.term("indirect").estimate == pytest.approx(parts, rel=1e-12)
    assert together.term("direct").estimate + parts == pytest.approx(
        together.term("total").estimate, rel=1e-12
    )
    correlation = [[c.term(f"correlation/{k}").estimate for k in columns] for c in columns.values()]
    for i in range(4):
        for j in range(i):
            assert (
                correlation[i][j] == pytest.approx(correlation[j][i])
                and abs(correlation[i][j]) <= 1
            )


def test_chains_add_up_to_the_total(results):
    for column in results["tables/08_chain"].columns:
        paths = sum(
            column.term(f"path_{p}").estimate for p in ("first", "second", "both", "direct")
        )
        assert paths == pytest.approx(column.term("total").estimate, rel=1e-12)


def test_tables_agree_where_they_say_the_same(results):
    single = {c.key: c for c in results["tables/03_mechanisms"].columns}
    joint = {c.key: c for c in results["tables/07_parallel"].columns}
    sensitivity = {c.key: c for c in results["tables/09_sensitivity"].columns}
    headline = results["tables/10_few_clusters"].columns[0]
    for key, column in single.items():
        assert joint[key].term("a").estimate == column.term("a").estimate
        assert sensitivity[key].term("estimate_b").estimate == pytest.approx(
            column.term("b").estimate, rel=1e-10
        )
        assert column.term("total").estimate == pytest.approx(
            headline.term("coefficient").estimate, rel=1e-10
        )
        fixed = next(c for c in results["tables/12_index_uncertainty"].columns if c.key == key)
        assert fixed.term("indirect_or_total").estimate == pytest.approx(
            column.term("indirect").estimate, rel=1e-8
        )


def test_weights_rebuilt_change_the_interval_and_not_the_estimate(results):
    for column in results["tables/12_index_uncertainty"].columns:
        fixed, rebuilt = column.term("interval_fixed"), column.term("interval_rebuilt")
        width = (rebuilt.high - rebuilt.low) / (fixed.high - fixed.low)
        assert column.term("wider").estimate == pytest.approx(width) and width != 1.0


def test_few_cluster_methods_agree_on_a_strong_effect(results):
    for column in results["tables/10_few_clusters"].columns:
        for key in ("crv1_p", "crv3_p", "wcr11_p", "wcr31_p", "permutation_p"):
            assert column.term(key).estimate < 0.05
        interval, b = column.term("interval_wild"), column.term("coefficient").estimate
        assert interval.low < b < interval.high
        left = column.term("leave_one_out")
        assert left.low < b < left.high


def test_adjusted_p_values_are_no_smaller(results):
    for column in results["tables/11_multiple_tests"].columns:
        single = column.term("wcr11_p").estimate
        for key in ("romano_wolf", "westfall_young", "benjamini_hochberg"):
            assert column.term(key).estimate >= single - 1e-12


def test_the_curve_holds_every_combination_sorted(results, demo):
    spec = demo.figures["figures/07_curve"]
    column = results["figures/07_curve"].columns[0]
    count = (
        len(spec.outcomes)
        * len(spec.treatments)
        * 2 ** len(spec.controls)
        * len(spec.samples)
        * len(spec.effects)
    )
    estimates = [t.estimate for t in column.terms]
    assert column.statistics["models"] == len(estimates) == count and estimates == sorted(estimates)
    assert len({t.role for t in column.terms}) == count
    assert 0 < column.statistics["p_median"] <= 1


def test_one_model_of_the_curve_is_the_regression(results, demo, demo_panel):
    from pipeline.inference.moments import codes
    from pipeline.inference.within import within_fit

    names = ["nqp", "openness", "finance"]
    every = [
        *demo.figures["figures/07_curve"].outcomes,
        *demo.figures["figures/07_curve"].treatments,
    ]
    rows = demo_panel.frame[[*every, *demo.spec.roles.controls]].dropna()
    province, year = (codes(rows.index.get_level_values(x)) for x in ("province", "year"))
    fit = within_fit(rows["uri"].to_numpy(), rows[names].to_numpy(), province, year, province)
    ratio = rows["nqp"].std() / rows["uri"].std()
    term = next(
        t
        for t in results["figures/07_curve"].columns[0].terms
        if t.role == "uri|nqp|all|two-way|openness,finance"
    )
    assert term.estimate == pytest.approx(fit.beta[0] * ratio, rel=1e-9)
    assert term.se == pytest.approx(np.sqrt(fit.covariance[0, 0]) * ratio, rel=1e-9)


def test_a_benchmark_that_is_no_control_is_refused(demo, demo_panel):
    text = {"en": "x", "zh": "x"}
    spec = Sensitivity.model_validate(
        {"kind": "sensitivity", "title": text, "benchmark": "schooling"}
    )
    with pytest.raises(Rejected, match="benchmark"):
        ESTIMATORS["sensitivity"](demo, demo_panel, "tables/x", spec)


def test_a_mediator_that_is_the_treatment_is_refused_by_name(demo, demo_panel):
    frame = demo_panel.frame.assign(efficiency=2 * demo_panel.frame["nqp"])
    with pytest.raises(Rejected, match="efficiency"):
        ESTIMATORS["mediation"](
            demo, Panel(frame), "tables/03_mechanisms", demo.tables["tables/03_mechanisms"]
        )


def test_two_step_prints_the_first_step_and_the_cited_evidence(demo, demo_panel):
    from pipeline.report.layout import mediation as layout

    text = {"en": "Mechanisms", "zh": "机制"}
    cited = {"services": {"en": "A study (2020)", "zh": "某研究（2020）"}}
    spec = Mediation.model_validate({"kind": "mediation", "title": text, "evidence": cited})
    assert spec.design == "two-step"
    result = ESTIMATORS["mediation"](demo, demo_panel, "tables/x", spec)
    table = layout.build(demo, "tables/x", spec, result, "en", "1")
    assert [r.label for r in table.rows if r.kind == "panel"] == ["First step: NQP → M"]
    assert not any("a × b" in r.label for r in table.rows)
    assert "A study (2020)" in " ".join(table.notes)


def test_draws_beyond_the_declared_memory_are_refused(demo, demo_panel):
    from dataclasses import replace

    bootstrap = demo.spec.bootstrap.model_copy(update={"draws": 10_000_000, "memory_mb": 64})
    study = replace(demo, spec=demo.spec.model_copy(update={"bootstrap": bootstrap}))
    with pytest.raises(Rejected, match="memory_mb = 64"):
        ESTIMATORS["mediation"](
            study, demo_panel, "tables/03_mechanisms", demo.tables["tables/03_mechanisms"]
        )


def test_p_values_in_brackets_are_those_of_the_few_cluster_table(demo, demo_panel, results):
    from pipeline.estimate.regression import estimate

    for method, key in (("crv3", "crv3_p"), ("wcr31", "wcr31_p")):
        spec = demo.tables["tables/02_baseline"].model_copy(update={"brackets": method})
        columns = estimate(demo, demo_panel, "tables/02_baseline", spec).columns
        assert columns[0].statistics["bracket_p"] is None  # pooled: no province effects
        headline = results["tables/10_few_clusters"].columns[0].term(key).estimate
        assert columns[-1].statistics["bracket_p"] == pytest.approx(headline, rel=1e-6, abs=1e-4)


def test_index_weights_are_the_studys_also_where_models_lose_cells(demo, demo_panel):
    """A control with missing cells shrinks the model's sample, not the cells that the index is built on."""
    frame = demo_panel.frame.copy()
    frame.iloc[[3, 77, 200], frame.columns.get_loc("finance")] = np.nan
    panel = Panel(frame, demo_panel.weights, demo_panel.filled, demo_panel.notes)
    columns = {
        n: ESTIMATORS[demo.tables[n].kind](demo, panel, n, demo.tables[n]).columns
        for n in ("tables/03_mechanisms", "tables/12_index_uncertainty")
    }
    single = {c.key: c for c in columns["tables/03_mechanisms"]}
    for c in columns["tables/12_index_uncertainty"]:
        wanted = (
            single["efficiency"].term("total")
            if c.key == "total"
            else single[c.key].term("indirect")
        )
        assert c.term("indirect_or_total").estimate == pytest.approx(wanted.estimate, rel=1e-8)


def test_a_variable_that_moves_in_one_province_alone_leaves_blanks_not_numbers(demo, demo_panel):
    frame = demo_panel.frame.copy()
    province = frame.index.get_level_values("province")
    frame["nqp"] = np.where(province == 110000, frame["nqp"], 0.1)
    panel = Panel(frame, demo_panel.weights, demo_panel.filled, demo_panel.notes)
    spec = demo.tables["tables/10_few_clusters"].model_copy(
        update={"columns": demo.tables["tables/10_few_clusters"].columns[:1]}
    )
    column = ESTIMATORS["few_clusters"](demo, panel, "tables/x", spec).columns[0]
    assert (
        column.term("crv3_p").estimate is None and column.term("coefficient").estimate is not None
    )


@pytest.mark.parametrize(
    "kind", ["few_clusters", "multiple_tests", "parallel", "chain", "sensitivity"]
)
def test_a_treatment_that_only_the_years_move_is_refused_by_name(demo, demo_panel, kind):
    frame = demo_panel.frame.copy()
    frame["nqp"] = frame.index.get_level_values("year").astype(float) ** 2
    frame["nqp_equal"] = frame["nqp"]
    name, spec = next((n, t) for n, t in demo.tables.items() if t.kind == kind)
    with pytest.raises(Rejected, match="nqp"):
        ESTIMATORS[kind](demo, Panel(frame), name, spec)
