"""The estimate stage: regressions and descriptive results."""

from pipeline.estimate import describe, heterogeneity, quantiles, regression
from pipeline.study import Study
from pipeline.study.results import Estimator, run_specs

ESTIMATORS: dict[str, Estimator] = {
    "descriptives": describe.descriptives,
    "regression": regression.estimate,
    "heterogeneity": heterogeneity.estimate,
    "quantiles": quantiles.estimate,
    "weights": describe.weights,
    "trends": describe.trends,
    "distribution": describe.distribution,
    "tilemap": describe.tilemap,
}


def run(study: Study) -> None:
    """Write the results files of this stage's specs that changed."""
    run_specs(study, ESTIMATORS, "estimate")
