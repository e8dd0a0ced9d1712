"""Inequality tables: Dagum's Gini and Theil's T by year, split by groups of provinces."""

import numpy as np

from pipeline.estimate.distribution.cells import Grid, grid_of, refused, require_sign
from pipeline.inference.distribution.dagum import Dagum, dagum
from pipeline.inference.distribution.theil import theil
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import BY_CODE, REGIONS
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Inequality
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Inequality) -> Result:
    """One column a year with both measures and their parts; `groups/<year>` of the first and last: G_jh of each pair.

    Provinces count once each. Raises Rejected for negative values, or a year in which all are zero.
    """
    file = str(study.paths.specs / f"{name}.toml")
    groups: dict[str, list[str]] = {r: [r] for r in REGIONS}
    if spec.groups is not None:
        groups = {k: list(regions) for k, regions in spec.groups.items()}
    grid = _within(
        grid_of(panel, spec.variable), [r for regions in groups.values() for r in regions]
    )
    require_sign(grid, file, "inequality is measured on shares of a sum", zero=True)
    years = grid.usable_years(file)
    columns, pairs = [], []
    for year in years:
        values, codes = grid.year(year)
        if not values.any():
            raise refused(
                "all-zero",
                file,
                spec.variable,
                f"every value of {year} is zero",
                "values above zero",
                "name another variable",
            )
        keys = list(groups)
        of_province = np.array(
            [next(i for i, k in enumerate(keys) if BY_CODE[c].region in groups[k]) for c in codes]
        )
        gini = dagum(values, of_province)
        columns.append(_column(year, spec.variable, values, of_province, gini))
        if year in (years[0], years[-1]):
            pairs.append(_pairs(year, spec.variable, [keys[int(g)] for g in gini.groups], gini))
    outside = [r for r in REGIONS if all(r not in regions for regions in groups.values())]
    notes = [
        Note("inequality", {"outside": outside}),
        *grid.missing(),
        *data_notes(study, panel, [spec.variable]),
    ]
    return Result(name, spec.kind, columns + pairs, notes)


def _within(grid: Grid, regions: list[str]) -> Grid:
    rows = [i for i, c in enumerate(grid.codes) if BY_CODE[c].region in regions]
    return Grid(grid.variable, grid.values[rows], [grid.codes[i] for i in rows], grid.years)


def _column(
    year: int, variable: str, values: np.ndarray, groups: np.ndarray, gini: Dagum
) -> Column:
    entropy = theil(values, groups)
    parts = {
        "gini": gini.gini,
        "gini_within": gini.within,
        "gini_between": gini.net_between,
        "transvariation": gini.transvariation,
    }
    shares = dict(zip(list(parts)[1:], gini.shares, strict=True))
    more = {
        "theil": entropy.total,
        "theil_between": entropy.between,
        "theil_within": entropy.within,
    }
    if entropy.total > 0:
        shares |= {k: v / entropy.total for k, v in more.items() if k != "theil"}
    terms = [Term(k, "number", float(v)) for k, v in {**parts, **more}.items()]
    terms += [Term(f"share/{k}", "share", float(v)) for k, v in shares.items() if np.isfinite(v)]
    return Column(str(year), variable, terms, {"provinces": len(values)})


def _pairs(year: int, variable: str, keys: list[str], gini: Dagum) -> Column:
    k = len(keys)
    terms = [
        Term(f"{keys[i]}/{keys[j]}", "number", float(gini.between[i, j]))
        for i in range(k)
        for j in range(i, k)
    ]
    return Column(f"groups/{year}", variable, terms)
