"""Wild bootstrap, path permutation, CRV3, the specification curve, many mediators, rows: ours
beside peers."""

import time

import numpy as np
import pandas as pd

from benchmarks.mediation import CONTROLS, G, T, data, median_time
from pipeline.inference.draws import cluster_counts
from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.permutation import path_coefficients
from pipeline.inference.few_clusters.wild import wild_model, wild_test
from pipeline.inference.mediation import mediation_effects
from pipeline.inference.moments import Moments, build_moments
from pipeline.inference.subsets import subset_models

Row = dict[str, object]


def wild() -> list[Row]:
    """99,999 draws, 30 clusters: wildboottest with both weights; interval by inversion."""
    from wildboottest.wildboottest import WildboottestCL

    rng = np.random.default_rng(1)
    g, t = 30, 12
    entity, year = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(t), indexing="ij"))
    x, y = rng.normal(size=(2, g * t))
    controls = rng.normal(size=(g * t, CONTROLS))
    dummies = np.column_stack(
        [entity[:, None] == np.arange(1, g), year[:, None] == np.arange(1, t)]
    ).astype(float)
    full = np.column_stack([x, controls, np.ones(g * t), dummies])
    rows: list[Row] = []
    for weights in ("webb", "rademacher"):

        def ours(weights: str = weights) -> None:
            model = wild_model(y, x, controls, entity, year, entity)
            wild_test(model, 1, "bench", 99_999, weights)  # type: ignore[arg-type]

        def peer(weights: str = weights) -> None:
            boot = WildboottestCL(
                X=full, Y=y, cluster=entity, R=np.eye(full.shape[1])[0], B=99_999, seed=1
            )
            boot.get_scores(bootstrap_type="11", impose_null=True)
            boot.get_weights(weights_type=weights)
            boot.get_numer()
            boot.get_denom()
            boot.get_tboot()
            boot.get_vcov()
            boot.get_tstat()
            boot.get_pvalue(pval_type="two-tailed")

        rows.append(
            {
                "name": f"wild bootstrap, 99,999 draws, {weights}",
                "ours_s": median_time(ours, 5),
                "peer": "wildboottest",
                "peer_s": median_time(peer, 3),
            }
        )
    model = wild_model(y, x, controls, entity, year, entity)
    inverted = median_time(lambda: wild_test(model, 1, "bench", 99_999, "rademacher", 0.95), 3)
    rows.append({"name": "wild interval by inversion, 99,999 draws", "ours_s": inverted})
    return rows


def permutation() -> list[Row]:
    """10,000 permuted paths against a tight numpy loop and linearmodels."""
    from linearmodels.panel import PanelOLS

    z, entity, year = data()
    y, x, controls = z[:, -1], z[:, -3], z[:, :CONTROLS]
    rng = np.random.default_rng(3)
    orders = np.argsort(rng.random((10_000, G)), axis=1)
    blocks = z.reshape(G, T, -1) - z.reshape(G, T, -1).mean(axis=1, keepdims=True)
    flat = (blocks - blocks.mean(axis=0)).reshape(G * T, -1)
    design = np.column_stack([flat[:, -3], flat[:, :CONTROLS]])

    def tight(draws: int) -> None:
        for pi in orders[:draws]:
            design[:, 0] = flat[:, -3].reshape(G, T)[pi].ravel()
            np.linalg.solve(design.T @ design, design.T @ flat[:, -1])

    basis = np.linalg.qr(flat[:, :CONTROLS])[0]
    left = flat[:, -1] - basis @ (basis.T @ flat[:, -1])
    paths = flat[:, -3].reshape(G, T)
    square = float((paths**2).sum())

    def partialled(draws: int) -> None:
        for pi in orders[:draws]:
            moved = paths[pi].ravel()
            projected = basis.T @ moved
            moved @ left / (square - projected @ projected)

    keys = pd.MultiIndex.from_product([range(G), range(T)])
    frame = pd.DataFrame(
        z, index=keys, columns=[*(f"c{i}" for i in range(CONTROLS)), "x", "m", "y"]
    )

    def loop(draws: int) -> None:
        for pi in orders[:draws]:
            moved = frame.assign(x=x.reshape(G, T)[pi].ravel())
            PanelOLS(
                moved["y"], moved.drop(columns=["m", "y"]), entity_effects=True, time_effects=True
            ).fit()

    ours = median_time(lambda: path_coefficients(y, x, controls, entity, year, orders), 5)
    return [
        {
            "name": "path permutation, 10,000 draws",
            "ours_s": ours,
            "peer": "tight numpy loop",
            "peer_s": median_time(lambda: tight(1000), 3) * 10,
        },
        {
            "name": "path permutation, 10,000 draws",
            "ours_s": ours,
            "peer": "numpy loop, controls partialled out once",
            "peer_s": median_time(lambda: partialled(1000), 3) * 10,
        },
        {
            "name": "path permutation, 10,000 draws",
            "ours_s": ours,
            "peer": "linearmodels loop",
            "peer_s": median_time(lambda: loop(5), 3) * 2000,
        },
    ]


def jackknife() -> list[Row]:
    """CRV3 of one two-way model against pyfixest."""
    import pyfixest as pf

    z, entity, year = data()
    names = [*(f"c{i}" for i in range(CONTROLS)), "x", "y"]
    columns = [*range(CONTROLS + 1), CONTROLS + 2]
    frame = pd.DataFrame(z[:, columns], columns=names).assign(entity=entity, year=year)
    formula = "y ~ x + " + " + ".join(names[:CONTROLS]) + " | entity + year"

    def ours() -> None:
        b, without = leave_one_out(build_moments(z[:, columns], entity, year, entity), CONTROLS + 1)
        crv3(b, without)

    peer = median_time(lambda: pf.feols(formula, frame, vcov={"CRV3": "entity"}), 3)
    return [
        {
            "name": "CRV3 of a two-way model",
            "ours_s": median_time(ours, 9),
            "peer": "pyfixest",
            "peer_s": peer,
        }
    ]


def curve(g: int, t: int, label: str) -> Row:
    """4,096 models (12 controls) x 6 outcome-treatment pairs with clustered errors, against a
    pyfixest loop."""
    import pyfixest as pf

    rng = np.random.default_rng(4)
    entity, year = (a.ravel() for a in np.meshgrid(np.arange(g), np.arange(t), indexing="ij"))
    z = rng.normal(size=(g * t, 17))
    names = [*(f"c{i}" for i in range(12)), "x0", "x1", "y0", "y1", "y2"]

    def ours() -> None:
        moments = build_moments(z, entity, year, entity, whiten=False)
        subset_models(moments, 12, [12, 13], [14, 15, 16])

    frame = pd.DataFrame(z, columns=names).assign(entity=entity, year=year)
    picks = [[f"c{i}" for i in range(12) if rng.random() < 0.5] for _ in range(4)]

    def peer() -> None:
        for chosen in picks:
            pf.feols(
                f"y0 ~ {' + '.join(['x0', *chosen])} | entity + year",
                frame,
                vcov={"CRV1": "entity"},
            )

    each = median_time(peer, 3) / len(picks)
    return {
        "name": f"specification curve, 24,576 models, {label}",
        "ours_s": median_time(ours, 3),
        "peer": "pyfixest loop",
        "peer_s": each * 24_576,
    }


def many() -> list[Row]:
    """100,000 replicates x 4 mechanisms x 3 outcomes; 1,000 replicates at 10^3 and 10^6 rows with
    equal clusters."""
    rng = np.random.default_rng(5)
    entity, year = (a.ravel() for a in np.meshgrid(np.arange(G), np.arange(T), indexing="ij"))
    z = rng.normal(size=(G * T, CONTROLS + 8))
    outcomes = [
        build_moments(z[:, [*range(CONTROLS + 5), CONTROLS + 5 + k]], entity, year, entity)
        for k in range(3)
    ]

    def work() -> None:
        for weights in cluster_counts(1, "bench", 100_000, G):
            for moments in outcomes:
                mediation_effects(moments, CONTROLS, 4, weights)

    rows: list[Row] = [
        {"name": "100,000 replicates x 4 mechanisms x 3 outcomes", "ours_s": median_time(work, 3)}
    ]
    for per_entity in (3, 2700):  # 10^3 and 10^6 rows
        n = G * T * per_entity
        units = np.repeat(np.arange(G * per_entity), T)
        times = np.tile(np.arange(T), G * per_entity)
        start = time.perf_counter()
        moments: Moments = build_moments(
            rng.normal(size=(n, CONTROLS + 3)), units, times, units // per_entity
        )
        built = time.perf_counter() - start
        weights = next(cluster_counts(1, "bench", 1_000, G))

        def replicate(moments: Moments = moments, weights: np.ndarray = weights) -> None:
            mediation_effects(moments, CONTROLS, 1, weights)

        rows.append({"name": f"building moments, {n:,} rows", "ours_s": built})
        rows.append(
            {
                "name": f"1,000 replicates after moments of {n:,} rows",
                "ours_s": median_time(replicate, 9),
            }
        )
    return rows


def measure() -> list[Row]:
    """All rows."""
    return [
        *wild(),
        *permutation(),
        *jackknife(),
        curve(31, 12, "31 x 12"),
        curve(2800, 20, "2,800 x 20"),
        *many(),
    ]
