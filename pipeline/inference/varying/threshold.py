"""Hansen's (1999) panel threshold model: the slope of one regressor changes where a variable q passes a threshold.

    y_it = sum_j beta_j x_it 1(q_it in regime j) + controls_it'g + entity effects [+ time effects] + e_it

with regime 1: q <= gamma_1. Net of x, controls and effects, a threshold is one more column: d_gamma = x 1(q <= gamma).
With M the projection off the fixed columns, a residual sum of squares needs only numerators d_gamma'M y and products
d_gamma'M d_gamma' of the candidates, and d_gamma'v is a running sum of x v over the rows in order of q: any number of
outcomes is searched at once without a regression, as the bootstrap (threshold_test.py) needs.

Two and three thresholds are estimated one after the other, as Hansen does: the second given the first, the first again
given the second, the third given both. Source: Hansen (1999, Journal of Econometrics 93, 345-368).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array, Ints, demean, partial_out
from pipeline.inference.within import WithinFit, within_fit

Bools = NDArray[np.bool_]
Products = Callable[[Ints], Array]
Apart = Callable[[int, Ints], Bools]
_CHUNK = 256


@dataclass(frozen=True)
class ThresholdModel:
    """A panel of n rows made ready for the search over C candidates, for up to K thresholds; rows as they were given.

    y, x, q (n,), controls (n, p), entity, time, cluster (n,) codes from 0, time None without time effects
    outcome: (n,) y net of x, controls and effects; basis: (n, b) orthonormal basis of those but the entity effects
    gammas: (C,) candidates, ascending; eligible: (K, C) which of them may be the threshold added as number k
    norms: (C,) squared size of d_gamma net of the fixed columns
    order: (n,) rows in order of q; below: (C,) rows with q <= gamma; below_by_cluster: (C, G) the same by cluster
    minimum_rows: (K,) and minimum_clusters: the least that a regime may hold
    """

    y: Array
    x: Array
    q: Array
    controls: Array
    entity: Ints
    time: Ints | None
    cluster: Ints
    outcome: Array
    basis: Array
    gammas: Array
    eligible: Bools
    norms: Array
    order: Ints
    below: Ints
    below_by_cluster: Ints
    minimum_rows: Array
    minimum_clusters: int

    @property
    def df(self) -> int:
        """Hansen's scale of F and LR: rows - entities, n(T - 1) in a balanced panel. Slopes are not counted."""
        return len(self.y) - int(self.entity.max()) - 1

    def numerators(self, v: Array) -> Array:
        """d_gamma'v for v (R, n) net of the fixed columns, shape (R, C)."""
        return np.asarray(np.cumsum((v * self.x)[:, self.order], axis=1)[:, self.below - 1])

    def products(self, at: Ints) -> Array:
        """Products of the net columns of the candidates numbered `at` (m,) with those of all, shape (m, C)."""
        out = np.empty((len(at), len(self.gammas)))
        for start in range(0, len(at), _CHUNK):
            part = at[start : start + _CHUNK]
            net = net_columns(self.x, self.q, self.gammas[part], self.entity, self.basis)
            out[start : start + _CHUNK] = self.numerators(net.T)
        return out

    def apart(self, stage: int, at: Ints) -> Bools:
        """Whether the regime between the candidates `at` (m,) and each other holds enough, as number `stage` + 1."""
        rows = np.abs(self.below[at][:, None] - self.below) >= self.minimum_rows[stage]
        for k, one in enumerate(at):
            between = (self.below_by_cluster != self.below_by_cluster[one]).sum(axis=1)
            rows[k] &= between >= self.minimum_clusters
        return np.asarray(rows)


@dataclass(frozen=True)
class LikelihoodRatio:
    """LR of one threshold over its m admissible candidates, given the other thresholds when it was last estimated.

    gamma: the estimate, where LR is 0; gammas, ratios: (m,); low, high: ends of the confidence set {LR <= critical},
    which need not be an interval: a candidate between them may lie outside it. An end that is the first or last of
    gammas is where the search ended, not where LR crossed the critical value
    """

    gamma: float
    gammas: Array
    ratios: Array
    low: float
    high: float


@dataclass(frozen=True)
class ThresholdFit:
    """The model with k thresholds.

    thresholds: (k,) ascending; likelihood: k curves in that order; sse; statistic: F_k against k - 1 thresholds
    rows, clusters: (k + 1,) of each regime, a cluster counted in every regime it enters
    regression: x by regime (k + 1 slopes, ascending in q), then controls; CRV1, residuals in the rows' order
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
    """A threshold estimated given others, for R outcomes: its candidate's number (R,), SSE (R,) and the curve (R, C)."""

    at: Ints
    sse: Array
    curve: Array


def candidates(q: Array, trim: float, grid: int | None, cluster: Ints, minimum_clusters: int = 1) -> Array:
    """Values of q (n,) that leave at least the share `trim` of the rows and `minimum_clusters` clusters on each side.

    All distinct values when `grid` is None, else the quantiles of the distinct values at `grid` even steps from trim to
    1 - trim, as Stata's xthreg (Wang 2015). Ascending. Raises ValueError with the best split when none is admissible.
    """
    values = np.unique(q)
    if grid is not None:
        values = np.unique(np.quantile(values, np.linspace(trim, 1 - trim, grid), method="inverted_cdf"))
    n, groups = len(q), int(cluster.max()) + 1
    rows = np.searchsorted(np.sort(q), values, side="right")
    smallest, largest = np.full(groups, np.inf), np.full(groups, -np.inf)
    np.minimum.at(smallest, cluster, q)
    np.maximum.at(largest, cluster, q)
    left = np.searchsorted(np.sort(smallest), values, side="right")
    right = groups - np.searchsorted(np.sort(largest), values, side="right")
    needed = _minimum_rows(trim, n)
    fewest = np.minimum(rows, n - rows)
    enough = fewest >= needed
    if not enough.any():
        k = int(np.argmax(fewest))
        raise ValueError(
            f"no threshold leaves at least {int(needed)} rows on each side: the best leaves {rows[k]} and {n - rows[k]}"
        )
    both = np.where(enough, np.minimum(left, right), -1)
    if both.max() < minimum_clusters:
        k = int(np.argmax(both))
        raise ValueError(
            f"no threshold leaves at least {minimum_clusters} clusters on each side: "
            f"the best leaves {left[k]} and {right[k]}"
        )
    return np.asarray(values[both >= minimum_clusters], float)


def _minimum_rows(trim: float, rows: int) -> float:
    """Rows that a regime must hold, one at least; a share that is whole but for rounding counts as whole."""
    return max(1.0, float(np.ceil(trim * rows - 1e-9)))


def net_columns(x: Array, q: Array, gammas: Array, entity: Ints, basis: Array) -> Array:
    """Columns x 1(q <= gamma) net of the entity effects and the basis, shape (n, m)."""
    d = demean(x[:, None] * (q[:, None] <= gammas), entity)
    d = d - basis @ (basis.T @ d)
    return np.asarray(d - basis @ (basis.T @ d))  # twice: the residual of a residual is exact to rounding


def threshold_model(
    y: Array,
    x: Array,
    q: Array,
    controls: Array,
    entity: Ints,
    time: Ints | None,
    cluster: Ints,
    *,
    trim: float | Sequence[float] = 0.05,
    grid: int | None = 400,
    minimum_clusters: int = 1,
) -> ThresholdModel:
    """Make a panel ready: y, x, q (n,), controls (n, p) of any p; codes from 0, entities within clusters.

    `time` None leaves time effects out; each entity's rows then stand in the order of time. `trim` is the share of rows
    that a regime must hold, one number or one for each number of thresholds. Raises ValueError when no threshold is
    admissible or x does not vary on the two sides of any.
    """
    controls = np.asarray(controls, float).reshape(len(y), -1)
    trims = [trim] * 3 if isinstance(trim, float | int) else list(trim)
    by_stage = [candidates(q, share, grid, cluster, minimum_clusters) for share in trims]
    gammas = np.unique(np.concatenate(by_stage))
    net, basis = partial_out(np.asarray(y, float)[:, None], np.column_stack([x, controls]), entity, time)
    parts = [gammas[k : k + _CHUNK] for k in range(0, len(gammas), _CHUNK)]
    norms = np.concatenate([(net_columns(x, q, part, entity, basis) ** 2).sum(axis=0) for part in parts])
    order = np.argsort(q, kind="stable")
    size = np.cumsum(x[order] ** 2)[np.searchsorted(q[order], gammas, side="right") - 1]
    varies = norms > 1e-20 * size  # else rounding is all that is left
    eligible = np.stack([np.isin(gammas[varies], one) for one in by_stage])
    if not eligible.any(axis=1).all():
        raise ValueError("the regressor does not vary on both sides of any admissible threshold")
    gammas, norms = gammas[varies], norms[varies]
    groups = int(cluster.max()) + 1
    cells = np.searchsorted(gammas, q) * groups + cluster
    counts = np.bincount(cells, minlength=(len(gammas) + 1) * groups).reshape(-1, groups)[:-1]
    return ThresholdModel(
        y=np.asarray(y, float),
        x=np.asarray(x, float),
        q=np.asarray(q, float),
        controls=controls,
        entity=entity,
        time=time,
        cluster=cluster,
        outcome=net[:, 0],
        basis=basis,
        gammas=gammas,
        eligible=eligible,
        norms=norms,
        order=order,
        below=np.searchsorted(q[order], gammas, side="right"),
        below_by_cluster=counts.cumsum(axis=0),
        minimum_rows=np.array([_minimum_rows(share, len(q)) for share in trims]),
        minimum_clusters=minimum_clusters,
    )


def search(
    model: ThresholdModel, numerators: Array, total: Array, thresholds: int, products: Products, apart: Apart
) -> list[list[Step]]:
    """Models with 1..`thresholds` thresholds for R outcomes with numerators (R, C) and sums of squares `total` (R,).

    The steps that gave the thresholds of each model, the last estimated last: its SSE is the model's, infinite where an
    outcome's first thresholds leave no room for another. `products` and `apart` answer as those of the model.
    """

    def step(stage: int, fixed: list[Step]) -> Step:
        curve = _sse(model, numerators, total, stage, [one.at for one in fixed], products, apart)
        lowest = curve.min(axis=1, keepdims=True)
        at = np.argmax(curve <= lowest * (1 + 1e-12), axis=1)  # of equals, the smallest, whatever the rounding
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
    """SSE (R, C) with each candidate beside the fixed thresholds (R,), infinite where it may not stand there.

    The fixed columns are swept out of numerators and norms one by one.
    """
    draws = np.arange(len(numerators))
    norms = np.broadcast_to(model.norms, numerators.shape)
    allowed = np.broadcast_to(model.eligible[stage], numerators.shape)
    swept: list[tuple[Array, Array]] = []
    out = np.full(numerators.shape, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):  # an outcome without room left is infinite and stays so
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


def threshold_fits(model: ThresholdModel, thresholds: int = 1, level: float = 0.95) -> list[ThresholdFit]:
    """The models with 1..`thresholds` (at most 3) thresholds, with LR confidence sets (Hansen 1999, eq. 16-22).

    Raises ValueError when the first thresholds leave no room for another one, numpy.linalg.LinAlgError when the regimes
    or controls are collinear given the effects.
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
                f"no room for {len(steps)} thresholds: with {found} taken, none leaves every regime at least "
                f"{int(model.minimum_rows[len(steps) - 1])} rows and {model.minimum_clusters} clusters"
            )
        fits.append(_fit(model, steps, float(f_statistic(total, sse, model.df)[0]), level))
        total = sse
    return fits


def _fit(model: ThresholdModel, steps: list[Step], statistic: float, level: float) -> ThresholdFit:
    curves = sorted((_likelihood(model, step, level) for step in steps), key=lambda one: one.gamma)
    thresholds = np.array([one.gamma for one in curves])
    regime = np.searchsorted(thresholds, model.q)
    member = regime[:, None] == np.arange(len(thresholds) + 1)
    return ThresholdFit(
        thresholds=thresholds,
        likelihood=tuple(curves),
        sse=float(steps[-1].sse[0]),
        statistic=statistic,
        rows=member.sum(axis=0),
        clusters=np.array([len(np.unique(model.cluster[one])) for one in member.T]),
        regression=within_fit(
            model.y,
            np.column_stack([model.x[:, None] * member, model.controls]),
            model.entity,
            np.zeros_like(model.entity) if model.time is None else model.time,
            model.cluster,
        ),
    )


def _likelihood(model: ThresholdModel, step: Step, level: float) -> LikelihoodRatio:
    """LR = (S(gamma) - S_min) / (S_min / df); the set's critical value is -2 ln(1 - sqrt(level))."""
    allowed = np.isfinite(step.curve[0])
    gammas, curve, lowest = model.gammas[allowed], step.curve[0][allowed], float(step.sse[0])
    ratios = np.maximum((curve - lowest) / (lowest / model.df), 0.0)
    inside = gammas[ratios <= -2 * np.log(1 - np.sqrt(level))]
    return LikelihoodRatio(float(model.gammas[step.at[0]]), gammas, ratios, float(inside[0]), float(inside[-1]))
