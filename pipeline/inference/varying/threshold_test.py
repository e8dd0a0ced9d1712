"""Bootstrap of Hansen's F: is there one more threshold? Errors are drawn by whole entities or
clusters.

Under H0 of k - 1 thresholds x, q and controls stay as they are and y* = fit of that model + e*; the
whole sequential search is repeated on each y*. What the fixed columns explain of y* drops out of
every sum of squares, so y* is built net
of them: the thresholds' part of the fit plus the errors with those columns projected off.
The errors are residuals of the null model. As in Hansen (1999) entities' whole residual paths are
drawn with replacement, which needs a balanced panel whose clusters are its entities; any other
panel gets Rademacher signs by cluster (the wild bootstrap).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.inference.draws import generator
from pipeline.inference.moments import Array, Ints
from pipeline.inference.ties import at_least
from pipeline.inference.varying.threshold import Apart, Products, ThresholdFit, f_statistic, search
from pipeline.inference.varying.threshold_model import ThresholdModel

Scheme = Literal["paths", "signs", "permuted"]
_BLOCK = 1024
_NUMBERS = 4_000_000


@dataclass(frozen=True)
class ThresholdTest:
    """Test of k - 1 against k thresholds: F_k, its p-value with ties counted, critical values at
    10, 5 and 1%.

    draws: replicates used; dropped: replicates whose first thresholds left no room for another;
    scheme of the errors
    """

    statistic: float
    p: float
    critical: tuple[float, float, float]
    draws: int
    dropped: int
    scheme: Scheme


def entity_paths(model: ThresholdModel) -> Ints | None:
    """Rows of each entity in order of time, shape (entities, T), when the panel is balanced and
    clusters are entities."""
    entities, rows = int(model.entity.max()) + 1, len(model.entity)
    time = np.zeros(rows, np.int64) if model.time is None else model.time
    years = rows // entities if model.time is None else int(time.max()) + 1
    balanced = bool((np.bincount(model.entity) == years).all())
    if not balanced or int(model.cluster.max()) + 1 != entities:
        return None
    return np.lexsort((time, model.entity)).reshape(entities, years)


def error_draws(seed: int, stream: str, draws: int, clusters: int, scheme: Scheme) -> Ints:
    """What each replicate draws, shape (draws, clusters): the entity whose path is taken, or the
    cluster's sign.

    Block b of 1,024 replicates comes from stream b, so a replicate is the same however many are
    drawn.
    """
    blocks = []
    for number, start in enumerate(range(0, draws, _BLOCK)):
        rng = generator(seed, stream, number)
        drawn = rng.integers(0, clusters if scheme == "paths" else 2, (_BLOCK, clusters))[
            : draws - start
        ]
        blocks.append(drawn if scheme == "paths" else 1 - 2 * drawn)
    return np.concatenate(blocks)


def bootstrap_errors(
    model: ThresholdModel, residuals: Array, drawn: Ints, paths: Ints | None
) -> Array:
    """Errors e* (R, n) from the null's residuals (n,): paths of the entities drawn, or residuals
    with clusters' signs."""
    if paths is None:
        return np.asarray(residuals * drawn[:, model.cluster])
    out = np.empty((len(drawn), len(residuals)))
    out[:, paths.ravel()] = residuals[paths][drawn].reshape(len(drawn), -1)
    return out


def replicate_statistics(
    model: ThresholdModel,
    residuals: Array,
    k: int,
    drawn: Ints,
    paths: Ints | None,
    products: Products,
    apart: Apart,
    chunk: int | None = None,
) -> Array:
    """F_k* (R,) under the null with these residuals (n,), for the draws (R, clusters); NaN where no
    room is left.

    `products` and `apart` answer as those of the model. At most `chunk` replicates at once, else as
    many as keep the whole below some 200 MB.
    """
    size = chunk or max(1, _NUMBERS // (len(residuals) + len(model.gammas)))
    signal = model.outcome - residuals
    out = np.empty(len(drawn))
    for start in range(0, len(drawn), size):
        errors = bootstrap_errors(model, residuals, drawn[start : start + size], paths)
        # an entity's residuals have mean zero and stay together, so that only the basis is left to
        # project off
        y = signal + errors - (errors @ model.basis) @ model.basis.T
        total = (y**2).sum(axis=1)
        models = search(model, model.numerators(y), total, k, products, apart)
        smaller = models[k - 2][-1].sse if k > 1 else total
        out[start : start + size] = f_statistic(smaller, models[k - 1][-1].sse, model.df)
    return out


def threshold_tests(
    model: ThresholdModel,
    fits: Sequence[ThresholdFit],
    seed: int,
    spec: str,
    draws: int,
    first: ThresholdTest | None = None,
) -> list[ThresholdTest]:
    """Tests of k - 1 against k thresholds for each of the fits k = 1, 2, 3 of `threshold_fits`;
    `first` is that of one threshold where it was made otherwise.

    Holds the products of all candidates, C x C numbers: give the model a grid where q has thousands
    of values. Raises ValueError when every replicate is dropped.
    """
    paths = entity_paths(model)
    scheme: Scheme = "signs" if paths is None else "paths"
    everyone = np.arange(len(model.gammas))
    gram = model.products(everyone)
    spaced = [model.apart(stage, everyone) for stage in range(len(fits))]
    tests = []
    residuals = model.outcome
    for k, fit in enumerate(fits, start=1):
        if k == 1 and first is not None:
            tests.append(first)
            residuals = fit.regression.residuals
            continue
        drawn = error_draws(
            seed, f"{spec}/threshold/{k}", draws, int(model.cluster.max()) + 1, scheme
        )
        replicates = replicate_statistics(
            model, residuals, k, drawn, paths, gram.__getitem__, lambda stage, at: spaced[stage][at]
        )
        tests.append(summary(fit.statistic, replicates, scheme))
        residuals = fit.regression.residuals
    return tests


def summary(statistic: float, replicates: Array, scheme: Scheme) -> ThresholdTest:
    """The test of a statistic against its replicates, those that are NaN dropped. Raises ValueError
    where all are."""
    used = replicates[np.isfinite(replicates)]
    if not len(used):
        raise ValueError(
            f"none of {len(replicates)} bootstrap replicates has room for as many thresholds as "
            "the sample"
        )
    extreme = int(at_least(used, statistic).sum())
    ten, five, one = np.quantile(used, [0.90, 0.95, 0.99], method="inverted_cdf")
    return ThresholdTest(
        statistic=statistic,
        p=(1 + extreme) / (1 + len(used)),
        critical=(float(ten), float(five), float(one)),
        draws=len(used),
        dropped=len(replicates) - len(used),
        scheme=scheme,
    )
