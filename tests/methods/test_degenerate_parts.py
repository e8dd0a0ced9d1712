"""Every kind of table and figure on panels of which one part is degenerate: refused alike, by code
and variable, or right."""

import numpy as np
import pytest

from pipeline.methods.discover import by_kind
from pipeline.methods.shown import Shown
from tests.methods.degenerate import alone, drawn, first_of, numbers
from tests.methods.estimated import say_in, table_of, words_of

# Kinds that make treatment and outcome anew from their indicators.
REBUILT = {"look_ahead", "spurious", "overlap"}
# Kinds with a model of the study's outcome on its treatment; one has other outcomes.
OUTCOME = {
    "regression",
    "mediation",
    "heterogeneity",
    "parallel",
    "chain",
    "sensitivity",
    "few_clusters",
    "index_uncertainty",
    "moderation",
    "moderated_mediation",
    "quantiles",
    "threshold",
    "scenario",
    "levers",
    "power",
    "theory",
    "alternatives",
    "random_effects",
    "recovery",
    "specification_curve",
    "rho",
    "marginal_effects",
}
TREATMENT = OUTCOME | {"multiple_tests"}
# Kinds whose mechanisms hold `services`, and whose levers hold `p1`.
MEDIATOR = {
    "mediation",
    "parallel",
    "sensitivity",
    "index_uncertainty",
    "moderated_mediation",
    "scenario",
    "levers",
    "power",
    "theory",
    "recovery",
    "rho",
}
LEVER = {"threshold", "scenario", "power", "marginal_effects"}
# What kinds without a model refuse of a variable that is everywhere the same.
FLAT = {"moran", "density", "tilemap", "outcome-constant"}


def near(frame):
    """A control that another one equals but for a ten-millionth."""
    noise = np.random.default_rng(0).normal(size=len(frame))
    return frame["openness"] * (1 + 1e-7 * noise)


# Panel -> the column replaced, what by, the kinds that refuse it, the code and variable they name.
PANELS = {
    "outcome constant": ("uri", lambda f: 1.5, OUTCOME, ("outcome-constant", "uri")),
    "outcome constant within units": (
        "uri",
        lambda f: first_of(f, "uri"),
        OUTCOME,
        ("outcome-constant", "uri"),
    ),
    "outcome equal to treatment": (
        "uri",
        lambda f: 3 * f["nqp"] + 1,
        OUTCOME,
        ("perfect-fit", "uri"),
    ),
    "treatment constant": ("nqp", lambda f: 0.3, TREATMENT, ("collinear", "nqp")),
    "treatment constant within units": (
        "nqp",
        lambda f: first_of(f, "nqp"),
        TREATMENT,
        ("collinear", "nqp"),
    ),
    "mediator constant": ("services", lambda f: 4.0, MEDIATOR, ("collinear", "services")),
    "mediator equal to treatment": (
        "services",
        lambda f: 2 * f["nqp"] - 5,
        MEDIATOR,
        ("collinear", "services"),
    ),
    "mediator equal to outcome": (
        "services",
        lambda f: 7 * f["uri"],
        MEDIATOR,
        ("perfect-fit", "uri"),
    ),
    "lever equal to treatment": ("p1", lambda f: 2 * f["nqp"] - 5, LEVER, ("collinear", "p1")),
    "lever equal to outcome": ("p1", lambda f: 2 * f["uri"], LEVER, ("perfect-fit", "uri")),
    "lever constant": ("p1", lambda f: 4.0, LEVER, ("lever-constant", "p1")),
    "controls nearly equal": (
        "government",
        near,
        TREATMENT - {"specification_curve"},
        ("collinear", "government"),
    ),
}


@pytest.mark.parametrize("panel", PANELS)
def test_a_degenerate_part_is_refused_alike(bench, panel):
    """By every kind that rests on it; the others give finite numbers, or refuse what is flat."""
    column, make, refusing, told = PANELS[panel]
    values = make(bench.panel.frame)
    for kind in bench.specs:
        if not bench.uses(kind, column):
            continue
        found = bench.run(kind, **{column: values})
        if kind in refusing:
            assert isinstance(found, list), f"{kind} is not refused"
            assert told in {(f.code, f.where.variable) for f in found}, kind
        elif isinstance(found, list):
            assert {f.code for f in found} <= FLAT | {told[0], "perfect-fit"}, kind
        else:
            assert not [place for place, x in numbers(found) if np.isnan(x)], kind


def test_equal_parts_are_told_with_both_names(bench):
    for column, make, said in (
        ("government", near, "equal to `openness`"),
        ("services", lambda f: -f["nqp"], "equal to `nqp`"),
        ("uri", lambda f: 1e9 * f["nqp"], "equal to `nqp`"),
    ):
        found = bench.run("rho", **{column: make(bench.panel.frame)})
        assert [f.where.variable for f in found] == [column] and said in found[0].found


# Kinds that draw whole units.
DRAWN = {
    "mediation",
    "parallel",
    "chain",
    "sensitivity",
    "index_uncertainty",
    "moderation",
    "moderated_mediation",
    "quantiles",
    "threshold",
    "scenario",
    "theory",
    "recovery",
    "rho",
    "marginal_effects",
}
# What levers and groups refuse of few units, or of a treatment that does not move in a group.
TOO_FEW = {"lever", "group-too-small", "sample-too-small", "collinear", "perfect-fit"}


def silent(found):
    """Whether a result makes no interval of its draws, and says why."""
    ends = [end for i in drawn(found) for end in (i.low, i.high)]
    return found.draws.withheld is not None and set(ends) <= {None}


SAID = {"en": "One province alone carries", "zh": "变动仅来自一个省份"}


def told(bench, kind, found, language):
    """The notes of a result's table, or the key of its figure."""
    name, spec = bench.specs[kind]
    if name.startswith("tables/"):
        return words_of(table_of(bench.study, found, spec, language))
    say = say_in(bench.study, spec, language)
    picture = by_kind()[kind].function("figure")(Shown(found, {}), spec, say)
    return picture.get_supxlabel().replace("\n", " " if language == "en" else "")


@pytest.mark.parametrize("kind", sorted(DRAWN))
def test_a_treatment_that_one_unit_carries_has_no_interval(bench, kind):
    found = bench.run(kind, nqp=alone(bench.panel.frame, "nqp"))
    if isinstance(found, list):
        assert {f.code for f in found} <= TOO_FEW
        return
    assert found.draws.withheld == "carrier" and silent(found)
    for language, said in SAID.items():
        assert said in told(bench, kind, found, language)


def test_a_sample_of_which_no_unit_can_be_left_out_is_refused(bench):
    frame = bench.panel.frame
    codes = sorted(frame.index.get_level_values("province").unique())[5:8]
    here = frame.index.get_level_values("province").isin(codes)
    early = frame.index.get_level_values("year") < frame.index.get_level_values("year").min() + 4
    found = bench.run("few_clusters", uri=frame["uri"].where(here & early))
    assert {f.code for f in found} <= {"few-clusters", "perfect-fit", "sample-too-small"}
    assert any("can be left out" in f.found for f in found)


@pytest.mark.parametrize("units", [3, 4, 5])
def test_three_to_five_units_have_no_interval(bench, units):
    frame = bench.panel.frame
    codes = sorted(frame.index.get_level_values("province").unique())[5 : 5 + units]
    some = frame["uri"].where(frame.index.get_level_values("province").isin(codes))
    for kind in sorted(DRAWN | {"few_clusters", "regression", "random_effects", "multiple_tests"}):
        found = bench.run(kind, uri=some)
        if isinstance(found, list):
            known = TOO_FEW | {"collapsed-draws", "quantiles", "random-effects"}
            assert {f.code for f in found} <= known, (kind, found)
        elif kind in DRAWN:
            assert silent(found), kind
        assert isinstance(found, list) or not [p for p, x in numbers(found) if np.isnan(x)], kind
