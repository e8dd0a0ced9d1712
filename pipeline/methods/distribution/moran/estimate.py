"""Moran's I and Geary's C by year."""

import numpy as np

from pipeline.inference.distribution.moran import Autocorrelation, geary, moran
from pipeline.methods.distribution.moran.result import Result, Year
from pipeline.methods.distribution.moran.spec import MoranTable
from pipeline.models.grids import HAINAN, Grid, grid_of, usable_years
from pipeline.models.task import Task
from pipeline.panel.provinces import contiguity
from pipeline.results.estimate import Estimate


def estimate(task: Task[MoranTable]) -> Result:
    """Both statistics in every year, with z under random order and the permutation p.

    Raises Rejected for a year in which all units have one value.
    """
    grid = grid_of(task.panel, task.spec.variable)
    years = [_year(task, grid, year) for year in usable_years(task, grid)]
    return Result(
        data=task.facts([task.spec.variable]),
        variable=task.spec.variable,
        years=years,
        draws=task.spec.draws,
        seed=task.seed,
        hainan=HAINAN in grid.codes,
        left_out=grid.missing,
    )


def _year(task: Task[MoranTable], grid: Grid, year: int) -> Year:
    values, codes = grid.year(year)
    w = contiguity(codes)
    stream, draws = task.stream, task.spec.draws
    try:
        of_moran = moran(values, w, task.seed, stream, draws)
        of_geary = geary(values, w, task.seed, stream, draws)
    except ValueError as error:
        found, expected = f"{year}: {error}", "values that differ between provinces"
        remedy = "name another variable"
        raise task.refusal("moran", found, expected, remedy, variable=grid.variable) from None
    return Year(
        year=year,
        units=len(codes),
        expectation=of_moran.expectation,
        moran=_tested(of_moran),
        geary=_tested(of_geary),
        alone=[code for code, row in zip(codes, w, strict=True) if not row.any()],
    )


def _tested(test: Autocorrelation) -> Estimate:
    """The statistic with its error and z under random order, and its permutation p."""
    error = float(np.sqrt(test.variance_randomisation))
    return Estimate(
        test.value, error, test.z_randomisation, few=test.p_permutation, test="permutation"
    )
