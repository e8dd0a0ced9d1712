"""Random draws that depend on the declared seed and the spec alone, never on workers, chunks or
other specs."""

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def generator(seed: int, spec: str, stream: int = 0) -> np.random.Generator:
    """A counter-based generator for one spec: keyed by the study's seed, the spec's name and a
    stream number."""
    digest = hashlib.sha256(f"{seed}/{spec}/{stream}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))


def cluster_counts(
    seed: int, spec: str, draws: int, clusters: int, chunk: int = 4096
) -> Iterator[NDArray[np.float64]]:
    """Counts of a pairs-cluster bootstrap: how often each cluster is drawn, in arrays (<= chunk,
    G).

    Chunk c comes from stream c, so a chunk is the same whoever computes it; only one chunk is in
    memory at a time.
    """
    for number, start in enumerate(range(0, draws, chunk)):
        size = min(chunk, draws - start)
        picks = generator(seed, spec, number).integers(0, clusters, size=(chunk, clusters))[:size]
        flat = np.bincount(
            (picks + clusters * np.arange(size)[:, None]).ravel(), minlength=size * clusters
        )
        yield flat.reshape(size, clusters).astype(float)


def enough(weights: NDArray[np.float64], slopes: int) -> NDArray[np.bool_]:
    """Which replicates (R,) of counts (R, G) hold as many distinct clusters as slopes: with fewer
    their cluster-robust covariance is singular, and some fit their rows without a residual."""
    return np.asarray((weights > 0).sum(axis=1) >= slopes)
