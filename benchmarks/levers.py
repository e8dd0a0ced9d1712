"""Thresholds, moderated mediation, groups, quantiles, the twelve rows: ours, beside peers where
there are any."""

import contextlib
import io
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.mediation import median_time
from pipeline.inference.draws import cluster_counts
from pipeline.inference.moments import build_moments
from pipeline.inference.varying.groups import bootstrap, group_model, permutation
from pipeline.inference.varying.moderation import slopes
from pipeline.inference.varying.quantiles import quantile_regression
from pipeline.inference.varying.threshold import threshold_fits
from pipeline.inference.varying.threshold_model import threshold_model
from pipeline.inference.varying.threshold_test import threshold_tests

Row = dict[str, object]
G, T, CONTROLS = 31, 13, 4


def _data() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(1)
    entity, year = (a.ravel() for a in np.meshgrid(np.arange(G), np.arange(T), indexing="ij"))
    y, x, q, m = rng.normal(size=(4, G * T))
    return y, x, q, m, rng.normal(size=(G * T, CONTROLS)), entity, year


def threshold() -> list[Row]:
    """Search with 1,000 bootstrap draws for one and for three thresholds; pyxthreg's single
    threshold, compiled before."""
    from pyxthreg import ThresholdPanel

    y, x, q, _, controls, entity, year = _data()

    def ours(thresholds: int) -> None:
        model = threshold_model(y, x, q, controls, entity, year, entity, trim=0.05)
        threshold_tests(model, threshold_fits(model, thresholds), 1, "bench", 1_000)

    names = [f"c{i}" for i in range(CONTROLS)]
    frame = pd.DataFrame(
        {"y": y, "x": x, "q": q, "id": entity, "year": year}
        | dict(zip(names, controls.T, strict=True))
    )

    def peer(draws: int) -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            ThresholdPanel(frame, "y", "x", "q", names).fit(
                thnum=1, grid=400, bs=draws, trim=0.05, time_fe=True, nobslog=True, n_jobs=1
            )

    peer(10)  # compiles
    return [
        {
            "name": "one threshold, 1,000 draws",
            "ours_s": median_time(lambda: ours(1), 5),
            "peer": "pyxthreg (compiled)",
            "peer_s": median_time(lambda: peer(1_000), 3),
        },
        {"name": "three thresholds, 1,000 draws", "ours_s": median_time(lambda: ours(3), 5)},
    ]


def moderated_mediation() -> list[Row]:
    """10,000 draws of both equations with moments, beside refits by linearmodels."""
    from linearmodels.panel import PanelOLS

    y, x, q, m, controls, entity, year = _data()
    first, second = (
        np.column_stack([controls, q, x * q, x, m]),
        np.column_stack([controls, q, x * q, x, m * q, m, y]),
    )

    def ours() -> None:
        both = [build_moments(z, entity, year, entity) for z in (first, second)]
        for w in cluster_counts(1, "bench", 10_000, G):
            for moments in both:
                slopes(moments, w)

    index = pd.MultiIndex.from_arrays([entity, year])

    def peer() -> None:
        for z in (first, second):
            PanelOLS(
                pd.Series(z[:, -1], index, name="dependent"),
                pd.DataFrame(z[:, :-1], index),
                entity_effects=True,
                time_effects=True,
            ).fit()

    return [
        {
            "name": "moderated mediation, 10,000 draws",
            "ours_s": median_time(ours, 5),
            "peer": "linearmodels loop",
            "peer_s": median_time(peer, 5) * 10_000,
        }
    ]


def groups_and_quantiles() -> list[Row]:
    """Differences between three groups by bootstrap and permutation; quantiles via moments with 999
    draws."""
    y, x, _, _, controls, entity, year = _data()
    group = np.digitize(entity, [10, 19])

    def tests() -> None:
        model = group_model(y, x, controls, entity, year, entity, group)
        bootstrap(model, 1, "bench", 9_999)
        permutation(model, 1, "bench", 9_999)

    def quantiles() -> None:
        quantile_regression(
            y, x, controls, entity, year, entity, [0.1, 0.25, 0.5, 0.75, 0.9], seed=1, spec="bench"
        )

    return [
        {"name": "groups, 9,999 draws and permutations", "ours_s": median_time(tests, 5)},
        {"name": "quantiles via moments, 999 draws", "ours_s": median_time(quantiles, 5)},
    ]


def twelve_rows() -> list[Row]:
    """Every table and figure of levers of the demo study, with its bootstraps, from the panel to
    the results."""
    from pipeline.__main__ import main
    from pipeline.methods.discover import by_kind
    from pipeline.methods.load import open_study
    from pipeline.methods.run import estimate, estimates
    from pipeline.panel.panel import read_panel
    from pipeline.study import study_paths

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        for stage in ("ingest", "validate", "construct"):
            assert main([stage, "demo", "--build", folder]) == 0, sys.stderr
        study = open_study(study_paths("demo", build=Path(folder)))
        panel = read_panel(study.paths.panel, study.paths.panel_metadata)
        specs = {
            name: spec
            for name, spec in {**study.tables, **study.figures}.items()
            if by_kind()[spec.kind].folder.parent.name == "levers" and estimates(name, spec)
        }
        names = [name for name, spec in specs.items() if spec.kind == "levers"]

        def work(chosen: list[str]) -> None:
            for name in chosen:
                estimate(study, panel, name, specs[name])

        return [
            {"name": "the twelve rows", "ours_s": median_time(lambda: work(names), 3)},
            {
                "name": "all tables and figures of levers",
                "ours_s": median_time(lambda: work(list(specs)), 1),
            },
        ]


def measure() -> list[Row]:
    return [*threshold(), *moderated_mediation(), *groups_and_quantiles(), *twelve_rows()]
