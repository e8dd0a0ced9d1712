"""The mechanisms stage: mediation, and recovery of the truth in synthetic studies."""

from pipeline.mechanisms import mediation, recovery
from pipeline.study import Study
from pipeline.study.results import Estimator, run_specs

ESTIMATORS: dict[str, Estimator] = {
    "mediation": mediation.estimate,
    "recovery": recovery.estimate,
}


def run(study: Study) -> None:
    """Write the results files of this stage's specs that changed."""
    run_specs(study, ESTIMATORS, "mechanisms")
