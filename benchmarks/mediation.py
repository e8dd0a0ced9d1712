"""Mediation bootstrap: ours, a tight numpy refit loop, linearmodels and pyfixest, on one synthetic
panel of 31 x 12."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.inference.draws import cluster_counts
from pipeline.inference.mediation import mediation_effects
from pipeline.inference.moments import build_moments

G, T, CONTROLS = 31, 12, 5


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns [controls, x, m, y], entity, time."""
    rng = np.random.default_rng(1)
    entity, year = (a.ravel() for a in np.meshgrid(np.arange(G), np.arange(T), indexing="ij"))
    z = rng.normal(size=(G * T, CONTROLS + 3)) + 0.3 * entity[:, None]
    z[:, -2] += 0.5 * z[:, -3]
    z[:, -1] += 0.4 * z[:, -2] + 0.2 * z[:, -3]
    return z, entity, year


def median_time(work: Callable[[], object], repeats: int) -> float:
    """Median seconds of `repeats` calls after one that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def ours(z: np.ndarray, entity: np.ndarray, year: np.ndarray, draws: int) -> None:
    moments = build_moments(z, entity, year, entity)
    for weights in cluster_counts(1, "bench", draws, G):
        mediation_effects(moments, CONTROLS, 1, weights)


def tight_loop(z: np.ndarray, draws: int) -> None:
    """The honest peer: entity-demeaned blocks once, then for each draw one gather, year means and
    two solves."""
    blocks = z.reshape(G, T, -1) - z.reshape(G, T, -1).mean(axis=1, keepdims=True)
    rng = np.random.default_rng(2)
    k = CONTROLS + 1
    for _ in range(draws):
        b = blocks[rng.integers(0, G, G)]
        b = (b - b.mean(axis=0)).reshape(G * T, -1)
        s = b.T @ b
        np.linalg.solve(s[:k, :k], s[:k, k:])
        np.linalg.solve(s[: k + 1, : k + 1], s[: k + 1, k + 1])


def batched(z: np.ndarray, draws: int) -> None:
    """The same refits in batches of 32: stacked cross products and stacked solves, as good as
    refitting in numpy gets."""
    blocks = z.reshape(G, T, -1) - z.reshape(G, T, -1).mean(axis=1, keepdims=True)
    rng = np.random.default_rng(2)
    k = CONTROLS + 1
    for _ in range(0, draws, 32):
        b = blocks[rng.integers(0, G, (32, G))]
        b = (b - b.mean(axis=1, keepdims=True)).reshape(32, G * T, -1)
        s = b.transpose(0, 2, 1) @ b
        np.linalg.solve(s[:, :k, :k], s[:, :k, k:])
        np.linalg.solve(s[:, : k + 1, : k + 1], s[:, : k + 1, k + 1 :])


def _stacked(z: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    blocks = z.reshape(G, T, -1)[rng.integers(0, G, G)].reshape(G * T, -1)
    names = [*(f"c{i}" for i in range(CONTROLS)), "x", "m", "y"]
    keys = pd.MultiIndex.from_product([range(G), range(T)], names=["entity", "year"])
    return pd.DataFrame(blocks, columns=names, index=keys)


def linearmodels_loop(z: np.ndarray, draws: int) -> None:
    from linearmodels.panel import PanelOLS

    rng = np.random.default_rng(2)
    x = ["x", *(f"c{i}" for i in range(CONTROLS))]
    for _ in range(draws):
        d = _stacked(z, rng)
        for outcome, names in (("m", x), ("y", x), ("y", ["m", *x])):
            PanelOLS(d[outcome], d[names], entity_effects=True, time_effects=True).fit()


def pyfixest_loop(z: np.ndarray, draws: int) -> None:
    import pyfixest as pf

    rng = np.random.default_rng(2)
    x = "x + " + " + ".join(f"c{i}" for i in range(CONTROLS))
    for _ in range(draws):
        d = _stacked(z, rng).reset_index()
        for outcome, names in (("m", x), ("y", x), ("y", f"m + {x}")):
            pf.feols(f"{outcome} ~ {names} | entity + year", d, vcov="iid")


def measure() -> list[dict[str, object]]:
    """Seconds for the same number of replicates, ours and each peer's."""
    z, entity, year = data()
    large = median_time(lambda: ours(z, entity, year, 100_000), 3)
    small = median_time(lambda: ours(z, entity, year, 1_000), 7)
    tight = median_time(lambda: tight_loop(z, 1_000), 5) / 1_000
    lm = median_time(lambda: linearmodels_loop(z, 3), 3) / 3
    fx = median_time(lambda: pyfixest_loop(z, 3), 3) / 3
    return [
        {
            "name": "mediation bootstrap, 100,000 draws",
            "ours_s": large,
            "peer": "tight numpy loop",
            "peer_s": tight * 1e5,
        },
        {
            "name": "mediation bootstrap, 100,000 draws",
            "ours_s": large,
            "peer": "numpy refits in batches",
            "peer_s": median_time(lambda: batched(z, 3_200), 5) / 3_200 * 1e5,
        },
        {
            "name": "mediation bootstrap, 100,000 draws",
            "ours_s": large,
            "peer": "linearmodels loop",
            "peer_s": lm * 1e5,
        },
        {
            "name": "mediation bootstrap, 100,000 draws",
            "ours_s": large,
            "peer": "pyfixest loop",
            "peer_s": fx * 1e5,
        },
        {
            "name": "mediation bootstrap, 1,000 draws with moments",
            "ours_s": small,
            "peer": "linearmodels loop",
            "peer_s": lm * 1e3,
        },
    ]
