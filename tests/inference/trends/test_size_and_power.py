"""What the estimators against common trends do on panels that have them: the study of
`benchmarks/trends.py` in short. Bounds: 3.5 binomial errors around what 300 to 500 panels gave."""

import numpy as np
import pytest

from benchmarks.trends import (
    changes,
    correlated_effects,
    interactive_of,
    measure,
    rejections,
    two_way,
    unit_trends,
)
from pipeline.inference.trends.designs import DESIGNS, draw

PANELS = 50
METHODS = (two_way, unit_trends, changes, correlated_effects)
# Shares of 5% tests of a true null that reject, AR(.9), by design.
SIZES = {
    "two-way CRV3": (0.064, 0.784, 0.796, 0.338, 0.846),
    "unit trends CRV3": (0.042, 0.060, 0.858, 0.362, 0.884),
    "differences CRV1": (0.046, 0.814, 0.944, 0.438, 0.950),
    "CCEP nonparametric": (0.064, 0.064, 0.096, 0.096, 0.674),
    "CCEP CRV3": (0.004, 0.030, 0.056, 0.024, 0.196),
    "CCEMG nonparametric": (0.056, 0.068, 0.064, 0.100, 0.476),
    "CCEMG CRV3": (0.014, 0.018, 0.038, 0.042, 0.074),
}


def error(share, panels):
    """Binomial error of a share of panels, that of a share near zero or one not below a bound."""
    inside = min(max(share, 0.02), 0.98)
    return np.sqrt(inside * (1 - inside) * (1 / panels + 1 / 500))


@pytest.mark.parametrize("design", DESIGNS)
def test_sizes_by_design(design):
    found = rejections(design, PANELS, methods=METHODS)
    for method, sizes in SIZES.items():
        expected = sizes[DESIGNS.index(design)]
        assert abs(found[method] - expected) < 3.5 * error(expected, PANELS), (method, found)


@pytest.mark.parametrize("design", ["trends", "factors"])
def test_interactive_effects_keep_their_size_where_the_two_way_regression_does_not(design):
    found = rejections(design, 25, methods=(two_way, interactive_of(2)))
    assert found["two-way CRV1"] > 0.5
    assert found["interactive r = 2 CRV3"] < 0.05 + 3.5 * error(0.05, 25)


def test_power():
    found = rejections("factors", 20, 0.5, methods=(interactive_of(2), correlated_effects))
    for method in ("interactive r = 2 CRV3", "CCEP CRV3", "CCEMG CRV3"):
        assert found[method] > 0.8, found


@pytest.mark.parametrize("design", DESIGNS)
def test_designs_are_what_they_say(design):
    """Variances 1 + WEIGHT^2 (1 + mean loading^2), persistence, confounding."""
    made = draw(design, 4_000, np.random.default_rng(1))
    common = {"independent": 0, "trends": 2, "factors": 1.5, "spatial": 1.5, "unranked": 1}[design]
    for z in (made.y, made.x):
        assert (z**2).mean() == pytest.approx(1 + 4 * common, rel=0.05)
    y, x = (z - z.mean(axis=1, keepdims=True) for z in (made.y, made.x))
    confounded = design in ("trends", "factors", "unranked")
    expected = 0.5 * 4 * 30 / 31 if confounded else 0.0
    assert (y * x).mean() == pytest.approx(expected, abs=0.08)


def test_the_times_that_are_kept():
    seconds = {row["name"]: row["ours_s"] for row in measure()}
    bounds = {"r = 2, 1,000 panels": 5, "r = 2, one panel": 0.02, "pooled": 0.005, "mean": 0.005}
    for name, bound in bounds.items():
        found = min(s for n, s in seconds.items() if name in n)
        assert found < 3 * bound, (name, found)  # a busy machine is no fault of the code
