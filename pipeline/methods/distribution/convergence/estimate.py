"""Convergence: whether the spread shrinks, and whether those behind grow faster."""

import numpy as np
from scipy import stats

from pipeline.inference.collinear import Collinear
from pipeline.inference.distribution import convergence
from pipeline.methods.distribution.convergence.result import Beta, Dispersion, Result
from pipeline.methods.distribution.convergence.spec import ConvergenceTable
from pipeline.models.grids import (
    MINIMUM,
    Array,
    Grid,
    finite,
    grid_of,
    require_positive,
    usable_years,
)
from pipeline.models.linear import perfect_fit
from pipeline.models.prepared import clustered, collinear
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import Estimate

# Residuals of growth below this are rounding.
_NOTHING = 1e-10


def estimate(task: Task[ConvergenceTable]) -> Result:
    """Sigma of logs and of the coefficient of variation; absolute and conditional beta.

    Raises Rejected for values that are not positive, too few units without a gap, growth that
    is the same everywhere or fitted perfectly, or a control without variation of its own.
    """
    controls = task.spec.chosen(task.study)
    grid = grid_of(task.panel, task.spec.variable)
    require_positive(task, grid, "convergence is measured in logs")
    whole = _whole(task, grid)
    spread = convergence.sigma(whole.values)
    log_sd, variation = (
        _dispersion(path, float(spread.trends[i]), float(spread.errors[i]), spread.df)
        for i, path in enumerate((spread.log_sd, spread.variation))
    )
    absolute, conditional = _betas(task, grid, controls)
    return Result(
        data=task.facts([task.spec.variable, *controls]),
        variable=task.spec.variable,
        controls=controls,
        years=whole.years,
        units=len(whole.codes),
        dropped=[code for code in grid.codes if code not in whole.codes],
        log_sd=log_sd,
        variation=variation,
        absolute=_beta(task, absolute, []),
        conditional=_beta(task, conditional, controls),
        df=absolute.fit.df,
    )


def _whole(task: Task[ConvergenceTable], grid: Grid) -> Grid:
    """The years from the first to the last with values, the units without a gap in them."""
    years = usable_years(task, grid)
    first, last = years[0], years[-1]
    whole = grid.during(range(first, last + 1)).complete
    if len(whole.codes) < MINIMUM:
        found = f"{len(whole.codes)} provinces have a value in every year of {first}-{last}"
        expected, remedy = f"at least {MINIMUM}", "supply the missing values"
        raise task.refusal("too-few-values", found, expected, remedy, variable=grid.variable)
    return whole


def _dispersion(path: Array, trend: float, error: float, df: int) -> Dispersion:
    """p of the trend from t(df); None where every sample has the same trend."""
    p = float(2 * stats.t.sf(abs(trend / error), df)) if error > 0 else None
    return Dispersion([float(v) for v in path], Estimate(trend, error, few=p, test="crv3"))


def _betas(
    task: Task[ConvergenceTable], grid: Grid, controls: list[str]
) -> tuple[convergence.Beta, convergence.Beta]:
    """Beta with year effects alone, and with unit effects and controls."""
    values = [grid_of(task.panel, control).values for control in controls]
    extra = np.stack(values, axis=2) if values else None
    try:
        absolute = convergence.beta(grid.values, province_effects=False)
        return absolute, convergence.beta(grid.values, extra)
    except Collinear as error:
        raise collinear(task.file, [grid.variable, *controls][error.column]) from None
    except ValueError as error:
        expected, remedy = "growth that the model identifies", "supply missing values"
        found = str(error)
        raise task.refusal("convergence", found, expected, remedy, variable=grid.variable) from None


def _beta(task: Task[ConvergenceTable], beta: convergence.Beta, controls: list[str]) -> Beta:
    """A fitted model. Raises Rejected where it leaves nothing unexplained."""
    if float(np.abs(beta.fit.residuals).max()) <= _NOTHING:
        raise Rejected([perfect_fit(task.file, task.spec.variable)])
    coefficients = [float(b) for b in beta.fit.beta[1:]]
    return Beta(
        b=clustered(beta.b, beta.error, beta.fit.df, task.level),
        controls=dict(zip(controls, coefficients, strict=True)),
        speed=finite(beta.speed),
        speed_error=finite(beta.speed_error),
        half_life=finite(beta.half_life),
        observations=beta.rows,
    )
