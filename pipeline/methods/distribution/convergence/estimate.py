"""Convergence: whether the spread shrinks, and whether those behind grow faster."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.inference.collinear import Collinear
from pipeline.inference.distribution import convergence
from pipeline.methods.distribution.convergence.result import Beta, Dispersion, Result
from pipeline.methods.distribution.convergence.spec import ConvergenceTable
from pipeline.models.gate import collinear, require_variation
from pipeline.models.grids import (
    MINIMUM,
    Array,
    Grid,
    finite,
    grid_of,
    require_positive,
    usable_years,
)
from pipeline.models.prepared import clustered
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import Draws, Estimate
from pipeline.study.choices import Sample
from pipeline.study.model import Model


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
    absolute, conditional, corrected = _betas(task, grid, controls)
    return Result(
        data=task.facts([task.spec.variable, *controls]),
        variable=task.spec.variable,
        controls=controls,
        years=whole.years,
        units=len(whole.codes),
        dropped=[code for code in grid.codes if code not in whole.codes],
        log_sd=log_sd,
        variation=variation,
        absolute=_absolute(task, absolute),
        conditional=_conditional(conditional, controls),
        corrected=_corrected(corrected, conditional.rows),
        draws=Draws(task.spec.draws, task.spec.draws, task.seed),
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
) -> tuple[convergence.Beta, convergence.Beta, convergence.Corrected]:
    """Beta with year effects alone, with unit effects and controls, and the latter corrected."""
    values = [grid_of(task.panel, control).values for control in controls]
    _require_growth(task, grid, dict(zip(controls, values, strict=True)))
    extra = np.stack(values, axis=2) if values else None
    try:
        absolute = convergence.beta(grid.values, province_effects=False)
        conditional = convergence.beta(grid.values, extra)
        drawn = task.seed, task.stream, task.spec.draws
        return absolute, conditional, convergence.corrected(grid.values, extra, *drawn)
    except Collinear as error:
        raise collinear(task.file, [grid.variable, *controls][error.column]) from None
    except ValueError as error:
        expected, remedy = "growth that the model identifies", "supply missing values"
        found = str(error)
        raise task.refusal("convergence", found, expected, remedy, variable=grid.variable) from None


def _require_growth(task: Task[ConvergenceTable], grid: Grid, controls: dict[str, Array]) -> None:
    """Refuse what conditional beta cannot be learnt from, as regressions refuse it.

    Growth that unit and year effects absorb is told alone: its level at the start, and in two years
    every control, is absorbed then too. Raises Rejected.
    """
    variable, start = grid.variable, f"{grid.variable} at the start"
    logs = np.log(grid.values)
    columns = {variable: np.diff(logs, axis=1), start: logs[:, :-1]}
    columns |= {name: values[:, :-1] for name, values in controls.items()}
    keys = pd.MultiIndex.from_product([grid.codes, grid.years[:-1]], names=["province", "year"])
    rows = pd.DataFrame({k: v.ravel() for k, v in columns.items()}, keys).dropna()
    if rows.index.get_level_values("province").nunique() < 2:
        return  # Too few for any model, as the fit says.
    model = Model(variable, start, list(controls), ["province", "year"], Sample())
    try:
        require_variation(rows, model, task.file)
    except Rejected as rejected:
        found = [
            replace(f, where=replace(f.where, variable=variable))
            if f.where.variable == start
            else f
            for f in rejected.findings
        ]
        raise Rejected([f for f in found if f.code == "outcome-constant"] or found) from None


def _absolute(task: Task[ConvergenceTable], beta: convergence.Beta) -> Beta:
    """The model with year effects alone, judged by its t test."""
    b = clustered(beta.b, beta.error, beta.fit.df, task.level)
    speed, error = finite(beta.speed), finite(beta.speed_error)
    return Beta(b, {}, speed, error, finite(beta.half_life), beta.rows)


def _conditional(beta: convergence.Beta, controls: list[str]) -> Beta:
    """The model with unit effects, in which the bias of few years is: no test and no speed."""
    named = dict(zip(controls, map(float, beta.fit.beta[1:]), strict=True))
    return Beta(Estimate(beta.b, beta.error), named, None, None, None, beta.rows)


def _corrected(beta: convergence.Corrected, rows: int) -> Beta:
    """The corrected coefficient; a half-life only where the test finds convergence."""
    b = Estimate(beta.b, beta.error, few=beta.p, test="restricted")
    half_life = finite(beta.half_life) if b.differs else None
    return Beta(b, {}, finite(beta.speed), finite(beta.speed_error), half_life, rows)
