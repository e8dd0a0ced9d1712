"""Input that every method of the chapter refuses, or bears, alike."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.methods.run import estimate
from pipeline.panel.finding import Rejected
from pipeline.results.result import plain


def of_kind(chapter, kind):
    return next((n, s) for n, s in chapter.items() if s.kind == kind)


# Kinds whose outcome is the study's.
OUTCOME = [
    "mediation",
    "parallel",
    "chain",
    "sensitivity",
    "rho",
    "few_clusters",
    "recovery",
    "specification_curve",
    "index_uncertainty",
]
TREATMENT = [*OUTCOME, "multiple_tests"]


def refused(demo, panel, chapter, kind):
    """Codes and variables of the findings that a spec is refused with."""
    name, spec = of_kind(chapter, kind)
    with pytest.raises(Rejected) as rejected:
        estimate(demo, panel, name, spec)
    return {(f.code, f.where.variable) for f in rejected.value.findings}


@pytest.mark.parametrize("kind", OUTCOME)
def test_an_outcome_that_does_not_vary_is_refused(demo, replaced, demo_panel, chapter, kind):
    level = demo_panel.frame["uri"].groupby(level="province").transform("first")
    findings = refused(demo, replaced(uri=level), chapter, kind)
    assert ("outcome-constant", "uri") in findings


@pytest.mark.parametrize("kind", OUTCOME)
def test_a_perfect_fit_is_refused(demo, replaced, demo_panel, chapter, kind):
    exact = 0.4 * demo_panel.frame["nqp"] - 0.1 * demo_panel.frame["openness"]
    findings = refused(demo, replaced(uri=exact), chapter, kind)
    assert ("perfect-fit", "uri") in findings


def test_one_outcome_of_many_that_is_fitted_perfectly_is_refused(
    demo, replaced, demo_panel, chapter
):
    exact = 2 * demo_panel.frame["nqp"]
    findings = refused(demo, replaced(services=exact), chapter, "multiple_tests")
    assert findings == {("perfect-fit", "services")}


@pytest.mark.parametrize("kind", TREATMENT)
def test_a_treatment_that_only_the_years_move_is_refused_by_name(
    demo, replaced, demo_panel, chapter, kind
):
    years = demo_panel.frame.index.get_level_values("year").astype(float) ** 2
    findings = refused(demo, replaced(nqp=years, nqp_equal=years), chapter, kind)
    assert ("collinear", "nqp") in findings


@pytest.mark.parametrize("kind", ["mediation", "parallel", "sensitivity", "rho", "recovery"])
def test_a_mediator_that_is_the_treatment_is_refused_by_name(
    demo, replaced, demo_panel, chapter, kind
):
    twice = replaced(efficiency=2 * demo_panel.frame["nqp"])
    assert ("collinear", "efficiency") in refused(demo, twice, chapter, kind)


def test_a_collinear_control_of_many_tests_is_told_once(demo, replaced, demo_panel, chapter):
    name, spec = of_kind(chapter, "multiple_tests")
    with pytest.raises(Rejected) as rejected:
        estimate(demo, replaced(government=3 * demo_panel.frame["openness"]), name, spec)
    assert [(f.code, f.where.variable) for f in rejected.value.findings] == [
        ("collinear", "government")
    ]


def test_controls_that_explain_each_other_cost_only_the_models_that_hold_both(
    demo, replaced, demo_panel, chapter
):
    name, spec = of_kind(chapter, "specification_curve")
    same = replaced(government=3 * demo_panel.frame["openness"])
    models = estimate(demo, same, name, spec).specifications
    assert len(models) == 36 * 6
    assert not any({"openness", "government"} <= set(m.controls) for m in models)


def numbers(value):
    """Every float of a result but of its facts."""
    if isinstance(value, dict):
        return [x for k, v in value.items() if k != "data" for x in numbers(v)]
    if isinstance(value, list):
        return [x for v in value for x in numbers(v)]
    return [value] if isinstance(value, float) else []


def test_a_control_far_from_zero_changes_nothing(demo, replaced, demo_panel, chapter):
    """A control of 1e8 and a noise of about one, in all methods of the chapter."""
    far = replaced(openness=demo_panel.frame["openness"] + 1e8)
    for name, spec in chapter.items():
        near = numbers(plain(estimate(demo, demo_panel, name, spec)))
        found = numbers(plain(estimate(demo, far, name, spec)))
        np.testing.assert_allclose(found, near, rtol=2e-6, atol=1e-8, err_msg=name)


def test_draws_beyond_the_declared_memory_are_refused(demo, demo_panel, chapter):
    bootstrap = demo.spec.bootstrap.model_copy(update={"draws": 10_000_000, "memory_mb": 64})
    study = replace(demo, spec=demo.spec.model_copy(update={"bootstrap": bootstrap}))
    with pytest.raises(Rejected, match="memory_mb = 64"):
        estimate(study, demo_panel, *of_kind(chapter, "mediation"))
