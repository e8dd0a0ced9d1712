"""Dagum's Gini and Theil's T by year, split by groups of units."""

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.distribution.dagum import Dagum, dagum
from pipeline.inference.distribution.theil import theil
from pipeline.methods.distribution.inequality.result import Gini, Pairs, Part, Result, Theil, Year
from pipeline.methods.distribution.inequality.spec import InequalityTable
from pipeline.models.grids import Array, Grid, finite, grid_of, require_amounts, usable_years
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import BY_CODE
from pipeline.study.schema import Region

_REGIONS: tuple[Region, ...] = get_args(Region)


def estimate(task: Task[InequalityTable]) -> Result:
    """Both measures in every year, units counting once each; the groups in pairs in the first year
    and the last.

    Raises Rejected for negative values, or a year in which all are zero.
    """
    groups = _groups(task)
    grid = grid_of(task.panel, task.spec.variable)
    grid = grid.of(code for code in grid.codes if _group(groups, code) is not None)
    require_amounts(task, grid, "inequality is measured on shares of a sum")
    usable = usable_years(task, grid)
    years, pairs = [], []
    for year in usable:
        values, membership = _members(task, grid, groups, year)
        gini = dagum(values, membership)
        years.append(_year(year, values, membership, gini))
        if year in (usable[0], usable[-1]):
            pairs.append(_pairs(year, list(groups), gini))
    inside = {region for regions in groups.values() for region in regions}
    return Result(
        data=task.facts([task.spec.variable]),
        variable=task.spec.variable,
        years=years,
        pairs=pairs,
        outside=[region for region in _REGIONS if region not in inside],
        left_out=grid.missing,
    )


def _groups(task: Task[InequalityTable]) -> dict[str, list[Region]]:
    """Group -> its regions; by default each region is one."""
    if task.spec.groups is not None:
        return task.spec.groups
    return {region: [region] for region in _REGIONS}


def _group(groups: dict[str, list[Region]], code: int) -> int | None:
    """The position of a unit's group; None where it stands in none."""
    region = BY_CODE[code].region
    return next((i for i, regions in enumerate(groups.values()) if region in regions), None)


def _members(
    task: Task[InequalityTable], grid: Grid, groups: dict[str, list[Region]], year: int
) -> tuple[Array, NDArray[np.int64]]:
    """Values of a year and the positions of their groups."""
    values, codes = grid.year(year)
    if not values.any():
        raise _zero(task, year)
    return values, np.array([_group(groups, code) for code in codes], np.int64)


def _zero(task: Task[InequalityTable], year: int) -> Rejected:
    found, remedy = f"every value of {year} is zero", "name another variable"
    variable = task.spec.variable
    return task.refusal("all-zero", found, "values above zero", remedy, variable=variable)


def _year(year: int, values: Array, groups: NDArray[np.int64], gini: Dagum) -> Year:
    entropy = theil(values, groups)

    def part(value: float) -> Part:
        return Part(value, value / entropy.total if entropy.total > 0 else None)

    within, between, transvariation = map(finite, gini.shares)
    return Year(
        year,
        len(values),
        Gini(
            gini.gini,
            Part(gini.within, within),
            Part(gini.net_between, between),
            Part(gini.transvariation, transvariation),
        ),
        Theil(entropy.total, part(entropy.between), part(entropy.within)),
    )


def _pairs(year: int, names: list[str], gini: Dagum) -> Pairs:
    """The groups that have units in the year."""
    there = [names[int(i)] for i in gini.groups]
    return Pairs(year, there, [[float(v) for v in row] for row in gini.between])
