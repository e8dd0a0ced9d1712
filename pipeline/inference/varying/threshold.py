"""Hansen's (1999) panel threshold model: the slope of one regressor changes where a variable q
passes a threshold.

    y_it = sum_j beta_j x_it 1(q_it in regime j) + controls_it'g + entity [+ time] effects + e_it

with regime 1: q <= gamma_1. Net of x, controls and effects, a threshold is one more column: d_gamma
= x 1(q <= gamma). With M the projection off the fixed columns, a residual sum of squares needs only
numerators d_gamma'M y and products d_gamma'M d_gamma' of the candidates, and d_gamma'v is a running
sum of x v over the rows in order of q: any number of outcomes is searched at once without a
regression, as the bootstrap (threshold_test.py) needs.

Two and three thresholds are estimated one after the other, as Hansen does: the second given the
first, the first again given the second, the third given both. Source: Hansen (1999, Journal of
Econometrics 93, 345-368).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.inference.moments import Array, Ints, orthonormal_basis
from pipeline.inference.varying.threshold_model import Bools, ThresholdModel, net_columns
from pipeline.inference.within import WithinFit, within_fit

Products = Callable[[Ints], Array]
Apart = Callable[[int, Ints], Bools]


@dataclass(frozen=True)
class LikelihoodRatio:
    """LR of one threshold over its m admissible candidates, given the other thresholds when it was
    last estimated.

    gamma: the estimate, where LR is 0; gammas, ratios: (m,); low, high: ends of the confidence set
    {LR <= critical},
    which need not be an interval: a candidate between them may lie outside it. An end that is the
    first or last of gammas is where the search ended, not where LR crossed the critical value.
    pieces: runs of neighbouring candidates that the set consists of
    """

    gamma: float
    gammas: Array
    ratios: Array
    low: float
    high: float
    pieces: int


@dataclass(frozen=True)
class ThresholdFit:
    """The model with k thresholds.

    thresholds: (k,) ascending; likelihood: k curves in that order; sse; statistic: F_k against k -
    1 thresholds
    rows, clusters: (k + 1,) of each regime, a cluster counted in every regime it enters
    regression: x by regime (k + 1 slopes, ascending in q), then controls; CRV1, residuals in the
    rows' order
    """

    thresholds: Array
    likelihood: tuple[LikelihoodRatio, ...]
    sse: float
    statistic: float
    rows: Ints
    clusters: Ints
    regression: WithinFit

    @property
    def slopes(self) -> Array:
        """Slopes of x by regime, shape (k + 1,)."""
        return self.regression.beta[: len(self.rows)]

    @property
    def covariance(self) -> Array:
        """CRV1 covariance of the slopes, shape (k + 1, k + 1)."""
        return self.regression.covariance[: len(self.rows), : len(self.rows)]


@dataclass(frozen=True)
class Step:
    """A threshold estimated given others, for R outcomes: its candidate's number (R,), SSE (R,) and
    the curve (R, C)."""

    at: Ints
    sse: Array
    curve: Array


def search(
    model: ThresholdModel,
    numerators: Array,
    total: Array,
    thresholds: int,
    products: Products,
    apart: Apart,
) -> list[list[Step]]:
    """Models with 1..`thresholds` thresholds for R outcomes with numerators (R, C) and sums of
    squares `total` (R,).

    The steps that gave the thresholds of each model, the last estimated last: its SSE is the
    model's, infinite where an outcome's first thresholds leave no room for another. `products` and
    `apart` answer as those of the model.
    """

    def step(stage: int, fixed: list[Step]) -> Step:
        curve = _sse(model, numerators, total, stage, [one.at for one in fixed], products, apart)
        lowest = curve.min(axis=1, keepdims=True)
        at = np.argmax(
            curve <= lowest * (1 + 1e-12), axis=1
        )  # of equals, the smallest, whatever the rounding
        sse = curve[np.arange(len(at)), at]
        for one in fixed:
            sse = np.where(np.isfinite(one.sse), sse, np.inf)
        return Step(at, sse, curve)

    first = step(0, [])
    models = [[first]]
    if thresholds > 1:
        second = step(1, [first])
        models.append([second, step(1, [second])])
    if thresholds > 2:
        models.append([*models[1], step(2, models[1])])
    return models


def _sse(
    model: ThresholdModel,
    numerators: Array,
    total: Array,
    stage: int,
    fixed: list[Ints],
    products: Products,
    apart: Apart,
) -> Array:
    """SSE (R, C) with each candidate beside the fixed thresholds (R,), infinite where it may not
    stand there.

    The fixed columns are swept out of numerators and norms one by one.
    """
    draws = np.arange(len(numerators))
    norms = np.broadcast_to(model.norms, numerators.shape)
    allowed = np.broadcast_to(model.eligible[stage], numerators.shape)
    swept: list[tuple[Array, Array]] = []
    out = np.full(numerators.shape, np.inf)
    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # an outcome without room left is infinite and stays so
        for at in fixed:
            row = products(at)
            for earlier, size in swept:
                row = row - earlier * (earlier[draws, at] / size)[:, None]
            pivot = row[draws, at]
            value = numerators[draws, at]
            numerators = numerators - row * (value / pivot)[:, None]
            norms = norms - row**2 / pivot[:, None]
            total = total - value**2 / pivot
            allowed = allowed & apart(stage, at)
            swept.append((row, pivot))
        allowed = allowed & (norms > 1e-10 * model.norms)
        np.subtract(total[:, None], numerators**2 / norms, out=out, where=allowed)
    return out


def f_statistic(smaller: Array, larger: Array, df: int) -> Array:
    """(S_{k-1} - S_k) / (S_k / df) (R,), Hansen's scale of df; NaN where S_k is infinite."""
    out = np.full(len(larger), np.nan)
    found = np.isfinite(larger)
    out[found] = (smaller[found] - larger[found]) / larger[found] * df
    return out


def threshold_fits(
    model: ThresholdModel, thresholds: int = 1, level: float = 0.95, *, robust: bool = False
) -> list[ThresholdFit]:
    """The models with 1..`thresholds` (at most 3) thresholds, with LR confidence sets (Hansen 1999,
    eq. 16-22).

    robust: LR over the variance by clusters of its score in units of that of independent errors, no
    less than 1 (for heteroskedasticity Hansen 2000, Econometrica 68, 575-603). With errors and
    treatment at an autoregression of .9, q of one year and 31 provinces the sets cover .70 to .83
    without and .89 to .95 with it, a single candidate in .08 to .26 and .01 to .04; with
    independent errors .97 to 1 both.

    Raises ValueError when the first thresholds leave no room for another one,
    Collinear when the regimes or controls are collinear given the effects.
    """
    total = np.array([model.outcome @ model.outcome])
    numerators = model.numerators(model.outcome[None, :])
    models = search(model, numerators, total, thresholds, model.products, model.apart)
    fits: list[ThresholdFit] = []
    for steps in models:
        sse = steps[-1].sse
        if not np.isfinite(sse[0]):
            found = ", ".join(f"{model.gammas[step.at[0]]:.6g}" for step in models[len(fits) - 1])
            raise ValueError(
                f"no room for {len(steps)} thresholds: with {found} taken, none leaves every "
                "regime at least "
                f"{int(model.minimum_rows[len(steps) - 1])} rows and {model.minimum_clusters} "
                "clusters"
            )
        statistic = float(f_statistic(total, sse, model.df)[0])
        fits.append(_fit(model, steps, statistic, level, robust))
        total = sse
    return fits


def _fit(
    model: ThresholdModel, steps: list[Step], statistic: float, level: float, robust: bool
) -> ThresholdFit:
    ordered = sorted(steps, key=lambda step: int(step.at[0]))
    thresholds = np.array([model.gammas[step.at[0]] for step in ordered])
    regime = np.searchsorted(thresholds, model.q)
    member = regime[:, None] == np.arange(len(thresholds) + 1)
    regression = within_fit(
        model.y,
        np.column_stack([model.x[:, None] * member, model.controls]),
        model.entity,
        np.zeros_like(model.entity) if model.time is None else model.time,
        model.cluster,
    )
    scales = _scales(model, thresholds, regression.residuals) if robust else [1.0] * len(steps)
    pairs = zip(ordered, scales, strict=True)
    curves = [_likelihood(model, step, level, scale) for step, scale in pairs]
    return ThresholdFit(
        thresholds=thresholds,
        likelihood=tuple(curves),
        sse=float(steps[-1].sse[0]),
        statistic=statistic,
        rows=member.sum(axis=0),
        clusters=np.array([len(np.unique(model.cluster[one])) for one in member.T]),
        regression=regression,
    )


def _scales(model: ThresholdModel, gammas: Array, residuals: Array) -> list[float]:
    """For each threshold the variance by clusters of the score of its column, net of the other
    columns, over that of independent errors; 1 at the least."""
    net = net_columns(model.x, model.q, gammas, model.entity, model.basis)
    variance = float(residuals @ residuals) / model.df
    out = []
    for k in range(len(gammas)):
        others = orthonormal_basis(np.delete(net, k, axis=1))
        own = net[:, k] - others @ (others.T @ net[:, k])
        scores = np.bincount(model.cluster, own * residuals)
        out.append(max(1.0, float(scores @ scores) / (variance * float(own @ own))))
    return out


def _likelihood(model: ThresholdModel, step: Step, level: float, scale: float) -> LikelihoodRatio:
    """LR = (S(gamma) - S_min) / (S_min / df) over the scale; the set's critical value is -2 ln(1 -
    sqrt(level))."""
    allowed = np.isfinite(step.curve[0])
    gammas, curve, lowest = model.gammas[allowed], step.curve[0][allowed], float(step.sse[0])
    ratios = np.maximum((curve - lowest) / (lowest / model.df) / scale, 0.0)
    within = ratios <= -2 * np.log(1 - np.sqrt(level))
    inside = gammas[within]
    pieces = int(within[0]) + int((within[1:] & ~within[:-1]).sum())
    return LikelihoodRatio(
        float(model.gammas[step.at[0]]), gammas, ratios, float(inside[0]), float(inside[-1]), pieces
    )
