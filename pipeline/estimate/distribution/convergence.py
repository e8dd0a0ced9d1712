"""Convergence tables: sigma, absolute and conditional beta."""

import numpy as np
from scipy import stats

from pipeline.estimate.distribution.cells import MINIMUM, Grid, grid_of, refused, require_sign
from pipeline.inference.distribution.convergence import Beta, beta, sigma
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Convergence
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Convergence) -> Result:
    """Columns `log_sd` and `variation` (first, last, trend), then `absolute` and `conditional` (b, speed, half-life).

    Sigma takes the provinces without a gap, beta every pair of successive values. Raises Rejected for values that are
    not positive, too few provinces without a gap, or a model that is not identified.
    """
    file = str(study.paths.specs / f"{name}.toml")
    controls = list(study.spec.roles.controls if spec.controls is None else spec.controls)
    grid = grid_of(panel, spec.variable)
    require_sign(grid, file, "convergence is measured in logs", zero=False)
    complete = _complete(grid, file)
    extra = np.stack([grid_of(panel, c).values for c in controls], axis=2) if controls else None
    try:
        absolute = beta(grid.values, province_effects=False)
        conditional = beta(grid.values, extra)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise refused(
            "convergence",
            file,
            spec.variable,
            str(error),
            "growth that the model identifies",
            "drop the control named, or supply missing values",
        ) from None
    columns = [
        *_sigma(complete),
        _beta("absolute", spec.variable, absolute, []),
        _beta("conditional", spec.variable, conditional, controls),
    ]
    dropped = [c for c in grid.codes if c not in complete.codes]
    note = Note(
        "convergence",
        {
            "years": [complete.years[0], complete.years[-1]],
            "provinces": len(complete.codes),
            "dropped": dropped,
            "controls": controls,
            "df": absolute.fit.df,
            "growth_years": len(complete.years) - 1,
        },
    )
    return Result(
        name,
        spec.kind,
        columns,
        [Note("stars"), note, *data_notes(study, panel, [spec.variable, *controls])],
    )


def _complete(grid: Grid, file: str) -> Grid:
    """The years from the first to the last with values, the provinces without a gap in them."""
    years = grid.usable_years(file)
    span = [t for t, y in enumerate(grid.years) if years[0] <= y <= years[-1]]
    values = grid.values[:, span]
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    if len(rows) < MINIMUM:
        raise refused(
            "too-few-values",
            file,
            grid.variable,
            f"{len(rows)} provinces have a value in every year of {years[0]}-{years[-1]}",
            f"at least {MINIMUM}",
            "supply the missing values",
        )
    return Grid(
        grid.variable, values[rows], [grid.codes[i] for i in rows], [grid.years[t] for t in span]
    )


def _sigma(grid: Grid) -> list[Column]:
    result = sigma(grid.values)
    columns = []
    for i, (key, path) in enumerate((("log_sd", result.log_sd), ("variation", result.variation))):
        trend, error = float(result.trends[i]), float(result.errors[i])
        p = float(2 * stats.t.sf(abs(trend / error), result.df)) if error > 0 else None
        terms = [
            Term("first", "number", float(path[0])),
            Term("last", "number", float(path[-1])),
            Term("trend", "estimate", trend, error, p=p),
        ]
        terms += [
            Term(f"year/{y}", "number", float(v)) for y, v in zip(grid.years, path, strict=True)
        ]
        columns.append(Column(key, grid.variable, terms))
    return columns


def _beta(key: str, variable: str, result: Beta, controls: list[str]) -> Column:
    p = float(2 * stats.t.sf(abs(result.b / result.error), result.fit.df))
    terms = [
        Term("b", "estimate", result.b, result.error, p=p),
        Term("speed", "number", _known(result.speed), _known(result.speed_error)),
        Term("half_life", "number", _known(result.half_life)),
    ]
    terms += [
        Term(c, "control", float(b)) for c, b in zip(controls, result.fit.beta[1:], strict=True)
    ]
    return Column(key, variable, terms, {"n": result.rows, "controls": bool(controls)})


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
