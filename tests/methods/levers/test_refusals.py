"""Levers that a study or its panel cannot test: what is refused alike by all tables of levers."""

import re
from dataclasses import replace

import numpy as np
import pytest

from pipeline.methods.levers.levers.spec import LeversTable
from pipeline.methods.levers.marginal_effects.spec import MarginalFigure
from pipeline.methods.levers.moderated_mediation.spec import ModeratedMediationTable
from pipeline.methods.levers.moderation.spec import ModerationTable
from pipeline.methods.levers.power.spec import PowerTable
from pipeline.methods.levers.scenario.spec import ScenarioTable
from pipeline.methods.levers.threshold.spec import ThresholdTable
from pipeline.methods.reads import columns as reads_of
from pipeline.methods.run import estimate
from pipeline.models.moderated import moderate
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.study.choices import ModelChoice, Sample
from pipeline.study.closed import Text
from tests.methods.estimated import TITLE

NAME = "tables/98_x"
MOVES = [{"variable": "p1"}, {"variable": "p2"}]
PAIRS = [["p1", "services"], ["p2", "information"]]
ONE = {
    "moderation": ModerationTable(kind="moderation", title=TITLE, levers=["p1", "p2"]),
    "threshold": ThresholdTable(kind="threshold", title=TITLE, levers=["p1", "p2"], draws=99),
    "power": PowerTable(kind="power", title=TITLE, levers=["p1", "p2"], draws=99),
    "scenario": ScenarioTable.model_validate({"kind": "scenario", "title": TITLE, "moves": MOVES}),
    "pairs": ModeratedMediationTable(kind="moderated_mediation", title=TITLE, pairs=PAIRS),
    "marginal": MarginalFigure(kind="marginal_effects", title=TITLE, levers=["p1", "p2"]),
}
ALL = {**ONE, "levers": LeversTable(kind="levers", title=TITLE, draws=99)}
# Kinds with a key `levers`.
NAMED = ("moderation", "threshold", "power", "marginal")


def refused(study, panel, spec):
    with pytest.raises(Rejected) as raised:
        estimate(study, panel, NAME, spec)
    return raised.value.findings


@pytest.mark.parametrize("kind", ONE)
def test_a_lever_mostly_missing_is_refused_with_its_share(study, without_cells, kind):
    (found,) = refused(study, without_cells("p2", 0.4), ONE[kind])
    assert found.code == "lever" and found.where.variable == "p2" and "98_x" in found.where.file
    assert found.found == "missing in 149 of 372 province-years (40%)"
    assert "a third" in found.expected and "narrow the sample" in found.remedy


def test_a_third_missing_is_the_most_that_is_let_through(study, without_cells):
    def task(share):
        return Task(study, without_cells("p2", share), NAME, ONE["moderation"])

    assert moderate(task(1 / 3), task(0).model(), "p2")
    with pytest.raises(Rejected, match="missing in 125 of 372"):
        moderate(task(125 / 372), task(0).model(), "p2")


def test_a_narrower_sample_may_hold_a_lever_that_the_panel_lacks(study, changed):
    """The remedy that the refusal names."""
    panel = changed(p2=lambda f: f["p2"].where(f.index.get_level_values("year") > 2016))
    assert refused(study, panel, ONE["moderation"])
    late = ModelChoice(sample=Sample(years=[2017, 2023]))
    spec = ONE["moderation"].model_copy(update={"model": late})
    assert estimate(study, panel, NAME, spec).columns[1].rows.observations == 7 * 31


@pytest.mark.parametrize("kind", ONE)
def test_a_constant_lever_is_refused_with_its_value(study, changed, kind):
    (found,) = refused(study, changed(p2=lambda _: 5.0), ONE[kind])
    assert found.code == "lever-constant" and found.where.variable == "p2"
    assert "the same value (5)" in found.found


@pytest.mark.parametrize("kind", ["moderation", "threshold", "power", "pairs", "marginal"])
def test_a_lever_that_only_the_years_move_is_refused_by_name(study, changed, kind):
    panel = changed(p2=lambda f: f.index.get_level_values("year").astype(float))
    (found,) = refused(study, panel, ONE[kind])
    assert found.where.variable == "p2"


def test_a_sample_of_five_provinces_has_too_few_signs_for_a_test(study, demo_panel):
    five = Sample(provinces=["Beijing", "Tianjin", "Hebei", "Shanxi", "Shanghai"])
    few = ONE["moderation"].model_copy(update={"model": ModelChoice(sample=five)})
    (found, *_) = refused(study, demo_panel, few)
    assert "5 provinces" in found.found and "at least 8" in found.expected


def test_a_lever_that_is_a_control_of_the_table_is_refused(study, demo_panel):
    spec = ONE["moderation"].model_copy(update={"levers": ["openness"]})
    (found,) = refused(study, demo_panel, spec)
    assert found.where.variable == "openness" and "another variable" in found.found


def test_a_lever_of_the_base_year_is_allowed_and_its_own_effect_absorbed(study, demo_panel):
    assert study.levers["c3"].timing == "base_year"
    assert (demo_panel.frame["c3"].groupby(level="province").nunique() == 1).all()
    spec = ONE["moderation"].model_copy(update={"levers": ["c3", "p1"]})
    fixed, moving = estimate(study, demo_panel, NAME, spec).columns
    assert fixed.own is None and fixed.interaction.value != 0 and moving.own is not None


def test_a_threshold_without_room_says_what_the_best_split_leaves(study, demo_panel):
    """A lever of the base year splits 31 provinces into 15 and 16 at best."""
    update = {"levers": ["c3"], "minimum_provinces": 16}
    (found,) = refused(study, demo_panel, ONE["threshold"].model_copy(update=update))
    assert found.code == "threshold" and found.where.variable == "c3"
    left = {int(n) for n in re.search(r"leaves (\d+) and (\d+)$", found.found).groups()}
    assert left == {15, 16} and "at least 16 provinces" in found.found
    assert "minimum_provinces" in found.remedy


def scenario(*moves, **keys):
    keys = {"kind": "scenario", "title": TITLE, "moves": list(moves), **keys}
    return ScenarioTable.model_validate(keys)


def test_a_target_that_everybody_has_reached_is_refused(study, demo_panel):
    (found,) = refused(study, demo_panel, scenario({"variable": "p1", "target": 0.0}))
    assert found.where.variable == "p1" and "no province behind 0 in 2023" in found.found


def test_a_scenario_of_a_lever_that_never_varies_is_refused(study, demo_panel):
    """Its own effect is in the province effects: the gain would depend on the treatment's zero."""
    (found,) = refused(study, demo_panel, scenario({"variable": "c1"}))
    assert found.where.variable == "c1" and "does not vary over time" in found.found


def test_a_scenario_of_a_year_that_the_sample_leaves_out_is_refused(study, demo_panel):
    early = {"sample": {"years": [2011, 2018]}}
    (found,) = refused(study, demo_panel, scenario({"variable": "p1"}, year=2020, model=early))
    assert "no rows of 2020" in found.found


@pytest.mark.parametrize("kind", ALL)
def test_an_outcome_that_does_not_vary_is_refused(study, changed, kind):
    level = changed(uri=lambda f: f["uri"].groupby(level="province").transform("first"))
    codes = {(f.code, f.where.variable) for f in refused(study, level, ALL[kind])}
    assert codes == {("outcome-constant", "uri")}


@pytest.mark.parametrize("kind", ALL)
def test_a_perfect_fit_is_refused(study, changed, kind):
    exact = changed(uri=lambda f: 0.4 * f["nqp"] - 0.1 * f["openness"])
    codes = {(f.code, f.where.variable) for f in refused(study, exact, ALL[kind])}
    assert codes == {("perfect-fit", "uri")}


@pytest.mark.parametrize("kind", ALL)
def test_a_treatment_that_only_the_years_move_is_refused_by_name(study, changed, kind):
    years = changed(nqp=lambda f: f.index.get_level_values("year").astype(float) ** 2)
    codes = {(f.code, f.where.variable) for f in refused(study, years, ALL[kind])}
    assert codes == {("collinear", "nqp")}


def codes(study, spec):
    return [f.code for f in spec.problems(study, "x.toml", True)]


@pytest.mark.parametrize("kind", ["moderation", "power"])
def test_a_table_of_levers_of_which_none_has_a_proxy_is_refused(study, kind):
    bare = {"variable": None, "source": None, "untestable": Text(**TITLE)}
    levers = {key: lever.model_copy(update=bare) for key, lever in study.levers.items()}
    every = ONE[kind].model_copy(update={"levers": None})
    assert codes(replace(study, levers=levers), every) == ["lever-untestable"]
    assert codes(study, every) == [] == codes(study, ONE[kind])


@pytest.mark.parametrize("kind", NAMED)
def test_levers_stand_once_exist_and_play_no_other_part(study, kind):
    def with_levers(*levers):
        return codes(study, ONE[kind].model_copy(update={"levers": [*levers]}))

    assert with_levers("p1", "p1") == ["lever-twice"]
    assert with_levers("p1", "p9") == ["unknown-lever"]
    assert with_levers("nqp") == with_levers("efficiency") == ["lever-is-role"]


@pytest.mark.parametrize("kind", ALL)
def test_a_spec_declares_what_it_reads(study, demo_panel, kind):
    """The estimator sees no other column of the panel, and misses none."""
    spec = ALL[kind]
    own = {"nqp", "uri", *study.spec.roles.controls, "p1", "p2"}
    assert own <= spec.uses(study)
    unread = set(study.variables) - {*reads_of(study, spec)}
    blank = demo_panel.frame.assign(**dict.fromkeys(unread, np.nan))
    first = estimate(study, demo_panel, NAME, spec)
    assert estimate(study, replace(demo_panel, frame=blank), NAME, spec) == first


@pytest.mark.parametrize(
    ("of", "code", "named"), [("uri", "perfect-fit", "uri"), ("nqp", "collinear", "services")]
)
def test_power_refuses_a_mediator_that_is_the_outcome_or_the_treatment(
    study, demo_panel, of, code, named
):
    same = replace(demo_panel, frame=demo_panel.frame.assign(services=demo_panel.frame[of]))
    spec = PowerTable(kind="power", title=TITLE, levers=["p1"], mediators=["services"], draws=99)
    assert [(f.code, f.where.variable) for f in refused(study, same, spec)] == [(code, named)]
