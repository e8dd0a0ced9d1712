"""What a linear model refuses, in whole sentences, and the facts of its fit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.models.gate import require_numbers, require_variation
from pipeline.models.linear import fit
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import Panel
from tests.models.small import MODEL, dummies, net, refused, small_frame, told


@pytest.fixture
def frame():
    return small_frame()


def test_facts_of_a_fit(frame):
    """R2 within: squares left of y net of the effects; R2: of y about its mean."""
    found = fit(Panel(frame), MODEL, "x", 0.95).fit
    y = frame["y"].to_numpy()
    left = net(frame, ["y"], ["x", "c"])[:, 0]
    own = net(frame, ["y"], [])[:, 0]
    assert found.r2_within == pytest.approx(1 - left @ left / (own @ own), rel=1e-9)
    about = y - y.mean()
    assert found.r2 == pytest.approx(1 - left @ left / (about @ about), rel=1e-9)
    assert found.outcome_mean == pytest.approx(y.mean())
    assert found.outcome_sd == pytest.approx(np.sqrt(about @ about / 39))


@pytest.mark.parametrize(("effects", "years"), [(["year"], 4), ([], 0), (["province"], 0)])
def test_errors_count_the_years_that_are_absorbed(frame, effects, years):
    """CRV1 with K = slopes + years absorbed + constant, by dummies."""
    found = fit(Panel(frame), replace(MODEL, effects=effects), "x", 0.95)
    absorbed = {
        "year": np.hstack([np.ones((40, 1)), dummies(frame)[:, 8:]]),
        "province": dummies(frame, time=False),
    }
    beside = absorbed[effects[0]] if effects else np.ones((40, 1))
    design = np.hstack([frame[["x", "c"]], beside])
    y = frame["y"].to_numpy()
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    scores = (design * (y - design @ beta)[:, None]).reshape(8, 5, -1).sum(axis=1)
    bread = np.linalg.inv(design.T @ design)
    factor = 8 / 7 * 39 / (40 - 2 - years - 1)
    errors = np.sqrt(np.diag(factor * bread @ scores.T @ scores @ bread))
    for k, name in enumerate(["x", "c"]):
        one = found.coefficients[name]
        assert (one.value, one.error) == pytest.approx((beta[k], errors[k]), rel=1e-9)
    if not effects:
        constant = found.constant
        assert (constant.value, constant.error) == pytest.approx((beta[2], errors[2]), rel=1e-9)
    assert (found.fit.r2_within is None) == (not effects)


def told_all(frame, model=MODEL):
    return [told(f) for f in refused(require_variation, frame, model, "specs/x.toml")]


def test_absorbed_and_combined_regressors(frame):
    frame["c"] = frame.groupby(level="year")["c"].transform("mean")
    frame["d"] = 3 * frame["x"] + frame["m"]
    assert told_all(frame, replace(MODEL, controls=["c", "m", "d"])) == [
        (
            "collinear",
            "x.toml",
            "c",
            "no variation left once the effects are absorbed",
            "variation of its own",
            "drop `c` from this model, or drop the effect",
        ),
        (
            "collinear",
            "x.toml",
            "d",
            "an exact combination of the variables before it and the effects",
            "variation of its own",
            "drop `d` from this model, or drop the effect",
        ),
    ]


def test_an_outcome_without_variation(frame):
    frame["y"] = frame.groupby(level="province")["y"].transform("first")
    assert told_all(frame) == [
        (
            "outcome-constant",
            "x.toml",
            "y",
            "no variation of the outcome left once the effects are absorbed",
            "an outcome that varies",
            "name another outcome, or drop the effect",
        )
    ]


def test_a_perfect_fit(frame):
    frame["y"] = frame["x"] - 2 * frame["c"]
    assert told_all(frame) == [
        (
            "perfect-fit",
            "x.toml",
            "y",
            "regressors and effects fit the outcome perfectly: there is no residual to test with",
            "residuals",
            "check whether the outcome is made of a regressor; drop that one",
        )
    ]
    frame["y"] += 1e-3 * frame["m"]
    require_variation(frame, MODEL, "x")


def test_rounding_of_a_constant_is_no_variation(frame):
    """A third added thrice and taken away again differs from itself in the last bit."""
    bits = np.where(np.arange(40) % 2, 0.1 + 0.2, 0.3)
    assert [t[2] for t in told_all(frame.assign(x=bits))] == ["x"]
    assert [t[0] for t in told_all(frame.assign(y=bits))] == ["outcome-constant"]
    require_variation(frame.assign(x=1 + 1e-9 * frame["x"]), MODEL, "x")
    require_variation(frame.assign(x=1e-200 * frame["x"]), MODEL, "x")


@pytest.mark.parametrize("distance", [0.0, 1e-7, 1e-6])
def test_a_part_that_equals_another_is_told_with_both_names(frame, distance):
    """Up to scale and offset, with or without what the effects take out."""
    near = -3e9 * (frame["c"] + distance * frame["m"]) + 5e9
    ((code, _, named, found, *_),) = told_all(
        frame.assign(near=near), replace(MODEL, controls=["c", "near"])
    )
    assert (code, named) == ("collinear", "near")
    assert found == "equal to `c` up to scale, offset and the effects"
    ((code, _, named, found, *_),) = told_all(frame.assign(y=2 - 4 * frame["x"]))
    assert (code, named) == ("perfect-fit", "y")
    assert found == (
        "equal to `x` up to scale, offset and the effects: there is no residual to test with"
    )


def numbers(values):
    """What is told of the numbers of one variable, or None."""
    try:
        require_numbers(pd.DataFrame({"v": values}), ["v"], "specs/x.toml")
    except Rejected as rejected:
        (finding,) = rejected.findings
        return told(finding)
    return None


@pytest.mark.parametrize("scale", [1e-300, 1e-40, 1e40, 1e300])
def test_numbers_that_cannot_be_squared_are_refused(frame, scale):
    code, _, named, found, expected, remedy = numbers(frame["x"] * scale)
    assert (code, named) == ("out-of-range", "v") and "vary by" in found
    assert expected == "numbers between 1e-30 and 1e+30"
    assert remedy == "give it in another unit of measurement"


@pytest.mark.parametrize("level", [1e10, 1e12, 1e13])
def test_a_variation_in_the_last_digits_is_refused(frame, level):
    code, _, _, found, _, remedy = numbers(frame["x"] + level)
    assert code == "digits-lost" and found.endswith("in their last digits")
    assert "its digits are lost" in remedy


def test_numbers_that_are_not_finite_are_refused(frame):
    assert numbers(frame["x"].where(frame["x"] > 0, np.inf))[0] == "not-finite"


@pytest.mark.parametrize(
    "values", [[0.0] * 4, [7e12] * 4, [1e-25, 2e-25], [np.nan], [0.1 + 0.2, 0.3]]
)
def test_constants_and_numbers_in_any_usual_unit_pass(values):
    assert numbers(values) is None
