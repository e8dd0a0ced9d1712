"""Indices of 30 indicators, their re-weightings, Malmquist and Dagum: ours, beside the obvious way
where there is one."""

import numpy as np

from benchmarks.mediation import median_time
from pipeline.formula.proxies.malmquist import malmquist
from pipeline.index.build import build_index
from pipeline.index.uncertainty import reweightings
from pipeline.index.weighting import Context
from pipeline.inference.distribution.dagum import dagum
from pipeline.study.schema import IndexSpec

Row = dict[str, object]
G, T, K = 31, 13, 30


def indices() -> list[Row]:
    """Build an index, and draw its weights anew 1,000 times; the peer refits each draw with
    numpy."""
    rng = np.random.default_rng(1)
    x = rng.gamma(2.0, size=(G * T, K))
    text = {"en": "i", "zh": "i"}
    names = [f"v{j}" for j in range(K)]
    spec = IndexSpec.model_validate(
        {
            "label": text,
            "dimensions": {"d": {"label": text, "indicators": dict.fromkeys(names, "+")}},
        }
    )
    values = {n: x[:, j].reshape(G, T) for j, n in enumerate(names)}
    context = Context(provinces=np.repeat(np.arange(G), T))

    def peer() -> None:
        blocks = x.reshape(G, T, K)
        for _ in range(1_000):
            drawn = blocks[rng.integers(0, G, G)].reshape(-1, K)
            s = (drawn - drawn.min(axis=0)) / np.ptp(drawn, axis=0) + 1e-4
            p = s / s.sum(axis=0)
            d = 1 + (p * np.log(p)).sum(axis=0) / np.log(len(p))
            d / d.sum()

    return [
        {
            "name": "index of 30 indicators, 31 x 13",
            "ours_s": median_time(
                lambda: build_index("i", spec, values, range(2011, 2024), 2011), 9
            ),
        },
        {
            "name": "1,000 re-weightings of 30 indicators",
            "peer": "numpy loop",
            "ours_s": median_time(
                lambda: reweightings(x, np.ones(K), "entropy", context, 1, "bench"), 5
            ),
            "peer_s": median_time(peer, 3),
        },
    ]


def counties() -> list[Row]:
    """Dagum's parts of 2,800 counties; the peer forms all pairs."""
    rng = np.random.default_rng(2)
    values, groups = rng.lognormal(size=2_800), rng.integers(0, 4, 2_800)

    def peer() -> None:
        gaps = np.abs(values[:, None] - values[None, :])
        for j in range(4):
            for h in range(4):
                gaps[groups == j][:, groups == h].mean()

    return [
        {
            "name": "Dagum, 2,800 counties in 4 groups",
            "ours_s": median_time(lambda: dagum(values, groups), 9),
            "peer": "all pairs, numpy",
            "peer_s": median_time(peer, 3),
        }
    ]


def productivity() -> list[Row]:
    """DEA-Malmquist of 31 provinces over 13 years."""
    rng = np.random.default_rng(3)
    k, labour = rng.lognormal(size=(2, G, T))
    return [
        {
            "name": "Malmquist, 31 x 13, two inputs",
            "ours_s": median_time(lambda: malmquist([k, labour], [k**0.4 * labour**0.6]), 3),
        }
    ]


def measure() -> list[Row]:
    return [*indices(), *counties(), *productivity()]
