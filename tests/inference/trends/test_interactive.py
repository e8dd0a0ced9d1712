"""Interactive effects: against a search written another way, the two-way regression, and panels of
which the truth is known."""

import numpy as np
import pytest
from scipy import optimize

from pipeline.inference.collinear import Collinear
from pipeline.inference.trends.designs import draw
from pipeline.inference.trends.interactive import (
    interactive,
    interactive_panels,
    jackknife,
    most_factors,
    number_of_factors,
    two_way_demeaned,
)
from pipeline.inference.trends.refusals import (
    Incomplete,
    NothingLeft,
    TooFewUnits,
    TooManyFactors,
)
from pipeline.inference.within import within_fit

N, T = 31, 12


def panel(seed, regressors=1, n=N, t=T):
    rng = np.random.default_rng(seed)
    factors, loadings = rng.normal(size=(2, t)), rng.normal(size=(regressors + 1, n, 2))
    z = rng.normal(size=(regressors + 1, n, t)) + 2 * loadings @ factors
    x = np.moveaxis(z[1:], 0, -1)
    return z[0] + x @ np.arange(1.0, regressors + 1), x


def loss(b, y, x, r):
    w = two_way_demeaned(y - x @ np.atleast_1d(b))
    return (np.linalg.svd(w, compute_uv=False)[r:] ** 2).sum()


@pytest.mark.parametrize("which", [0, 1, 2, 841, 967])
def test_no_coefficient_on_a_grid_has_less_left(which):
    """The loss has several minima: the search must end in the lowest. In the last two panels the
    start without factors ends elsewhere."""
    made = draw("factors", 1_000, np.random.default_rng(1))
    y, x = made.y[which], made.x[which][..., None]
    fit = interactive(y, x, 2)
    at = min(np.linspace(-3, 3, 601), key=lambda b: loss(b, y, x, 2))
    best = optimize.minimize_scalar(loss, (at - 0.01, at, at + 0.01), args=(y, x, 2), tol=1e-12)
    assert fit.beta[0] == pytest.approx(best.x, abs=1e-6)
    assert (fit.residuals**2).sum() == pytest.approx(best.fun, rel=1e-10)


def test_small_panels_with_heavy_tails_settle():
    """There a full step may raise the loss. A panel in a few hundred may run out of rounds: which
    one hangs on the last bits of a processor."""
    rng = np.random.default_rng(3)
    factors, loadings = rng.normal(size=(500, 1, 2, 7)), rng.normal(size=(500, 3, 8, 2))
    z = rng.standard_t(1.5, size=(500, 3, 8, 7)) + 2 * loadings @ factors
    fit = interactive_panels(z[:, 0], np.moveaxis(z[:, 1:], 1, -1), 2)
    assert np.isfinite(fit.beta).all(axis=1).mean() >= 0.99


def bai_iterations(y, x, r, rounds=1_000):
    """The iterations of Bai (2009, section 3): coefficients given the common part, and back."""
    z = two_way_demeaned(np.concatenate([y[None], np.moveaxis(x, -1, 0)]))
    flat = z[1:].reshape(len(z) - 1, -1).T
    common = np.zeros_like(y)
    for _ in range(rounds):
        b = np.linalg.lstsq(flat, (z[0] - common).ravel(), rcond=None)[0]
        u, d, v = np.linalg.svd(z[0] - np.tensordot(b, z[1:], 1), full_matrices=False)
        common = (u[:, :r] * d[:r]) @ v[:r]
    return b


@pytest.mark.parametrize(("regressors", "factors"), [(1, 1), (2, 2), (4, 3)])
def test_the_slow_iterations_end_where_the_search_does(regressors, factors):
    y, x = panel(regressors, regressors)
    fit = interactive(y, x, factors)
    np.testing.assert_allclose(fit.beta, bai_iterations(y, x, factors), atol=1e-7)
    common = fit.loadings @ fit.factors.T
    left = two_way_demeaned(y - x @ fit.beta) - common
    np.testing.assert_allclose(fit.residuals, left, atol=1e-10)
    np.testing.assert_allclose(fit.factors.T @ fit.factors, np.eye(factors), atol=1e-10)


def test_without_factors_it_is_the_two_way_regression():
    y, x = panel(3, 2)
    entity, year = (a.ravel() for a in np.indices((N, T)))
    within = within_fit(y.ravel(), x.reshape(N * T, 2), entity, year, entity)
    fit = interactive(y, x, 0)
    np.testing.assert_allclose(fit.beta, within.beta, rtol=1e-10)
    np.testing.assert_allclose(fit.covariance, within.covariance, rtol=1e-9)
    assert fit.df == within.df


def test_the_error_counts_the_factors():
    """CRV1 written out with projections, K = slopes + year effects + 1 + r (N + T - 2 - r)."""
    y, x = panel(4, 2)
    fit = interactive(y, x, 2)
    f = fit.factors
    q = np.linalg.qr(fit.loadings)[0]
    net = [
        (np.eye(N) - q @ q.T) @ two_way_demeaned(c) @ (np.eye(T) - f @ f.T)
        for c in np.moveaxis(x, -1, 0)
    ]
    z = np.stack([c.ravel() for c in net], axis=1)
    scores = np.stack([(c * fit.residuals).sum(axis=1) for c in net], axis=1)
    bread = np.linalg.inv(z.T @ z)
    k = 2 + (T - 1) + 1 + 2 * (N + T - 2 - 2)
    factor = N / (N - 1) * (N * T - 1) / (N * T - k)
    np.testing.assert_allclose(
        fit.covariance, factor * bread @ scores.T @ scores @ bread, rtol=1e-8
    )


def test_the_jackknife_finds_the_factors_anew_without_each_unit():
    y, x = panel(12, 2, n=9)
    beta = interactive(y, x, 2).beta
    gaps = np.array(
        [interactive(np.delete(y, g, 0), np.delete(x, g, 0), 2).beta - beta for g in range(9)]
    )
    np.testing.assert_allclose(jackknife(y, x, 2), 8 / 9 * gaps.T @ gaps, rtol=1e-6)
    with pytest.raises(TooFewUnits):
        jackknife(y[:2], x[:2], 0)


def test_many_panels_are_each_panel_alone_whatever_their_units():
    made = draw("factors", 20, np.random.default_rng(5))
    x = made.x[..., None]
    scale = np.logspace(-6, 6, 20)[:, None, None]
    many = interactive_panels(made.y * scale, x, 2)
    for i in range(20):
        one = interactive(made.y[i], x[i] / 1e6, 2)
        assert many.beta[i, 0] == pytest.approx(one.beta[0] * scale[i, 0, 0] / 1e6, rel=1e-6)
        ratio = np.sqrt(many.covariance[i, 0, 0] / one.covariance[0, 0])
        assert ratio == pytest.approx(scale[i, 0, 0] / 1e6, rel=1e-6)


def test_columns_of_very_different_size_are_not_collinear():
    y, x = panel(6, 2)
    plain, scaled = interactive(y, x, 1), interactive(y, x * [1e-7, 1e7], 1)
    np.testing.assert_allclose(scaled.beta * [1e-7, 1e7], plain.beta, rtol=1e-6)


def test_unequal_variances_pull_the_coefficient_and_bias_says_how_far():
    """Errors are larger in the years in which the treatment's part along the loadings is. At 31 x
    12 the correction takes out half of the pull, at 60 x 30 three quarters."""
    rng = np.random.default_rng(7)
    panels = 300
    f, loadings = rng.normal(size=(panels, 1, T)), rng.normal(size=(panels, N, 1))
    noisy = np.where(np.arange(T) < T // 2, 2.0, 0.3)
    x = rng.normal(size=(panels, N, T)) + 2 * loadings * f * (noisy > 1)
    y = 2 * loadings * f + noisy * rng.normal(size=(panels, N, T))
    fit = interactive_panels(y, x[..., None], 1)
    error = fit.beta.std() / np.sqrt(panels)
    assert abs(fit.beta.mean()) > 5 * error
    assert abs((fit.beta - fit.bias).mean()) < 0.65 * abs(fit.beta.mean())


@pytest.mark.parametrize("truth", [0, 1, 2])
def test_the_number_of_factors_is_found_where_errors_are_not_persistent(truth):
    rng = np.random.default_rng(8)
    found = []
    for _ in range(20):
        factors, loadings = rng.normal(size=(truth, T)), rng.normal(size=(N, truth))
        y = 2 * loadings @ factors + rng.normal(size=(N, T))
        found.append(number_of_factors(y, rng.normal(size=(N, T, 1)), 4))
    assert np.mean(np.array(found) == truth) >= 0.8


@pytest.mark.parametrize("criterion", ["IC_p1", "IC_p2", "BIC_3"])
def test_the_criteria_are_those_of_bai_and_ng(criterion):
    n, t = N - 1, T - 1
    made = draw("factors", 30, np.random.default_rng(9), persistence=0.0)
    chosen = []
    for y, x in zip(made.y, made.x[..., None], strict=True):
        b = interactive(y, x, 4).beta
        squares = np.array([loss(b, y, x, r) / (n * t) for r in range(5)])
        r = np.arange(5)
        values = {
            "IC_p1": np.log(squares) + r * (n + t) / (n * t) * np.log(n * t / (n + t)),
            "IC_p2": np.log(squares) + r * (n + t) / (n * t) * np.log(min(n, t)),
            "BIC_3": squares + r * squares[4] * (n + t - r) / (n * t) * np.log(n * t),
        }[criterion]
        chosen.append(np.argmin(values))
        assert number_of_factors(y, x, 4, criterion) == chosen[-1]
    assert min(chosen) < max(chosen)


def test_what_it_cannot_do_is_refused():
    y, x = panel(10, 2)
    assert most_factors(N, T) == 5
    with pytest.raises(TooManyFactors, match="6 factors where the panel allows at most 5"):
        interactive(y, x, 6)
    with pytest.raises(TooFewUnits, match="2 units where at least 3"):
        interactive(y[:2], x[:2], 0)
    gap = y.copy()
    gap[[3, 7], 2] = np.nan
    with pytest.raises(Incomplete, match=r"units \[3, 7\]"):
        interactive(gap, x, 1)
    with pytest.raises(Collinear) as error:
        interactive(y, np.stack([x[..., 0], 2 * x[..., 0]], axis=-1), 1)
    assert error.value.column == 1
    with pytest.raises(Collinear) as error:
        interactive(y, np.stack([x[..., 0], np.ones((N, T))], axis=-1), 1)
    assert error.value.column == 1
    with pytest.raises(NothingLeft):
        interactive(x @ [1.0, 2.0], x, 1)
    with pytest.raises(NothingLeft):
        interactive(np.ones((N, T)), x, 1)
