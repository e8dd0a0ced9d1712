"""The tables of levers on the demo panel: against linearmodels, against each other, and by hand."""

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from linearmodels.panel import PanelOLS

from pipeline.estimate.run import ESTIMATORS as ESTIMATE
from pipeline.mechanisms.levers.threshold import curves
from pipeline.mechanisms.run import ESTIMATORS as MECHANISMS
from pipeline.panel.provinces import PROVINCES
from pipeline.panel.result import Note
from pipeline.report.wording import note_text
from pipeline.study.kinds import (
    Heterogeneity,
    LikelihoodRatioFigure,
    ModeratedMediation,
    Scenario,
    Threshold,
)

TEXT = {"en": "x", "zh": "x"}
LEVERS = ["c1", "c2", "c3", "c4", "c5", "c6", "p1", "p2", "p3", "p4", "p5", "p6"]


@pytest.fixture(scope="module")
def study(demo):
    """The demo with few draws: nothing here depends on how many."""
    few = demo.spec.bootstrap.model_copy(update={"draws": 299})
    return replace(demo, spec=demo.spec.model_copy(update={"bootstrap": few}))


@pytest.fixture(scope="module")
def estimated(study, demo_panel):
    """name or (name, spec) -> columns by key, each table estimated once."""
    found = {}

    def of(name, spec=None):
        if name not in found:
            spec = spec or study.tables[name]
            found[name] = {**ESTIMATE, **MECHANISMS}[spec.kind](study, demo_panel, name, spec)
        return {c.key: c for c in found[name].columns}

    of.results = found
    return of


def regression(frame, outcome, names):
    """PanelOLS with explicit columns: coefficients and CRV1 errors, G/(G-1) (N-1)/(N-K), K = slopes + years."""
    fit = PanelOLS(frame[outcome], frame[names], entity_effects=True, time_effects=True).fit(
        cov_type="clustered",
        cluster_entity=True,
        auto_df=False,
        count_effects=False,
        group_debias=False,
        debiased=False,
    )
    g, years = (frame.index.get_level_values(k).nunique() for k in ("province", "year"))
    n = len(frame)
    factor = g / (g - 1) * (n - 1) / (n - len(names) - years)
    return fit.params, np.sqrt(np.diag(fit.cov) * factor)


def rows_with(study, panel, levers, mediators=()):
    """Complete rows with each lever centred and scaled, and its product with the treatment and the mediators."""
    roles = study.spec.roles
    rows = (
        panel.frame[[roles.outcome, roles.treatment, *mediators, *roles.controls, *levers]]
        .dropna()
        .copy()
    )
    for lever in levers:
        rows[lever] = (rows[lever] - rows[lever].mean()) / rows[lever].std(ddof=1)
        for name in (roles.treatment, *mediators):
            rows[f"{name}:{lever}"] = rows[name] * rows[lever]
    return rows


def own(study, *levers):
    """The levers whose own effect the province effects do not hold."""
    return [k for k in levers if study.levers[k].timing != "base_year"]


def same(term, wanted, errors, position):
    assert term.estimate == pytest.approx(wanted.iloc[position], rel=1e-8)
    assert term.se == pytest.approx(errors[position], rel=1e-8)


@pytest.mark.parametrize("lever", LEVERS)
def test_moderation_is_linearmodels_with_an_explicit_interaction(
    study, demo_panel, estimated, lever
):
    column = estimated(
        "tables/13_moderation_challenges" if lever[0] == "c" else "tables/14_moderation_paths"
    )[lever]
    rows, roles = rows_with(study, demo_panel, [lever]), study.spec.roles
    wanted = regression(rows, "uri", [f"nqp:{lever}", "nqp", *own(study, lever), *roles.controls])
    same(column.term("interaction"), *wanted, 0)
    same(column.term("at_mean"), *wanted, 1)
    if own(study, lever):
        same(column.term("lever"), *wanted, 2)
    else:
        assert column.term("lever").role == "absorbed"
    assert column.statistics["n"] == len(rows)
    assert column.term("lever_sd").estimate == pytest.approx(
        demo_panel.frame.loc[rows.index, lever].std(), rel=1e-12
    )


def test_effects_at_values_of_the_lever_are_those_of_the_regression(study, demo_panel, estimated):
    for lever, column in estimated("tables/14_moderation_paths").items():
        z = rows_with(study, demo_panel, [lever])[lever]
        for key, at in (("low", 0.1), ("middle", 0.5), ("high", 0.9)):
            wanted = column.term("at_mean").estimate + column.term(
                "interaction"
            ).estimate * z.quantile(at)
            assert column.term(f"effect_{key}").estimate == pytest.approx(wanted, rel=1e-10)


def test_all_levers_jointly_are_one_regression(study, demo_panel, estimated):
    levers = LEVERS[:6]
    columns, rows = (
        estimated("tables/13_moderation_challenges"),
        rows_with(study, demo_panel, levers),
    )
    wanted = regression(
        rows,
        "uri",
        [*(f"nqp:{k}" for k in levers), "nqp", *own(study, *levers), *study.spec.roles.controls],
    )
    for k, lever in enumerate(levers):
        same(columns[lever].term("interaction_joint"), *wanted, k)


def test_moderated_mediation_is_two_regressions(study, demo_panel, estimated):
    for key, column in estimated("tables/15_moderated_mediation").items():
        lever, m = key.split(">")
        rows, held = (
            rows_with(study, demo_panel, [lever], [m]),
            [*own(study, lever), *study.spec.roles.controls],
        )
        first = regression(rows, m, ["nqp", f"nqp:{lever}", *held])
        second = regression(rows, "uri", [m, f"{m}:{lever}", "nqp", f"nqp:{lever}", *held])
        for k, name in enumerate(("a_mean", "a_change")):
            same(column.term(name), *first, k)
        for k, name in enumerate(("b_mean", "b_change", "direct_mean", "direct_change")):
            same(column.term(name), *second, k)
        (a, change), (b, moved) = first[0].iloc[:2], second[0].iloc[:2]
        for name, at in (("indirect_low", -1), ("indirect_mean", 0), ("indirect_high", 1)):
            assert column.term(name).estimate == pytest.approx(
                (a + at * change) * (b + at * moved), rel=1e-8
            )
        assert column.term("index_moderated").estimate == pytest.approx(
            change * b + a * moved, rel=1e-8
        )


def test_where_the_lever_moves_a_alone_the_index_is_its_change_times_b(
    study, demo_panel, estimated
):
    spec = ModeratedMediation(
        kind="moderated_mediation", title=TEXT, pairs=[["p2", "information"]], moderates=["a"]
    )
    column = estimated("tables/a_alone", spec)["p2>information"]
    rows = rows_with(study, demo_panel, ["p2"], ["information"])
    wanted = regression(rows, "uri", ["information", "nqp", "p2", *study.spec.roles.controls])
    same(column.term("b_mean"), *wanted, 0)
    index = column.term("a_change").estimate * column.term("b_mean").estimate
    assert column.term("index_moderated").estimate == pytest.approx(index, rel=1e-10)
    assert {t.name for t in column.terms}.isdisjoint({"b_change", "direct_change"})


def test_where_the_lever_moves_the_direct_path_alone_there_is_no_index(estimated):
    spec = ModeratedMediation(
        kind="moderated_mediation", title=TEXT, pairs=[["p1", "services"]], moderates=["direct"]
    )
    assert not any(
        "index" in t.name for t in estimated("tables/direct_alone", spec)["p1>services"].terms
    )


def test_the_twelve_rows_are_all_there_with_their_verdicts(study, estimated):
    columns = estimated("tables/20_levers")
    assert list(columns) == LEVERS
    for key, column in columns.items():
        b, adjusted, single = (
            column.term(n).estimate for n in ("interaction", "adjusted_p", "wcr31_p")
        )
        wanted = "none" if adjusted >= 0.05 else "strengthens" if b > 0 else "weakens"
        assert column.statistics["verdict"] == wanted and adjusted >= single - 1e-12
        assert column.statistics["absorbed"] == (study.levers[key].timing == "base_year")
        assert 0 < column.term("detectable").estimate < np.inf


def test_the_twelve_rows_are_the_moderation_tables(estimated):
    moderation = estimated("tables/13_moderation_challenges") | estimated(
        "tables/14_moderation_paths"
    )
    power = estimated("tables/21_power")
    for key, column in estimated("tables/20_levers").items():
        wanted = moderation[key].term("interaction")
        found = column.term("interaction")
        assert (found.estimate, found.se) == (wanted.estimate, wanted.se)
        assert found.low < found.estimate < found.high and (found.low <= 0 <= found.high) == (
            column.term("wcr31_p").estimate > 0.05
        )
        assert column.term("wcr31_p").estimate == pytest.approx(
            moderation[key].term("wcr31_p").estimate, abs=0.02
        )
        assert power[key].term("estimate").estimate == wanted.estimate
        # a single 5% test finds smaller changes than one adjusted over the twelve
        assert 0.5 < power[key].term("detectable").estimate / column.term("detectable").estimate < 1


def test_what_could_have_been_found_is_positive_and_near_that_of_table_three(study, estimated):
    single, power = estimated("tables/03_mechanisms"), estimated("tables/21_power")
    assert list(power) == ["total", *study.spec.roles.mediators, *LEVERS]
    for mediator, column in single.items():
        least = column.term("detectable").estimate
        assert least > 0 and power[mediator].term("detectable").estimate == pytest.approx(
            least, rel=0.05
        )
        assert power[mediator].term("estimate").estimate == pytest.approx(
            column.term("indirect").estimate, rel=1e-12
        )


@pytest.fixture(scope="module")
def scenario(estimated):
    moves = [
        {"variable": "p1", "target": "median"},
        {"variable": "c2"},
        {"variable": "p5", "target": 0.6},
        {"variable": "information"},
        {"variable": "services", "better": "low"},
    ]
    spec = Scenario.model_validate(
        {"kind": "scenario", "title": TEXT, "moves": moves, "year": 2020, "path": [0.2, 0.2, 0.9]}
    )
    return estimated("tables/scenario", spec)


def province_gains(column):
    found = {
        int(t.name.split("/")[1]): t.estimate
        for t in column.terms
        if t.name.startswith("province/")
    }
    return np.array(list(found.values())), list(found)


def test_parts_of_a_gain_add_up(study, scenario):
    for key in ("p1", "c2", "p5"):
        parts = [
            scenario[key].term(f"gain/{m}").estimate
            for m in (*study.spec.roles.mediators, "direct")
        ]
        assert scenario[key].term("gain").estimate == pytest.approx(sum(parts), rel=1e-12)
    for key in ("information", "services"):
        assert not any(t.name.startswith("gain/") for t in scenario[key].terms)


def test_only_provinces_behind_the_target_gain(demo_panel, scenario):
    aims = {
        "p1": (0.5, 1),
        "c2": (0.25, -1),
        "p5": (None, 1),
        "information": (0.75, 1),
        "services": (0.25, -1),
    }
    for key, (share, sign) in aims.items():
        gains, codes = province_gains(scenario[key])
        value = demo_panel.frame.xs(2020, level="year").loc[codes, key].to_numpy()
        target = 0.6 if share is None else np.quantile(value, share)
        behind = sign * value < sign * target - 1e-12
        assert scenario[key].statistics["target"] == pytest.approx(target, rel=1e-10)
        np.testing.assert_array_equal(gains != 0, behind)
        assert (
            scenario[key].statistics["moved"] == behind.sum()
            and 0 < behind.sum() < len(codes) == 31
        )
        assert scenario[key].term("gain").estimate == pytest.approx(gains[behind].mean(), rel=1e-12)
        assert scenario[key].term("national_gain").estimate == pytest.approx(
            gains.mean(), rel=1e-12
        )


def test_a_gain_is_the_slope_in_the_total_model_times_the_move(study, demo_panel, scenario):
    gains, codes = province_gains(scenario["p1"])
    rows = rows_with(study, demo_panel, ["p1"], study.spec.roles.mediators)
    b, _ = regression(rows, "uri", ["nqp:p1", "p1", "nqp", *study.spec.roles.controls])
    here = rows.xs(2020, level="year").loc[codes]
    step = np.maximum(0, here["p1"].median() - here["p1"])
    np.testing.assert_allclose(
        gains, (b["nqp:p1"] * here["nqp"] + b["p1"]) * step, rtol=1e-8, atol=1e-14
    )


def test_the_path_scales_the_gain_and_the_gap_closes_by_hand(demo_panel, scenario):
    for column in scenario.values():
        gains, codes = province_gains(column)
        outcome = demo_panel.frame.xs(2020, level="year").loc[codes, "uri"].to_numpy()
        short = np.maximum(0, np.quantile(outcome, 0.75) - outcome)
        for k, share in enumerate((0.2, 0.2, 0.9), start=1):
            gain, path = column.term("gain"), column.term(f"path/{k}")
            for field in ("estimate", "low", "high", "se"):
                assert getattr(path, field) == pytest.approx(
                    share * getattr(gain, field), rel=1e-10
                )
            left = np.maximum(0, np.quantile(outcome, 0.75) - outcome - share * gains)
            assert column.term(f"closed/{k}").estimate == pytest.approx(
                1 - left.sum() / short.sum(), rel=1e-10
            )


def test_the_theory_shows_what_the_mechanism_table_shows(study, estimated):
    theory, single = estimated("tables/22_theory"), estimated("tables/03_mechanisms")
    for key, mediator in study.tables["tables/22_theory"].elements.items():
        for name in ("a", "b", "direct", "indirect", "total"):
            assert theory[key].term(name) == single[mediator].term(name)
        assert theory[key].statistics["pattern"] == single[mediator].statistics["pattern"]
    dimensions = {c.outcome: c.terms[0] for c in estimated("tables/04_dimensions").values()}
    for dimension in study.indices["uri"].dimensions:
        found, wanted = theory[f"m5/{dimension}"].term("total"), dimensions[f"uri_{dimension}"]
        assert found.estimate == pytest.approx(
            wanted.estimate, rel=1e-9
        ) and found.se == pytest.approx(wanted.se)


def test_regimes_hold_every_row_and_are_one_regression(study, demo_panel, estimated):
    spec = Threshold(
        kind="threshold", title=TEXT, levers=["c3", "p1", "p4"], thresholds=2, draws=99
    )
    for lever, column in estimated("tables/threshold", spec).items():
        rows = rows_with(study, demo_panel, [lever])
        names = {t.name for t in column.terms}
        regimes = [k for k in (1, 2, 3) if f"regime_{k}" in names]
        count = [column.term(f"regime_{k}_rows").estimate for k in regimes]
        assert sum(count) == len(rows) and min(count) >= 0.1 * len(rows)
        assert all(column.term(f"regime_{k}_provinces").estimate >= 6 for k in regimes)
        cuts = [column.term(f"threshold_{k}").estimate for k in regimes[:-1]]
        regime = np.digitize(demo_panel.frame.loc[rows.index, lever], cuts, right=True)
        assert np.bincount(regime).tolist() == count
        rows = rows.assign(**{f"x{k}": rows["nqp"] * (regime == k - 1) for k in regimes})
        wanted = regression(
            rows,
            "uri",
            [*(f"x{k}" for k in regimes), *own(study, lever), *study.spec.roles.controls],
        )
        for k in regimes:
            same(column.term(f"regime_{k}"), *wanted, k - 1)


# north of the Qinling and the Huaihe, by whole provinces
NORTHERN = [
    "Beijing",
    "Tianjin",
    "Hebei",
    "Shanxi",
    "Inner Mongolia",
    "Liaoning",
    "Jilin",
    "Heilongjiang",
    "Shandong",
    "Henan",
    "Shaanxi",
    "Gansu",
    "Qinghai",
    "Ningxia",
    "Xinjiang",
]
GROUPS = {
    "sides": {"a": {"side": "north"}, "b": {"side": "south"}},
    "hu": {
        "a": {"side": "southeast_of_hu"},
        "b": {"provinces": ["Tibet", "Xinjiang", "Qinghai", "Gansu", "Ningxia", "Inner Mongolia"]},
    },
    "periods": {
        "a": {"years": [2011, 2016]},
        "b": {"years": [2017, 2019]},
        "c": {"years": [2020, 2023]},
    },
    "lever": {"a": {"high": ["p1"]}, "b": {"low": ["p1"]}},
}


@pytest.mark.parametrize("name", GROUPS)
def test_groups_of_every_kind(demo_panel, study, estimated, name):
    spec = Heterogeneity.model_validate(
        {
            "kind": "heterogeneity",
            "title": TEXT,
            "groups": GROUPS[name],
            "draws": 499,
            "labels": dict.fromkeys(GROUPS[name], TEXT),
            "minimum_provinces": 6,
        }
    )
    columns = estimated(f"tables/{name}", spec)
    tests = next(
        n.values for n in estimated.results[f"tables/{name}"].notes if n.code == "equality"
    )
    assert (tests["permutation_p"] is None) == (tests["wald"] is None) == (name == "periods")
    assert tests["p"] == (tests["bootstrap_p"] if name == "periods" else tests["permutation_p"])
    assert sum(c.statistics["n"] for c in columns.values()) == len(demo_panel.frame)
    a, b = columns["a"], columns["b"]
    assert b.statistics["difference"] == pytest.approx(
        b.terms[0].estimate - a.terms[0].estimate, rel=1e-8
    )
    if name == "sides":
        names = demo_panel.frame.loc[[p.code for p in PROVINCES if p.en in NORTHERN]]
        same(a.term("nqp"), *regression(names, "uri", ["nqp", *study.spec.roles.controls]), 0)
    if name == "lever":  # high is above the median of province means: one province fewer of 31
        assert (a.statistics["provinces"], b.statistics["provinces"]) == (15, 16)
        means = demo_panel.frame["p1"].groupby(level="province").mean()
        rows = demo_panel.frame.loc[means.index[means > means.median()]]
        same(a.term("nqp"), *regression(rows, "uri", ["nqp", *study.spec.roles.controls]), 0)


@pytest.mark.parametrize("variable", ["p1", "c3"])
def test_halves_say_when_their_variable_is_measured(study, estimated, variable):
    spec = Heterogeneity.model_validate(
        {
            "kind": "heterogeneity",
            "title": TEXT,
            "groups": {"a": {"high": [variable]}, "b": {"low": [variable]}},
            "draws": 99,
            "labels": {"a": TEXT, "b": TEXT},
            "minimum_provinces": 6,
        }
    )
    estimated(f"tables/halves_{variable}", spec)
    (note,) = (
        n for n in estimated.results[f"tables/halves_{variable}"].notes if n.code == "halves"
    )
    text, chinese = note_text(note, "en", study), note_text(note, "zh", study)
    fixed = study.levers[variable].timing == "base_year"
    assert ("of the base year 2011" in text, "read with care" in text) == (fixed, not fixed)
    assert ("2011年的值" in chinese, "宜谨慎解读" in chinese) == (fixed, not fixed)


def test_pieces_of_a_threshold_set_are_runs_of_candidates_below_the_critical_value(
    study, demo_panel, estimated
):
    spec = Threshold(
        kind="threshold", title=TEXT, levers=["c3", "p1", "p4"], thresholds=1, draws=99
    )
    estimated("tables/pieces", spec)
    result = estimated.results["tables/pieces"]
    (note,) = (n for n in result.notes if n.code == "threshold")
    figure = LikelihoodRatioFigure(kind="likelihood_ratio", title=TEXT, table="pieces")
    drawn = replace(study, tables={**study.tables, "tables/pieces": spec})
    wanted = []
    for column in curves(drawn, demo_panel, "figures/x", figure).columns:
        critical = column.term("critical").estimate
        below = [t.estimate <= critical for t in column.terms if t.role == "ratio"]
        if (runs := sum(1 for inside, _ in groupby(below) if inside)) > 1:
            wanted.append([column.key.split("/")[0], 0, runs])
    assert wanted and note.values["pieces"] == wanted
    said = Note("threshold", note.values | {"pieces": [["p4", 0, 3]]})
    assert "The set of P4 is in 3 pieces, of which the outer ends are printed." in note_text(
        said, "en", study
    )
    assert "P4的置信集由3段组成，表中为其最外两端。" in note_text(said, "zh", study)
    record = result.provenance
    assert record["draws_used"] + record["draws_dropped"] == record["draws_asked"] == 99


def test_the_theory_prints_no_errors_and_says_so(study, estimated):
    estimated("tables/22_theory")
    notes = {n.code: n for n in estimated.results["tables/22_theory"].notes}
    assert note_text(notes["crv1"], "en", study).startswith(
        "Standard errors are clustered by province (CRV1, G = 31"
    )
    assert note_text(notes["crv1"], "zh", study).startswith("标准误聚类到省份（CRV1")
    assert "bootstrap's" not in note_text(notes["bootstrap"], "en", study)
    assert "自助法标准误" not in note_text(notes["bootstrap"], "zh", study)


def test_the_location_of_the_quantiles_is_the_baseline(estimated, study):
    spec = study.tables["tables/17_quantiles"].model_copy(update={"draws": 99})
    location, *_ = estimated("tables/quantiles", spec).values()
    baseline = list(estimated("tables/02_baseline").values())[-1].term("nqp").estimate
    assert location.term("treatment").estimate == pytest.approx(baseline, rel=1e-9)
