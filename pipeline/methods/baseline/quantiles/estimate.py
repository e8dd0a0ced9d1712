"""Quantile tables: the treatment along the conditional distribution of the outcome."""

from dataclasses import replace

from pipeline.inference.moments import Array
from pipeline.inference.varying.quantiles import quantile_regression
from pipeline.methods.baseline.quantiles.result import Quantile, Result
from pipeline.methods.baseline.quantiles.spec import QuantilesTable
from pipeline.models.bootstrap import Bootstrap, recorded
from pipeline.models.prepared import clustered, prepare
from pipeline.models.task import Task
from pipeline.results.estimate import Estimate
from pipeline.results.rows import Rows


def estimate(task: Task[QuantilesTable]) -> Result:
    """Location, scale, then each quantile: the treatment's coefficient with bootstrap error and
    interval.

    Source: Machado and Santos Silva (2019).
    """
    model = task.model(task.spec.model)
    p = prepare(task, model)
    try:
        fitted = quantile_regression(
            p.column(model.outcome),
            p.column(model.treatment),
            p.array(model.controls),
            p.province,
            p.year,
            p.province,
            task.spec.quantiles,
            seed=task.seed,
            spec=task.stream,
            draws=task.spec.draws,
            level=task.level,
        )
    except ValueError as error:
        expected = "a model that the draws identify"
        remedy = "drop the variable that few units move, or widen the sample"
        raise task.refusal("quantiles", str(error), expected, remedy) from None
    rows = replace(p.rows, observations=fitted.rows)
    asked = task.spec.draws
    boot = recorded(p, asked, asked - fitted.dropped)

    def found(value: float, error: float, draws: Array) -> Estimate:
        return _estimate(float(value), float(error), draws, rows, boot)

    quantiles = [
        Quantile(tau, found(fitted.coefficients[t, 0], fitted.se[t, 0], fitted.draws[t, 0]))
        for t, tau in enumerate(fitted.taus)
    ]
    return Result(
        data=task.facts(model.variables),
        model=model,
        rows=rows,
        location=found(fitted.location[0], fitted.location_se[0], fitted.location_draws[0]),
        scale=found(fitted.scale[0], fitted.scale_se[0], fitted.scale_draws[0]),
        quantiles=quantiles,
        not_positive=float(fitted.not_positive),
        draws=boot.record,
    )


def _estimate(value: float, error: float, draws: Array, rows: Rows, boot: Bootstrap) -> Estimate:
    """A coefficient with its bootstrap error, p from t(G-1), percentile interval; alone where these
    are withheld."""
    if boot.withheld is not None:
        return Estimate(value)
    return replace(clustered(value, error, rows.df, boot.level), interval=boot.interval(draws))
