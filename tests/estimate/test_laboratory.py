"""The index laboratory on the demo study: reports, audits, and what they catch."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.estimate.run import ESTIMATORS
from pipeline.panel.finding import Rejected
from pipeline.methods.load import open_study
from pipeline.study.paths import study_paths


@pytest.fixture(scope="module")
def results(demo, demo_panel):
    kinds = (
        "index_system",
        "index_ranks",
        "alternatives",
        "diagnosis",
        "look_ahead",
        "overlap",
        "spurious",
    )
    return {
        t.kind: ESTIMATORS[t.kind](demo, demo_panel, n, t)
        for n, t in demo.tables.items()
        if t.kind in kinds and n != "tables/25_index_uri"
    }


def test_the_indicator_system_shows_the_weights_that_built_the_index(results, demo_panel):
    terms = results["index_system"].columns[0].terms
    for t in terms:
        assert t.estimate == pytest.approx(demo_panel.weights["nqp"]["entropy"][t.name], rel=1e-12)
        assert t.low < t.high and t.low >= 0
    assert sum(t.estimate for t in terms) == pytest.approx(1)
    assert sum(t.low <= t.estimate <= t.high for t in terms) >= 7


def test_ranks_are_a_permutation_and_moves_add_to_zero(results, demo_panel):
    columns = {c.key: c for c in results["index_ranks"].columns}
    assert sorted(t.estimate for t in columns["rank/2023"].terms) == list(range(1, 32))
    assert sum(t.estimate for t in columns["moved"].terms) == 0
    best = max(columns["score/2023"].terms, key=lambda t: t.estimate).name
    assert columns["rank/2023"].term(best).estimate == 1


def test_alternatives_begin_with_the_index_itself_and_match_its_regression(
    results, demo, demo_panel
):
    first, *others = results["alternatives"].columns
    assert first.term("spearman").estimate == 1 and first.term("mean_move").estimate == 0
    baseline = ESTIMATORS["regression"](
        demo, demo_panel, "tables/02_baseline", demo.tables["tables/02_baseline"]
    ).columns[-1]
    frame = demo_panel.frame
    ratio = frame["nqp"].std() / frame["uri"].std()
    assert first.term("standardised").estimate == pytest.approx(
        baseline.terms[0].estimate * ratio, rel=1e-10
    )
    assert {c.key for c in others} == {f"nqp_{v}" for v in demo.indices["nqp"].variants}
    for c in others:
        assert -1 <= c.term("kendall").estimate <= c.term("spearman").estimate <= 1
        assert sum(t.estimate for t in c.terms if t.role == "move") == pytest.approx(0, abs=1e-9)


def test_shares_of_score_and_shortfall_add_to_one(results):
    for c in results["diagnosis"].columns:
        total = sum(t.estimate for t in c.terms)
        assert total == pytest.approx(31 if c.key == "first" else 1)


def test_pooled_column_of_the_look_ahead_audit_is_the_baseline(results, demo, demo_panel):
    baseline = ESTIMATORS["regression"](
        demo, demo_panel, "tables/02_baseline", demo.tables["tables/02_baseline"]
    ).columns[-1]
    columns = {c.key: c for c in results["look_ahead"].columns}
    assert columns["pooled"].terms[0].estimate == pytest.approx(
        baseline.terms[0].estimate, rel=1e-9
    )
    assert len({round(c.terms[0].estimate, 9) for c in columns.values()}) == 5


def test_the_demo_study_shares_nothing_and_its_null_panels_reject_more_with_every_shared_indicator(
    results,
):
    assert next(n for n in results["overlap"].notes if n.code == "overlap").values["several"] == []
    columns = {c.key: c for c in results["spurious"].columns}
    rates = [columns[k].term("spurious_rejects").estimate for k in ("0", "more/1", "more/2")]
    means = [columns[k].term("spurious_mean").estimate for k in ("0", "more/1", "more/2")]
    assert rates[0] < 0.11 and rates[0] < rates[2] and abs(means[0]) < 0.02 < means[1] < means[2]


PLANTED = """
[variables.reuse_twice]
label = { en = "x", zh = "x" }
formula = "log(waste_reuse) * 2"
[variables.hidden]
label = { en = "x", zh = "x" }
formula = "fertilizer_intensity + 0 * reuse_twice"
"""


def plant(workspace, acknowledged):
    """The same raw indicator in NQP and, through two derivations, in URI."""
    path = workspace.specs / "variables.toml"
    path.write_text(path.read_text(encoding="utf-8") + PLANTED, encoding="utf-8")
    workspace.edit(
        "specs/demo/indices.toml",
        'indicators = { fertilizer_intensity = "-" }',
        'indicators = { fertilizer_intensity = "-", hidden = "-" }',
    )
    if acknowledged:
        workspace.edit(
            "specs/demo/study.toml",
            "[bootstrap]",
            'acknowledged_overlap = ["waste_reuse_rate"]\n\n[bootstrap]',
        )


def test_an_overlap_hidden_behind_two_derivations_is_an_error(workspace):
    plant(workspace, acknowledged=False)
    status, printed = workspace.run("check")
    assert status == 1 and "indicator-in-two-roles" in printed and "waste_reuse_rate" in printed


def test_an_acknowledged_overlap_is_printed_reestimated_and_simulated(workspace, demo_panel):
    plant(workspace, acknowledged=True)
    study = open_study(study_paths("demo"))
    frame = demo_panel.frame.assign(hidden=demo_panel.frame["fertilizer_intensity"])
    panel = replace(demo_panel, frame=frame)
    found = ESTIMATORS["overlap"](
        study, panel, "tables/95_overlap", study.tables["tables/95_overlap"]
    )
    note = next(n for n in found.notes if n.code == "overlap")
    assert note.values["several"] == note.values["acknowledged"] == ["waste_reuse_rate"]
    without = next(c for c in found.columns if c.key == "without")
    assert np.isfinite(next(t.estimate for t in without.terms if t.role == "treatment"))
    null = ESTIMATORS["spurious"](
        study, panel, "tables/28_spurious", study.tables["tables/28_spurious"]
    )
    assert [c.key for c in null.columns][:2] == ["0", "declared/1"]


def test_roles_that_are_no_indices_cannot_be_audited(demo, demo_panel):
    from pipeline.study.kinds import ModelChoice

    for kind in ("look_ahead", "spurious"):
        name, spec = next((n, t) for n, t in demo.tables.items() if t.kind == kind)
        bare = spec.model_copy(
            update={"model": ModelChoice(outcome="urban_rate", treatment="schooling")}
        )
        with pytest.raises(Rejected, match="index"):
            ESTIMATORS[kind](demo, demo_panel, name, bare)


def test_the_base_year_column_knows_no_other_year(demo, demo_panel, results):
    """Neither weights nor ranges: one cell of the last year changes the pooled column and, of the scores of 2011, nothing."""
    from pipeline.estimate.laboratory.indicators import indicators_of
    from pipeline.estimate.laboratory.look_ahead import _as_known
    from pipeline.index.build import Choice

    frame = demo_panel.frame.copy()
    frame.loc[(110000, 2023), "waste_reuse"] = 0.0
    ready = [
        indicators_of(demo, replace(demo_panel, frame=f), "nqp") for f in (demo_panel.frame, frame)
    ]
    for period, same in (
        ("pooled", False),
        ("base_year", True),
        ("expanding", True),
        ("per_year", True),
    ):
        before, after = (_as_known(r, Choice("entropy"), "minmax", period)[:, :12] for r in ready)
        assert np.allclose(before, after, rtol=1e-12) == same, period


def test_expanding_scores_of_the_last_year_are_the_pooled_ones(demo, demo_panel):
    from pipeline.estimate.laboratory.indicators import indicators_of
    from pipeline.estimate.laboratory.look_ahead import _as_known
    from pipeline.index.build import Choice

    ready = indicators_of(demo, demo_panel, "nqp")
    for aggregate in ("linear", "topsis", "geometric"):
        pooled, expanding = (
            _as_known(ready, Choice("critic", "pooled", aggregate), "minmax", p)
            for p in ("pooled", "expanding")
        )
        np.testing.assert_allclose(pooled[:, -1], expanding[:, -1], rtol=1e-12)
        assert not np.allclose(pooled[:, 3], expanding[:, 3])


@pytest.mark.parametrize("period", ["pooled", "base_year", "per_year", "expanding"])
def test_bootstrap_intervals_are_those_of_the_declared_period(demo, demo_panel, period):
    study = replace(
        demo,
        indices=demo.indices | {"nqp": demo.indices["nqp"].model_copy(update={"period": period})},
    )
    spec = demo.tables["tables/24_index_nqp"].model_copy(update={"draws": 99})
    terms = (
        ESTIMATORS["index_system"](study, demo_panel, "tables/24_index_nqp", spec).columns[0].terms
    )
    assert sum(t.low <= t.estimate <= t.high for t in terms) >= 7


def test_given_weights_keep_their_proportions_without_the_shared_indicators(demo):
    from pipeline.estimate.laboratory.overlap import _left_out

    names = list(demo.indices["nqp"].indicators())
    given = demo.indices["nqp"].model_copy(
        update={
            "expert": {n: (k + 1) / 45 for k, n in enumerate(names)},
            "ahp": [[float((i + 1) / (j + 1)) for j in range(9)] for i in range(9)],
        }
    )
    reduced = _left_out(given, names[:2])
    assert sum(reduced.expert.values()) == pytest.approx(1) and list(reduced.expert) == names[2:]
    assert reduced.expert[names[8]] / reduced.expert[names[2]] == pytest.approx(3)
    assert len(reduced.ahp) == 7 and reduced.ahp[0][1] == pytest.approx(3 / 4)


def test_diagnosis_of_anything_but_a_weighted_sum_is_refused(demo, demo_panel):
    for update in ({"aggregate": "topsis"}, {"normalise": "zscore"}):
        study = replace(
            demo, indices=demo.indices | {"nqp": demo.indices["nqp"].model_copy(update=update)}
        )
        with pytest.raises(Rejected, match="weighted sum"):
            ESTIMATORS["diagnosis"](
                study, demo_panel, "tables/94_diagnosis", demo.tables["tables/94_diagnosis"]
            )


def test_years_without_scores_are_refused_and_one_year_has_no_moves(demo, demo_panel):
    frame = demo_panel.frame.copy()
    frame.loc[
        frame.index.get_level_values("year") == 2023,
        ["nqp", *(f"nqp_{v}" for v in demo.indices["nqp"].variants)],
    ] = np.nan
    panel = replace(demo_panel, frame=frame)
    ranks = demo.tables["tables/93_ranks"]
    with pytest.raises(Rejected, match="2023"):
        ESTIMATORS["index_ranks"](demo, panel, "tables/93_ranks", ranks)
    found = ESTIMATORS["alternatives"](
        demo, panel, "tables/26_alternatives", demo.tables["tables/26_alternatives"]
    )
    assert next(n for n in found.notes if n.code == "alternatives").values["year"] == 2022
    single = ESTIMATORS["index_ranks"](
        demo, demo_panel, "tables/93_ranks", ranks.model_copy(update={"years": [2020]})
    )
    assert [c.key for c in single.columns] == ["score/2020", "rank/2020"]


def test_scales_that_tie_two_parts_are_shown(results):
    columns = {c.key: c for c in results["overlap"].columns}
    scales = {k: {t.name for t in c.terms if t.role == "scale"} for k, c in columns.items()}
    assert "gdp" in scales["treatment"] & scales["efficiency"]
    assert (
        "gdp" in next(n for n in results["overlap"].notes if n.code == "overlap").values["scales"]
    )
