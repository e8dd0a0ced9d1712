"""The mechanisms stage: mediation, its sensitivity, few clusters, many tests, the specification curve."""

from pipeline.mechanisms import (
    curve,
    few_clusters,
    index_uncertainty,
    joint,
    mediation,
    recovery,
    sensitivity,
)
from pipeline.mechanisms.levers import mediation as moderated_mediation
from pipeline.mechanisms.levers import moderation, power, scenario, summary, theory, threshold
from pipeline.study import Study
from pipeline.study.results import Estimator, run_specs

ESTIMATORS: dict[str, Estimator] = {
    "mediation": mediation.estimate,
    "parallel": joint.parallel,
    "chain": joint.chain,
    "sensitivity": sensitivity.estimate,
    "rho": sensitivity.rho_curve,
    "few_clusters": few_clusters.estimate,
    "multiple_tests": few_clusters.multiple,
    "index_uncertainty": index_uncertainty.estimate,
    "specification_curve": curve.estimate,
    "moderation": moderation.estimate,
    "marginal_effects": moderation.curve,
    "moderated_mediation": moderated_mediation.estimate,
    "levers": summary.estimate,
    "threshold": threshold.estimate,
    "likelihood_ratio": threshold.curves,
    "power": power.estimate,
    "scenario": scenario.estimate,
    "theory": theory.estimate,
    "recovery": recovery.estimate,
}


def run(study: Study) -> None:
    """Write the results files of this stage's specs that changed."""
    run_specs(study, ESTIMATORS, "mechanisms")
