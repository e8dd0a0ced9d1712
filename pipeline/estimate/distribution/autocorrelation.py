"""Spatial autocorrelation: tables of Moran's I and Geary's C by year, Moran scatter plots."""

import numpy as np

from pipeline.estimate.distribution.cells import MINIMUM, Cells, grid_of, refused
from pipeline.inference.distribution.moran import Autocorrelation, geary, moran
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import BY_CODE, contiguity
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Moran, MoranScatter
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def table(study: Study, panel: Panel, name: str, spec: Moran) -> Result:
    """One column a year: `moran` and `geary` with z under random order and the permutation p.

    Raises Rejected for a year in which all provinces have one value.
    """
    file = str(study.paths.specs / f"{name}.toml")
    grid = grid_of(panel, spec.variable)
    columns = []
    alone: dict[str, list[int]] = {}
    for year in grid.usable_years(file):
        values, codes = grid.year(year)
        w = contiguity(codes)
        try:
            tests = {
                k: f(values, w, study.spec.seed, f"{name}/{year}", spec.draws)
                for k, f in (("moran", moran), ("geary", geary))
            }
        except ValueError as error:
            raise refused(
                "moran",
                file,
                spec.variable,
                f"{year}: {error}",
                "values that differ between provinces",
                "name another variable",
            ) from None
        columns.append(
            Column(
                str(year),
                spec.variable,
                [_term(k, t) for k, t in tests.items()],
                {"provinces": len(codes), "expectation": tests["moran"].expectation},
            )
        )
        if lonely := [c for c, row in zip(codes, w, strict=True) if not row.any()]:
            alone[str(year)] = lonely
    note = Note(
        "moran",
        {
            "draws": spec.draws,
            "seed": study.spec.seed,
            "alone": alone,
            "hainan": 460000 in grid.codes,
            "provinces": sorted({int(c.statistics["provinces"] or 0) for c in columns}),
        },
    )
    notes = [Note("stars"), note, *grid.missing(), *data_notes(study, panel, [spec.variable])]
    return Result(name, spec.kind, columns, notes, {"draws": spec.draws})


def _term(key: str, test: Autocorrelation) -> Term:
    error = float(np.sqrt(test.variance_randomisation))
    return Term(key, "estimate", test.value, error, test.z_randomisation, test.p_permutation)


def scatter(study: Study, panel: Panel, name: str, spec: MoranScatter) -> Result:
    """Two columns a year, one term a province: `<year>/value` standardised (n), `<year>/lag` its neighbours' mean.

    The statistic `moran` of the first is Moran's I, the slope of the second on the first where every province has a
    neighbour. Raises Rejected for a year with too few values, or one value only.
    """
    file = str(study.paths.specs / f"{name}.toml")
    grid = grid_of(panel, spec.variable)
    columns = []
    for year in spec.years:
        values, codes = grid.year(year)
        if len(values) < MINIMUM or np.ptp(values) <= 1e-12 * np.abs(values).max():
            raise refused(
                "moran",
                file,
                spec.variable,
                f"{len(values)} values in {year}, or all the same",
                f"values of at least {MINIMUM} provinces that differ",
                "name another year",
            )
        z = (values - values.mean()) / values.std()
        w = contiguity(codes)
        lag = w @ z
        slope = float(len(z) / w.sum() * (z @ lag) / (z @ z))
        columns += [
            Column(f"{year}/value", spec.variable, _terms(codes, z), {"moran": slope}),
            Column(f"{year}/lag", spec.variable, _terms(codes, lag)),
        ]
    return Result(
        name,
        spec.kind,
        columns,
        [*grid.missing(spec.years), *data_notes(study, panel, [spec.variable])],
    )


def _terms(codes: list[int], values: Cells) -> list[Term]:
    return [
        Term(BY_CODE[c].en, "standardised", float(v)) for c, v in zip(codes, values, strict=True)
    ]
