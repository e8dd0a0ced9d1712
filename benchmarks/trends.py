"""Size and power against common trends, at 31 units x 12 years, by simulation.

    .venv/bin/python -m benchmarks.trends [panels]

Prints the share of 5% tests that reject by design and method, for a treatment without effect and
with one; then the share in which tests that look for trends find something.
"""

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from pipeline.inference.draws import generator
from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.wild import wild_model, wild_test
from pipeline.inference.moments import Array, build_moments
from pipeline.inference.trends import cce, dependence, serial, slopes, unit_root
from pipeline.inference.trends.designs import DESIGNS, Design, autoregression, draw
from pipeline.inference.trends.detrend import detrend, differences
from pipeline.inference.trends.interactive import (
    interactive,
    interactive_panels,
    jackknife,
    number_of_factors,
)
from pipeline.inference.trends.refusals import NotConverged
from pipeline.inference.within import within_fit

N, T = 31, 12
Method = Callable[[Array, Array], dict[str, float]]
ENTITY, YEAR = (a.ravel() for a in np.indices((N, T)))
DRAWS = 399
NO_TIME = np.zeros(N * T, np.int64)


def p_of_t(beta: float, variance: float) -> float:
    """Two-sided p of t(N - 1)."""
    return float(2 * stats.t.sf(abs(beta) / np.sqrt(variance), N - 1))


def two_way(y: Array, x: Array) -> dict[str, float]:
    """p-values of the coefficient beside unit and year effects."""
    z = np.column_stack([x.ravel(), y.ravel()])
    fit = within_fit(z[:, 1], z[:, :1], ENTITY, YEAR, ENTITY)
    beta, without = leave_one_out(build_moments(z, ENTITY, YEAR, ENTITY), 1)
    return {
        "two-way CRV1": p_of_t(fit.beta[0], fit.covariance[0, 0]),
        "two-way CRV3": p_of_t(beta[0], crv3(beta, without)[0, 0]),
    }


def unit_trends(y: Array, x: Array) -> dict[str, float]:
    """p-values beside unit trends, unit and year effects."""
    flat, treated, effects = _detrended(y, x)
    regressors = np.column_stack([effects, treated])
    fit = within_fit(flat, regressors, ENTITY, NO_TIME, ENTITY)
    moments = build_moments(np.column_stack([regressors, flat]), ENTITY, None, ENTITY)
    beta, without = leave_one_out(moments, regressors.shape[1])
    return {
        "unit trends CRV1": p_of_t(fit.beta[-1], fit.covariance[-1, -1]),
        "unit trends CRV3": p_of_t(beta[-1], crv3(beta, without)[-1, -1]),
    }


def unit_trends_wild(y: Array, x: Array) -> dict[str, float]:
    """The same by the wild cluster bootstrap."""
    flat, treated, effects = _detrended(y, x)
    model = wild_model(flat, treated, effects, ENTITY, None, ENTITY, "WCR31")
    return {"unit trends WCR31": wild_test(model, 1, "trends", DRAWS).p}


def _detrended(y: Array, x: Array) -> tuple[Array, Array, Array]:
    d = detrend(np.column_stack([y.ravel(), x.ravel()]), ENTITY, YEAR)
    return d.columns[:, 0], d.columns[:, 1], d.effects


def changes(y: Array, x: Array) -> dict[str, float]:
    """p-values in first differences with year effects, no unit effects."""
    d = differences(np.column_stack([y.ravel(), x.ravel()]), ENTITY, YEAR)
    unit, year = ENTITY[d.rows], YEAR[d.rows] - 1
    fit = within_fit(d.columns[:, 0], d.columns[:, 1:], year, np.zeros_like(year), unit)
    return {"differences CRV1": p_of_t(fit.beta[0], fit.covariance[0, 0])}


def correlated_effects(y: Array, x: Array) -> dict[str, float]:
    """p-values of common correlated effects."""
    found = {}
    for name, estimate in (("CCEP", cce.pooled), ("CCEMG", cce.mean_group)):
        fit = estimate(y, x[..., None])
        found[f"{name} nonparametric"] = p_of_t(fit.beta[0], fit.covariance[0, 0])
        found[f"{name} CRV3"] = p_of_t(fit.beta[0], fit.crv3[0, 0])
    return found


def chosen_factors(y: Array, x: Array) -> dict[str, float]:
    """p-value of interactive effects with the number of factors that BIC_3 chooses."""
    factors = number_of_factors(y, x[..., None], 4)
    found = interactive_of(factors)(y, x)
    return {k.replace(f"r = {factors}", "BIC_3 of 4"): p for k, p in found.items()}


def interactive_of(factors: int) -> Method:
    """The method of interactive effects with a number of factors; a refusal does not reject."""
    by_score, by_jackknife = (f"interactive r = {factors} {errors}" for errors in ("CRV1", "CRV3"))

    def method(y: Array, x: Array) -> dict[str, float]:
        try:
            fit = interactive(y, x[..., None], factors)
            variance = jackknife(y, x[..., None], factors)[0, 0]
        except NotConverged:
            return {by_score: 1.0, by_jackknife: 1.0}
        return {
            by_score: p_of_t(fit.beta[0], fit.covariance[0, 0]),
            by_jackknife: p_of_t(fit.beta[0], variance),
        }

    return method


METHODS: tuple[Method, ...] = (
    two_way,
    unit_trends,
    unit_trends_wild,
    changes,
    correlated_effects,
    interactive_of(1),
    interactive_of(2),
    interactive_of(3),
    chosen_factors,
)


def rejections(
    design: Design,
    panels: int,
    effect: float = 0.0,
    persistence: float = 0.9,
    methods: Sequence[Method] = METHODS,
) -> dict[str, float]:
    """Share of `panels` panels in which each method's 5% test rejects that there is no effect."""
    rng = generator(1, f"trends/{design}/{effect}/{persistence}")
    made = draw(design, panels, rng, effect=effect, persistence=persistence)
    rows = [
        {name: p for method in methods for name, p in method(y, x).items()}
        for y, x in zip(made.y, made.x, strict=True)
    ]
    return {name: float(np.mean([row[name] < 0.05 for row in rows])) for name in rows[0]}


def detections(panels: int, persistence: float) -> dict[str, float]:
    """Share of panels in which the tests that look for something reject at 5%: of panels in which
    they should find nothing at persistence 0."""
    rng = generator(1, f"trends/detections/{persistence}")
    y = autoregression((panels, N, T), persistence, rng)
    x = autoregression((panels, N, T), persistence, rng)[..., None]
    walks = rng.normal(size=(panels, N, T)).cumsum(axis=2)
    rows = [_detected(*one) for one in zip(y, x, walks, strict=True)]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _detected(y: Array, x: Array, walk: Array) -> dict[str, bool]:
    none = interactive(y, x, 0)
    slope = slopes.slope_test(y, x)
    within = y - y.mean(axis=1, keepdims=True)
    tests = {
        "CD, unit effects": dependence.cd(within).p,
        "CD, year effects too": dependence.cd(none.residuals).p,
        "CD*, one factor": dependence.cd_star(within, 1).p,
        "CD*, two factors": dependence.cd_star(within, 2).p,
        "serial, within": serial.within_test(none.residuals).p,
        "serial, differences": serial.difference_test(np.diff(none.residuals, axis=1)).p,
        "slopes, delta": slope.p,
        "slopes, adjusted delta": slope.p_adjusted,
    }
    found = {name: p < 0.05 for name, p in tests.items()}
    roots = {"CIPS of y": unit_root.cips(y), "CIPS of a random walk": unit_root.cips(walk)}
    return found | {name: t.statistic < t.critical[1] for name, t in roots.items()}


def measure() -> list[dict[str, object]]:
    """Seconds of what has a time to keep."""
    made = draw("factors", 1_000, generator(1, "trends/speed"))
    y, x = made.y[0], made.x[0][..., None]
    tasks: dict[str, Callable[[], object]] = {
        "interactive effects, r = 2, 1,000 panels": lambda: interactive_panels(
            made.y, made.x[..., None], 2
        ),
        "interactive effects, r = 2, one panel": lambda: interactive(y, x, 2),
        "interactive effects, r = 2, jackknife": lambda: jackknife(y, x, 2),
        "common correlated effects, pooled": lambda: cce.pooled(y, x),
        "common correlated effects, mean group": lambda: cce.mean_group(y, x),
    }
    return [{"name": name, "ours_s": _seconds(task)} for name, task in tasks.items()]


def _seconds(task: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def main(panels: int) -> None:
    """Print the shares."""
    for persistence in (0.9, 0.5):
        for effect in (0.0, 0.25):
            columns = [rejections(d, panels, effect, persistence) for d in DESIGNS]
            print(f"AR({persistence}), effect {effect}: {' '.join(DESIGNS)}")
            for name in columns[0]:
                print(f"  {name:<28}" + " ".join(f"{c[name]:.3f}" for c in columns), flush=True)
    for persistence in (0.0, 0.5, 0.9):
        print(f"AR({persistence})", detections(panels, persistence))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
