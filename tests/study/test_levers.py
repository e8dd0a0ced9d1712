"""Levers that a study or its panel cannot test: what is refused, what is said, and what is let through."""

import re
from dataclasses import replace

import numpy as np
import pytest

from pipeline.estimate.run import ESTIMATORS as ESTIMATE
from pipeline.mechanisms.levers.moderated import moderate
from pipeline.mechanisms.levers.summary import verdict
from pipeline.mechanisms.run import ESTIMATORS as MECHANISMS
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import Panel
from pipeline.study.check_levers import check_lever_table
from pipeline.study.kinds import (
    Heterogeneity,
    Levers,
    ModelChoice,
    Moderation,
    Power,
    Sample,
    Scenario,
    Threshold,
)
from pipeline.study.model import resolve
from pipeline.study.sample import select
from pipeline.study.schema import Text

TEXT = {"en": "x", "zh": "x"}
ONE = {
    "moderation": Moderation(kind="moderation", title=TEXT, levers=["p1", "p2"]),
    "threshold": Threshold(kind="threshold", title=TEXT, levers=["p1", "p2"], draws=99),
    "power": Power(kind="power", title=TEXT, levers=["p1", "p2"], draws=99),
    "scenario": Scenario.model_validate(
        {"kind": "scenario", "title": TEXT, "moves": [{"variable": "p1"}, {"variable": "p2"}]}
    ),
}
TWELVE = Levers(kind="levers", title=TEXT, draws=199)


@pytest.fixture(scope="module")
def study(demo):
    few = demo.spec.bootstrap.model_copy(update={"draws": 99})
    return replace(demo, spec=demo.spec.model_copy(update={"bootstrap": few}))


def changed(panel, **columns):
    """The panel with columns replaced by what functions make of the frame."""
    frame = panel.frame.copy()
    for name, make in columns.items():
        frame[name] = make(frame)
    return Panel(frame, panel.weights, panel.filled, panel.notes)


def without_cells(panel, lever, share):
    """The panel without that share of the cells that the lever has."""

    def make(frame):
        values = frame[lever].copy()
        there = np.flatnonzero(values.notna())
        lost = np.random.default_rng(0).choice(there, round(share * len(there)), replace=False)
        values.iloc[lost] = np.nan
        return values

    return changed(panel, **{lever: make})


def run(study, panel, spec):
    return {**ESTIMATE, **MECHANISMS}[spec.kind](study, panel, "tables/98_x", spec)


def refused(study, panel, spec):
    with pytest.raises(Rejected) as raised:
        run(study, panel, spec)
    return raised.value.findings


def test_levers_are_measured_when_they_say(demo, demo_panel):
    frame = demo_panel.frame
    for key, lever in demo.levers.items():
        proxy, found = (frame[n].unstack("year").to_numpy() for n in (lever.variable, key))
        wanted = {
            "base_year": np.repeat(proxy[:, :1], 13, axis=1),
            "current": proxy,
            "lag": np.column_stack([np.full(31, np.nan), proxy[:, :-1]]),
        }
        np.testing.assert_array_equal(found, wanted[lever.timing])
    assert {lever.timing for lever in demo.levers.values()} >= {"base_year", "lag"}


def test_a_lever_that_nobody_declares_is_missed_where_all_twelve_are_shown(workspace):
    path = workspace.specs / "levers.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"\[c4\].*?(?=\[c5\])", "", text, flags=re.DOTALL), encoding="utf-8")
    status, message = workspace.run("check")
    assert status == 1
    for said in ("lever-missing", "no c4", "tables/20_levers", "untestable"):
        assert said in message


def test_a_study_needs_no_levers_unless_a_table_names_them(workspace):
    (workspace.specs / "levers.toml").unlink()
    status, message = workspace.run("check")
    assert status == 1 and "levers-missing" in message and "tables/20_levers" in message
    for path in [*workspace.specs.glob("tables/*.toml"), *workspace.specs.glob("figures/*.toml")]:
        text = path.read_text(encoding="utf-8")
        if re.search(
            r'"[cp]\d"|kind = "(levers|power|lever_forest|theory_diagram|scenario_map|likelihood_ratio)"',
            text,
        ):
            path.unlink()
    assert workspace.run("check") == (0, "")


def test_effects_in_any_order_are_both(workspace):
    workspace.edit(
        "specs/demo/tables/21_power.toml",
        'kind = "power"',
        'kind = "power"\nmodel = { effects = ["year", "province"] }',
    )
    assert workspace.run("check") == (0, "")


@pytest.mark.parametrize("kind", ["moderation", "power"])
def test_a_table_of_levers_of_which_none_has_a_proxy_is_refused(study, kind):
    bare = {"variable": None, "source": None, "untestable": Text(**TEXT)}
    none = replace(
        study, levers={k: lever.model_copy(update=bare) for k, lever in study.levers.items()}
    )
    table = ONE[kind].model_copy(update={"levers": None})
    assert [f.code for f in check_lever_table(none, "x.toml", table, True)] == ["lever-untestable"]
    assert not list(check_lever_table(study, "x.toml", table, True))


@pytest.mark.parametrize("kind", ONE)
def test_a_lever_mostly_missing_is_refused_with_its_share(study, demo_panel, kind):
    (found,) = refused(study, without_cells(demo_panel, "p2", 0.4), ONE[kind])
    assert found.code == "lever" and found.where.variable == "p2" and "98_x" in found.where.file
    assert (
        found.found == "missing in 149 of 372 province-years (40%)" and "a third" in found.expected
    )


def test_a_third_missing_is_the_most_that_is_let_through(study, demo_panel):
    model = resolve(study, ModelChoice())
    assert moderate(study, without_cells(demo_panel, "p2", 1 / 3), "tables/98_x", model, "p2")
    with pytest.raises(Rejected, match="missing in 125 of 372"):
        moderate(study, without_cells(demo_panel, "p2", 125 / 372), "tables/98_x", model, "p2")


def test_a_narrower_sample_may_hold_a_lever_that_the_panel_lacks(study, demo_panel):
    """The remedy that the refusal names."""
    panel = changed(demo_panel, p2=lambda f: f["p2"].where(f.index.get_level_values("year") > 2016))
    (found,) = refused(study, panel, ONE["moderation"])
    assert "narrow the sample" in found.remedy
    late = ModelChoice(sample=Sample(years=[2017, 2023]))
    columns = {
        c.key: c
        for c in run(study, panel, ONE["moderation"].model_copy(update={"model": late})).columns
    }
    assert columns["p2"].statistics["n"] == 7 * 31
    twelve = {
        c.key: c for c in run(study, panel, TWELVE.model_copy(update={"model": late})).columns
    }
    assert twelve["p2"].statistics["verdict"] != "untestable"


def test_the_twelve_rows_say_why_a_lever_was_not_tested(study, demo_panel):
    declared = study.levers | {
        "c2": study.levers["c2"].model_copy(
            update={"variable": None, "source": None, "untestable": Text(**TEXT)}
        )
    }
    columns = {
        c.key: c
        for c in run(
            replace(study, levers=declared), without_cells(demo_panel, "p2", 0.4), TWELVE
        ).columns
    }
    assert len(columns) == 12
    assert (
        columns["p2"].statistics == {"verdict": "untestable", "reason": "149/372"}
        and not columns["p2"].terms
    )
    assert columns["c2"].statistics == {"verdict": "untestable", "reason": "declared"}
    assert all(
        c.statistics["verdict"] != "untestable" for k, c in columns.items() if k not in ("p2", "c2")
    )


def test_an_untested_lever_costs_the_others_nothing(study, demo_panel):
    """Fewer tests, so adjusted p-values are no larger; the single ones are the same draws."""
    whole = {c.key: c for c in run(study, demo_panel, TWELVE).columns}
    fewer = {c.key: c for c in run(study, without_cells(demo_panel, "p2", 0.4), TWELVE).columns}
    for key in whole.keys() - {"p2"}:
        assert fewer[key].term("wcr31_p") == whole[key].term("wcr31_p")
        assert fewer[key].term("adjusted_p").estimate <= whole[key].term("adjusted_p").estimate


@pytest.mark.parametrize("kind", ONE)
def test_a_constant_lever_is_refused_with_its_value(study, demo_panel, kind):
    (found,) = refused(study, changed(demo_panel, p2=lambda _: 5.0), ONE[kind])
    assert (
        found.code == "lever-constant"
        and found.where.variable == "p2"
        and "the same value (5)" in found.found
    )


def test_one_lever_without_variation_costs_its_own_row_alone(study, demo_panel):
    for reason, values in (
        ("lever-constant", lambda _: 5.0),
        ("collinear", lambda f: f.index.get_level_values("year").astype(float)),
    ):
        columns = {c.key: c for c in run(study, changed(demo_panel, p2=values), TWELVE).columns}
        assert columns["p2"].statistics == {"verdict": "untestable", "reason": reason}
        assert sum(c.statistics["verdict"] == "untestable" for c in columns.values()) == 1


def test_twelve_rows_without_a_testable_lever_say_so(study, demo_panel):
    bare = {"variable": None, "source": None, "untestable": Text(**TEXT)}
    none = replace(
        study, levers={k: lever.model_copy(update=bare) for k, lever in study.levers.items()}
    )
    assert all(
        c.statistics["verdict"] == "untestable" for c in run(none, demo_panel, TWELVE).columns
    )


def test_a_sample_of_five_provinces_has_too_few_signs_for_a_test(study, demo_panel):
    few = ModelChoice(
        sample=Sample(provinces=["Beijing", "Tianjin", "Hebei", "Shanxi", "Shanghai"])
    )
    (found, *_) = refused(study, demo_panel, ONE["moderation"].model_copy(update={"model": few}))
    assert "5 provinces" in found.found and "at least 8" in found.expected


@pytest.mark.parametrize(
    ("change", "p", "effect", "effect_p", "wanted"),
    [
        (0.1, 0.2, 0.3, 0.0, "none"),
        (0.1, 0.01, 0.3, 0.01, "strengthens"),
        (-0.1, 0.01, 0.3, 0.01, "weakens"),
        (-0.1, 0.01, -0.3, 0.01, "strengthens"),
        (-0.1, 0.01, -0.3, 0.4, "lowers"),
        (0.1, 0.01, -0.3, 0.4, "raises"),
    ],
)
def test_a_verdict_goes_by_the_direction_of_the_effect_where_there_is_one(
    change, p, effect, effect_p, wanted
):
    assert verdict(change, p, effect, effect_p) == wanted


@pytest.mark.parametrize("kind", ["moderation", "threshold", "power"])
def test_a_lever_that_only_the_years_move_is_refused_by_name(study, demo_panel, kind):
    panel = changed(demo_panel, p2=lambda f: f.index.get_level_values("year").astype(float))
    (found,) = refused(study, panel, ONE[kind])
    assert found.where.variable == "p2"


def test_a_lever_of_the_base_year_is_allowed_and_its_own_effect_absorbed(study, demo_panel):
    assert study.levers["c3"].timing == "base_year"
    assert (demo_panel.frame["c3"].groupby(level="province").nunique() == 1).all()
    spec = Moderation(kind="moderation", title=TEXT, levers=["c3", "p1"])
    fixed, moving = run(study, demo_panel, spec).columns
    assert (fixed.term("lever").role, fixed.term("lever").estimate) == ("absorbed", None)
    assert (moving.term("lever").role, fixed.term("interaction").estimate != 0) == (
        "estimate",
        True,
    )
    rows = {c.key: c.statistics["absorbed"] for c in run(study, demo_panel, TWELVE).columns}
    assert rows == {k: lever.timing == "base_year" for k, lever in study.levers.items()}


def test_a_lever_that_is_a_control_of_the_table_is_refused(study, demo_panel):
    (found,) = refused(
        study, demo_panel, ONE["moderation"].model_copy(update={"levers": ["openness"]})
    )
    assert found.where.variable == "openness" and "another variable" in found.found


def test_halves_are_of_the_provinces_that_the_sample_leaves(demo_panel):
    """Xinjiang without a value is in neither half; the median is that of western provinces in the years asked for."""
    xinjiang = 650000
    panel = changed(
        demo_panel, p1=lambda f: f["p1"].where(f.index.get_level_values("province") != xinjiang)
    )
    west = {"regions": ["west"], "years": [2015, 2020]}
    rows = {
        k: select(panel.frame, Sample.model_validate(west | {k: ["p1"]}), ["uri"], "x")
        for k in ("high", "low")
    }
    high, low = (set(r.index.get_level_values("province")) for r in rows.values())
    whole = select(panel.frame, Sample.model_validate(west), ["uri"], "x")
    means = panel.frame.loc[whole.index, "p1"].groupby(level="province").mean()
    assert means.isna().sum() == 1 and xinjiang in means.index[means.isna()]
    assert high == set(means.index[means > means.median()]) and low == set(
        means.index[means <= means.median()]
    )
    assert (len(high), len(low)) == (5, 6)


def grouped(study, panel, a, b, **more):
    spec = {
        "kind": "heterogeneity",
        "title": TEXT,
        "groups": {"a": a, "b": b},
        "labels": {"a": TEXT, "b": TEXT},
    }
    return refused(study, panel, Heterogeneity.model_validate(spec | more))


def test_a_group_of_five_provinces_is_too_small(study, demo_panel):
    five = {"provinces": ["Beijing", "Tianjin", "Hebei", "Shanxi", "Jilin"]}
    (found,) = grouped(study, demo_panel, five, ["west"])
    assert (found.code, found.found, found.where.key) == (
        "group-too-small",
        "5 provinces",
        "groups.a",
    )
    assert "at least 6 (minimum_provinces)" in found.expected


def test_overlapping_groups_are_named(study, demo_panel):
    (found,) = grouped(study, demo_panel, {"side": "north"}, ["west"])
    assert (found.code, found.where.key) == ("group-overlap", "groups.b") and "`a`" in found.found
    (found,) = grouped(study, demo_panel, {"years": [2011, 2017]}, {"years": [2017, 2023]})
    assert found.code == "group-overlap"


def test_all_problems_of_groups_at_once(study, demo_panel):
    few = {"provinces": ["Sichuan", "Gansu", "Qinghai"]}
    assert [f.code for f in grouped(study, demo_panel, few, ["west"])] == [
        "group-too-small",
        "group-overlap",
    ]


def test_a_threshold_without_room_says_what_the_best_split_leaves(study, demo_panel):
    """A lever of the base year splits 31 provinces into 15 and 16 at best."""
    spec = Threshold(kind="threshold", title=TEXT, levers=["c3"], minimum_provinces=16, draws=99)
    (found,) = refused(study, demo_panel, spec)
    assert found.code == "threshold" and found.where.variable == "c3"
    left = {int(n) for n in re.search(r"leaves (\d+) and (\d+)$", found.found).groups()}
    assert (
        left == {15, 16}
        and "at least 16 provinces" in found.found
        and "minimum_provinces" in found.remedy
    )


def test_a_target_that_everybody_has_reached_is_refused(study, demo_panel):
    move = {"variable": "p1", "target": 0.0}
    spec = Scenario.model_validate({"kind": "scenario", "title": TEXT, "moves": [move]})
    (found,) = refused(study, demo_panel, spec)
    assert found.where.variable == "p1" and "no province behind 0 in 2023" in found.found


def test_a_scenario_of_a_lever_that_never_varies_is_refused(study, demo_panel):
    """Its own effect is in the province effects: the gain would depend on where the index has its zero."""
    spec = Scenario.model_validate(
        {"kind": "scenario", "title": TEXT, "moves": [{"variable": "c1"}]}
    )
    (found,) = refused(study, demo_panel, spec)
    assert found.where.variable == "c1" and "does not vary over time" in found.found
