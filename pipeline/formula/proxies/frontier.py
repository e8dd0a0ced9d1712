"""The stochastic frontier of Aigner, Lovell and Schmidt (1977):
normal noise less half-normal inefficiency."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_ndtr

from pipeline.formula.grid import Grid, settle

Vector = NDArray[np.float64]
# Beyond this ratio of inefficiency to noise the likelihood has no interior maximum to speak of.
_NO_NOISE = 100.0


class Fit(NamedTuple):
    """The frontier's coefficients, sigma^2 = sigma_u^2 + sigma_v^2, lambda = sigma_u / sigma_v,
    log-likelihood."""

    coefficients: Vector
    sigma2: float
    ratio: float
    loglik: float


def log_likelihood(residuals: Vector, sigma2: float, ratio: float) -> float:
    """sum_i ln[ (2/sigma) phi(e_i/sigma) Phi(-e_i lambda/sigma) ], e = v - u (Aigner,
    Lovell and Schmidt, 1977)."""
    z = residuals / np.sqrt(sigma2)
    return float(np.sum(0.5 * np.log(2 / (np.pi * sigma2)) - z**2 / 2 + log_ndtr(-ratio * z)))


def efficiencies(residuals: Vector, sigma2: float, ratio: float) -> Vector:
    """Technical efficiency E[exp(-u) | e] of each residual (Battese and Coelli, 1988, p. 392),
    in (0, 1)."""
    location = -residuals * ratio**2 / (1 + ratio**2)
    scale = np.sqrt(sigma2) * ratio / (1 + ratio**2)
    z = location / scale
    return np.asarray(np.exp(log_ndtr(z - scale) - log_ndtr(z) - location + scale**2 / 2))


def fit(y: Vector, x: Vector) -> Fit:
    """Maximum likelihood of y = x b + v - u. Shapes: y (n,), x (n, k) with its constant.

    Starts from least squares with the moments of its residuals. Raises ValueError where the
    residuals are not skewed to the left (then the maximum is at no inefficiency: Waldman, 1982),
    where no noise is left, where the search fails.
    """
    n, k = x.shape
    if np.linalg.matrix_rank(x) < k or n <= k + 2:
        raise ValueError(
            f"{n} cells do not determine a frontier of {k} coefficients: "
            "too few, or inputs move together"
        )
    # Orthogonal columns of length sqrt(n) and a residual variance near 1: every parameter of the
    # search is of order 1.
    q, r = np.linalg.qr(x)
    q, r = q * np.sqrt(n), r / np.sqrt(n)
    ols = q.T @ y / n
    e = y - q @ ols
    m2, m3 = np.mean(e**2), np.mean(e**3)
    if m3 >= 0:
        raise ValueError(
            f"wrong skew: least-squares residuals have skewness {m3 / m2**1.5:.3f}, "
            "inefficiency would make it negative; these data show none, and every efficiency "
            "would be 1 (by chance 13 to 43% of samples of 31 x 12 cells look so although there is "
            "inefficiency, once to half as spread as the noise)"
        )
    scale = np.sqrt(m2)
    u2 = (m3 / (np.sqrt(2 / np.pi) * (1 - 4 / np.pi))) ** (2 / 3)
    v2 = max(m2 - (1 - 2 / np.pi) * u2, 0.05 * m2)
    ols[0] += np.copysign(np.sqrt(2 * u2 / np.pi), r[0, 0])
    found = _climb(y / scale, q, np.r_[ols, scale, np.sqrt((u2 + v2) * u2 / v2)] / np.sqrt(u2 + v2))
    theta, ratio = found[-2:]
    beta = np.linalg.solve(r, found[:-2] / theta * scale)
    sigma2 = float((scale / theta) ** 2)
    return Fit(beta, sigma2, float(ratio), log_likelihood(y - x @ beta, sigma2, float(ratio)))


@dataclass(frozen=True)
class _Loss:
    """Minus the mean log-likelihood in p = (b/sigma, 1/sigma, lambda), with its derivatives.

    design: (n, k + 1) minus the regressors, and y: z = e/sigma = design @ p[:-1]
    """

    design: Vector

    def value(self, p: Vector) -> float:
        """The loss; infinite where 1/sigma is not positive."""
        if p[-2] <= 0:
            return np.inf
        z = self.design @ p[:-1]
        return float(np.mean(z**2) / 2 - np.log(p[-2]) - np.mean(log_ndtr(-p[-1] * z)))

    def gradient(self, p: Vector) -> Vector:
        """Its first derivatives."""
        z, mills, _ = self._parts(p)
        out = np.r_[self.design.T @ (z + p[-1] * mills), mills @ z] / len(z)
        out[-2] -= 1 / p[-2]
        return np.asarray(out)

    def hessian(self, p: Vector) -> Vector:
        """Its second derivatives."""
        z, mills, slope = self._parts(p)
        # The inverse Mills ratio's argument is lambda z, z linear in the other parameters.
        cross = self.design.T @ (mills + p[-1] * slope * z)
        main = (self.design.T * (1 + p[-1] ** 2 * slope)) @ self.design
        out = np.block([[main, cross[:, None]], [cross[None, :], slope @ z**2]]) / len(z)
        out[-2, -2] += 1 / p[-2] ** 2
        return np.asarray(out)

    def _parts(self, p: Vector) -> tuple[Vector, Vector, Vector]:
        """z, the inverse Mills ratio at lambda z, and its slope."""
        z = self.design @ p[:-1]
        w = p[-1] * z
        mills = np.exp(-(w**2) / 2 - 0.5 * np.log(2 * np.pi) - log_ndtr(-w))
        return z, mills, mills * (mills - w)


def _climb(y: Vector, x: Vector, start: Vector) -> Vector:
    """(b/sigma, 1/sigma, lambda) at the maximum of the likelihood nearest to the start.

    By Newton's method in a trust region with exact derivatives; in these parameters (Olsen, 1978)
    the likelihood is concave in all but lambda. With few cells there can be a second maximum
    without noise.
    """
    loss = _Loss(np.column_stack([-x, y]))
    limits = {"gtol": 1e-9, "maxiter": 500}
    found = minimize(
        loss.value,
        start,
        jac=loss.gradient,
        hess=loss.hessian,
        method="trust-exact",
        options=limits,
    )
    if found.x[-1] > _NO_NOISE:
        raise ValueError(
            "no noise left: the likelihood still rises where inefficiency is "
            f"{_NO_NOISE:.0f} times the noise; too few cells, or one far below the others"
        )
    if np.abs(loss.gradient(found.x)).max() > 1e-6 or found.x[-1] <= 0:
        raise ValueError(f"the search for the frontier did not converge: {found.message}")
    return np.asarray(found.x)


@np.errstate(all="ignore")
def frontier(y: Grid, inputs: list[Grid]) -> Grid:
    """Technical efficiency E[exp(-u) | v - u] in (0, 1) from ln y = b_0 + sum_k b_k ln x_k + b_t t
    + v - u.

    Cobb-Douglas with a common linear trend (left out in a panel of one year), all province-years
    pooled, v ~ N(0, s_v^2), u ~ |N(0, s_u^2)| independent in each. So a province's lasting
    differences count as inefficiency.
    Units: any, fixed over time; y in constant prices. Data: frontier(gdp, [capital, labour]), all
    positive (else undefined). Missing: the cell is left out of the estimate. Raises ValueError as
    `fit` says: then no frontier of this kind fits the data, and the spec needs another proxy
    (`malmquist`, `solow`) or other inputs.
    Source: Aigner, Lovell and Schmidt (1977); Battese and Coelli (1988).
    """
    there = (np.stack([y, *inputs]) > 0).all(axis=0) & np.isfinite([y, *inputs]).all(axis=0)
    columns = [np.ones(there.sum()), *(np.log(x[there]) for x in inputs)]
    if y.shape[1] > 1:
        columns.append(np.nonzero(there)[1].astype(float))
    design, output = np.column_stack(columns), np.log(y[there])
    found = fit(output, design)
    out = np.full_like(y, np.nan)
    out[there] = efficiencies(output - design @ found.coefficients, found.sigma2, found.ratio)
    return settle(out, y, *inputs)
