"""Intervals of a product by its ellipse, and Fieller's sets of a ratio."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.product import product_interval
from pipeline.inference.few_clusters.ratio import fieller_set
from pipeline.inference.moments import build_moments, codes

LEVEL, DF = 0.95, 30
T = stats.t.ppf(0.975, DF)


def interval(a, b, va, vb, covariance=0.0):
    return product_interval(a, b, va, vb, level=LEVEL, df=DF, covariance=covariance)


def test_many_products_equal_brute_force():
    """The ellipse and its inside on a fine grid; no product of it lies outside the interval."""
    rng = np.random.default_rng(0)
    a, b = 3 * rng.normal(size=(2, 300))
    va, vb = np.exp(2 * rng.normal(size=(2, 300)))
    rho = np.concatenate([np.zeros(100), rng.uniform(-0.95, 0.95, 200)])
    low, high = interval(a, b, va, vb, rho * np.sqrt(va * vb))
    u = np.linspace(0, 2 * np.pi, 4001)[:, None]
    edges = []
    for r in (0.3, 0.7, 1.0):
        left = a + r * T * np.sqrt(va) * np.cos(u)
        turned = rho * np.cos(u) + np.sqrt(1 - rho**2) * np.sin(u)
        edges.append(left * (b + r * T * np.sqrt(vb) * turned))
    products, width = np.concatenate(edges), high - low
    assert (products >= low - 1e-12 * width).all() and (products <= high + 1e-12 * width).all()
    np.testing.assert_array_less((products.min(axis=0) - low) / width, 1e-6)
    np.testing.assert_array_less((high - products.max(axis=0)) / width, 1e-6)


sizes = st.floats(-6, 6)
spreads = st.floats(-3, 3).map(np.exp)


@settings(max_examples=200)
@given(sizes, sizes, spreads, spreads, st.floats(-0.9, 0.9))
def test_zero_is_left_out_exactly_when_both_t_tests_reject(ta, tb, sa, sb, rho):
    """Also with a covariance: the profile over one of the pair is the t test of the other."""
    assume(min(abs(abs(ta) - T), abs(abs(tb) - T)) > 1e-6)
    low, high = interval(ta * sa, tb * sb, sa**2, sb**2, rho * sa * sb)
    assert (low > 0 or high < 0) == (abs(ta) > T and abs(tb) > T)
    assert low <= ta * sa * tb * sb <= high


@settings(max_examples=100)
@given(sizes, sizes, spreads, spreads, st.floats(-0.9, 0.9), spreads)
def test_scale_and_sign_move_the_interval_along(a, b, va, vb, rho, scale):
    covariance = rho * np.sqrt(va * vb)
    low, high = interval(a, b, va, vb, covariance)
    np.testing.assert_allclose(
        interval(scale * a, b, scale**2 * va, vb, scale * covariance),
        (scale * low, scale * high),
        atol=1e-9 * scale * (high - low),
    )
    np.testing.assert_allclose(
        interval(-a, b, va, vb, -covariance), (-high, -low), atol=1e-9 * (high - low)
    )
    np.testing.assert_allclose(
        interval(b, a, vb, va, covariance), (low, high), atol=1e-9 * (high - low)
    )


def test_products_at_the_edges_of_the_arithmetic():
    """Two zeros: the product of the ellipse's diagonal; a known factor: the other one's t interval;
    a factor far from zero: t interval of the product."""
    low, high = interval(0.0, 0.0, 4.0, 9.0)
    assert (low, high) == pytest.approx((-3 * T**2, 3 * T**2))
    low, high = interval(2.0, 0.5, 1e-24, 1.0)
    assert (low, high) == pytest.approx((1 - 2 * T, 1 + 2 * T))
    low, high = interval(1e6, 1e6, 1.0, 1.0)
    half = T * 2**0.5 * 1e6
    assert (1e12 - low, high - 1e12) == pytest.approx((half, half), rel=1e-5)


def test_the_ellipse_of_the_demo_panel_as_by_independent_code(demo_panel):
    """Its efficiency mechanism, variances and covariance by the jackknife: [-.011, .303]."""
    names = ["openness", "government", "finance", "nqp", "efficiency", "uri"]
    rows = demo_panel.frame[names].dropna()
    province, year = (codes(rows.index.get_level_values(k)) for k in ("province", "year"))
    z = rows.to_numpy(float)
    first = build_moments(z[:, :5], province, year, province)
    second = build_moments(z, province, year, province)
    (a, without_a), (b, without_b) = leave_one_out(first, 4), leave_one_out(second, 5)
    pair = np.array([a[-1], b[-1]])
    v = crv3(pair, np.column_stack([without_a[:, -1], without_b[:, -1]]))
    found = interval(*pair, v[0, 0], v[1, 1], v[0, 1])
    assert found == pytest.approx((-0.011, 0.303), abs=5e-4)


def fieller(n, d, vn, vd, c):
    return fieller_set(n, d, vn, vd, c, level=LEVEL, df=DF)


@settings(max_examples=200)
@given(sizes, sizes, spreads, spreads, st.floats(-0.95, 0.95))
def test_fieller_equals_the_test_of_every_ratio(tn, td, sn, sd, rho):
    assume(abs(abs(td) - T) > 1e-6)
    n, d, c = tn * sn, td * sd, rho * sn * sd
    found = fieller(n, d, sn**2, sd**2, c)
    ratios = np.concatenate([np.tan(np.linspace(-1.57, 1.57, 801)), [0.0, -1e6, 1e6]])
    left = (n - ratios * d) ** 2
    right = T**2 * (sn**2 - 2 * ratios * c + ratios**2 * sd**2)
    clear = np.abs(left - right) > 1e-9 * (left + right)
    held = np.array([found.holds(r) for r in ratios])
    np.testing.assert_array_equal(held[clear], (left <= right)[clear])
    assert (found.shape == "interval") == (abs(td) > T)


def test_the_three_shapes_of_fieller_by_hand():
    interval_ = fieller(1.0, 2.0, 0.01, 0.01, 0.0)
    assert interval_.shape == "interval" and interval_.low < 0.5 < interval_.high
    outside = fieller(5.0, 0.5, 0.01, 1.0, 0.0)
    assert outside.shape == "complement" and outside.holds(10.0) and not outside.holds(0.0)
    wanted = np.sort(np.roots([0.25 - T**2, -5.0, 25 - 0.01 * T**2]))
    assert (outside.low, outside.high) == pytest.approx(tuple(wanted))
    line = fieller(0.1, 0.1, 1.0, 1.0, 0.0)
    assert line.shape == "line" and line.holds(-1e9) and line.low == -np.inf
    zero = fieller(0.0, 2.0, 1.0, 0.01, 0.0)
    assert zero.low == pytest.approx(-zero.high) and zero.low < 0


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_denominator_on_the_edge_of_its_t_test_gives_a_half_line(sign):
    """a = 0: what is left is linear in the ratio."""
    n, v = 4.0, 0.25
    found = fieller(sign * n, T * np.sqrt(v), 1.0, v, 0.0)
    end = sign * (n**2 - T**2) / (2 * n * T * np.sqrt(v))
    assert found.holds(end + sign * 1e-6) and not found.holds(end - sign * 1e-6)
    assert found.holds(sign * 1e6)
