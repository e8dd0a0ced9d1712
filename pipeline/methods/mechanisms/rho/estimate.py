"""Indirect effects along the correlation of the errors of mechanism and outcome."""

import numpy as np

from pipeline.inference.sensitivity import indirect_at_rho, rho_at_zero
from pipeline.methods.mechanisms.rho.result import AtRho, Curve, Result
from pipeline.methods.mechanisms.rho.spec import RhoFigure
from pipeline.models.prepared import prepare
from pipeline.models.replicates import Replicates, replicate
from pipeline.models.task import Task


def estimate(task: Task[RhoFigure]) -> Result:
    """Indirect effect of each mechanism for rho from -0.9 to 0.9, with its percentile band."""
    mediators = task.spec.mechanisms(task.study)
    prepared = prepare(task, task.model(), mediators)
    replicates = replicate(prepared)
    return Result(
        data=task.facts(prepared.frame.columns),
        model=prepared.model,
        rows=prepared.rows,
        curves=[_curve(replicates, k, m) for k, m in enumerate(mediators)],
        draws=replicates.record,
    )


def _curve(replicates: Replicates, k: int, mediator: str) -> Curve:
    point, draws = replicates.point, replicates.draws

    def at(rho: float) -> AtRho:
        value = float(indirect_at_rho(point.a[k], point.rest, k, rho)[0])
        drawn = indirect_at_rho(draws.a[k], draws.rest, k, rho)
        return AtRho(rho, value, replicates.bootstrap.interval(drawn))

    zero = float(rho_at_zero(point.rest, k)[0])
    return Curve(mediator, [at(float(rho)) for rho in np.linspace(-0.9, 0.9, 61)], zero)
