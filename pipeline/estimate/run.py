"""The estimate stage: regressions and descriptive results."""

from pipeline.estimate import describe, heterogeneity, quantiles, regression
from pipeline.estimate.distribution import (
    autocorrelation,
    convergence,
    ellipses,
    inequality,
    transitions,
)
from pipeline.estimate.laboratory import coordination, look_ahead, overlap, ranks, system
from pipeline.study import Study
from pipeline.study.results import Estimator, run_specs

ESTIMATORS: dict[str, Estimator] = {
    "descriptives": describe.descriptives,
    "regression": regression.estimate,
    "heterogeneity": heterogeneity.estimate,
    "quantiles": quantiles.estimate,
    "weights": describe.weights,
    "index_system": system.estimate,
    "diagnosis": system.diagnosis,
    "index_ranks": ranks.ranks,
    "alternatives": ranks.alternatives,
    "look_ahead": look_ahead.estimate,
    "overlap": overlap.matrix,
    "spurious": overlap.spurious,
    "coordination_classes": coordination.estimate,
    "inequality": inequality.estimate,
    "convergence": convergence.estimate,
    "moran": autocorrelation.table,
    "moran_scatter": autocorrelation.scatter,
    "markov": transitions.estimate,
    "ellipse": ellipses.estimate,
    "trends": describe.trends,
    "distribution": describe.distribution,
    "tilemap": describe.tilemap,
}


def run(study: Study) -> None:
    """Write the results files of this stage's specs that changed."""
    run_specs(study, ESTIMATORS, "estimate")
