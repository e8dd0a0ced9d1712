"""The study of few clusters: a short version, and the constant that the committed page gives."""

import csv

import numpy as np

from benchmarks.few_clusters import CLUSTERS, DESIGNS, NULL, PATHS, least, one, report
from pipeline.results.estimate import MINIMUM_CLUSTERS
from tests.conftest import ROOT


def test_three_clusters_cover_far_less_than_twelve():
    few, many = (
        np.mean([one(s, g, "equal", "a = b = 0.4") for s in range(60)], axis=0) for g in (3, 12)
    )
    assert few[0] < 0.8 < many[0] and few[2] > 0.05 > many[2]


def test_a_panel_that_loses_half_of_its_draws_has_no_interval():
    coverage, excludes, dropped = one(0, 4, "skewed, 3 controls", NULL)
    assert np.isnan([coverage, excludes]).all() and dropped > 0.5


def rows(poor):
    """A study in which `poor` clusters cover too little."""
    return [
        {
            "clusters": g,
            "design": design,
            "path": path,
            "coverage": 0.80 if g == poor else 0.91,
            "excludes 0": 0.05,
            "dropped": 0.0,
        }
        for g in CLUSTERS
        for design in DESIGNS
        for path in PATHS
    ]


def test_the_minimum_is_above_every_number_that_loses_coverage():
    assert least(rows(7)) == 8 and least(rows(10)) == 12
    assert "From 8 clusters on" in report(rows(7), 100)
    lost = [{**r, "dropped": 0.1} if r["clusters"] == 7 else r for r in rows(7)]
    assert least(lost) == CLUSTERS[0]


def test_the_constant_is_what_the_committed_study_found():
    with (ROOT / "reports/methods/few_clusters.csv").open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    kept = [{**r, "clusters": int(r["clusters"])} for r in found]
    assert least(kept) == MINIMUM_CLUSTERS
    page = (ROOT / "reports/methods/few_clusters.md").read_text(encoding="utf-8")
    assert f"From {MINIMUM_CLUSTERS} clusters on" in page
