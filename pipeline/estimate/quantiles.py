"""Quantile tables: the treatment along the conditional distribution of the outcome."""

import numpy as np
from scipy import stats

from pipeline.inference.moments import codes
from pipeline.inference.varying.quantiles import quantile_regression
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Quantiles
from pipeline.study.model import resolve
from pipeline.study.notes import data_notes
from pipeline.study.sample import select
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Quantiles) -> Result:
    """Location, scale, then one column a quantile: the treatment's coefficient with bootstrap error and interval.

    Source: Machado and Santos Silva (2019).
    """
    model, file, level = (
        resolve(study, spec.model),
        str(study.paths.specs / f"{name}.toml"),
        study.spec.bootstrap.level,
    )
    rows = select(panel.frame, model.sample, model.variables, file)
    province, year = (codes(rows.index.get_level_values(k)) for k in ("province", "year"))
    y, x = rows[model.outcome].to_numpy(float), rows[model.treatment].to_numpy(float)
    try:
        fitted = quantile_regression(
            y,
            x,
            rows[model.controls].to_numpy(float),
            province,
            year,
            province,
            spec.quantiles,
            seed=study.spec.seed,
            spec=name,
            draws=spec.draws,
            level=level,
        )
    except ValueError as error:
        where = Where(file=file)
        raise Rejected(
            [
                Finding(
                    "quantiles",
                    "error",
                    where,
                    str(error),
                    "a model that the draws identify",
                    "drop the variable named, or widen the sample",
                )
            ]
        ) from None
    statistics: dict[str, float | int | str | bool | None] = {
        "controls": bool(model.controls),
        "province_effects": True,
        "year_effects": True,
        "n": fitted.rows,
        "provinces": int(province.max()) + 1,
    }

    df = int(province.max())

    def column(key: str, estimate: float, se: float, draws: np.ndarray) -> Column:
        low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
        t = float(estimate) / float(se)
        term = Term(
            "treatment",
            "estimate",
            float(estimate),
            float(se),
            t,
            float(2 * stats.t.sf(abs(t), df)),
            float(low),
            float(high),
            "percentile",
        )
        interval = Term(
            "interval_percentile_quantile", "interval", None, low=float(low), high=float(high)
        )
        return Column(key, model.outcome, [term, interval], statistics)

    columns = [
        column("location", fitted.location[0], fitted.location_se[0], fitted.location_draws[0]),
        column("scale", fitted.scale[0], fitted.scale_se[0], fitted.scale_draws[0]),
    ]
    columns += [
        column(f"{tau:g}", fitted.coefficients[t, 0], fitted.se[t, 0], fitted.draws[t, 0])
        for t, tau in enumerate(fitted.taus)
    ]
    notes = [
        Note("stars"),
        Note(
            "quantiles",
            {
                "draws": spec.draws,
                "dropped": fitted.dropped,
                "seed": study.spec.seed,
                "level": level,
                "not_positive": float(fitted.not_positive),
            },
        ),
        *data_notes(study, panel, model.variables),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {
            "draws_asked": spec.draws,
            "draws_used": spec.draws - fitted.dropped,
            "draws_dropped": fitted.dropped,
        },
    )
