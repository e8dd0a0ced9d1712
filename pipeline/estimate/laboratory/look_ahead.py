"""Pooled weights use the future: the headline coefficient with weights that could be known at the time."""

from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.estimate.laboratory.indicators import indicators_of
from pipeline.estimate.linear import fit, standard_notes
from pipeline.index.build import Choice, Indicators
from pipeline.index.normalise import NORMALISATIONS
from pipeline.index.weighting import WEIGHTINGS, WeightError
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result
from pipeline.study.kinds import LookAhead
from pipeline.study.model import resolve
from pipeline.study.sample import select
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: LookAhead) -> Result:
    """One column a period: pooled, base year, expanding, each year's own; and equal weights on pooled ranges.

    Both what normalises (range, mean or ranks) and the weights come from the rows of the period alone. Treatment and
    outcome change together; since their scales change too, coefficients compare in SD of outcome per SD of treatment. Raises Rejected where neither is an index.
    """
    model, file = resolve(study, spec.model), str(study.paths.specs / f"{name}.toml")
    indices = [v for v in (model.treatment, model.outcome) if v in study.indices]
    if not indices:
        where = Where(file=file, key="model")
        raise Rejected(
            [
                Finding(
                    "look-ahead",
                    "error",
                    where,
                    f"neither `{model.treatment}` nor `{model.outcome}` is an index",
                    "an index as treatment or outcome",
                    "remove the table",
                )
            ]
        )
    ready = {v: indicators_of(study, panel, v) for v in indices}
    columns: list[Column] = []
    for period in ("pooled", "base_year", "expanding", "per_year", "equal"):
        frame = panel.frame.copy()
        for v in indices:
            own = study.indices[v]
            weights = "equal" if period == "equal" else own.weights
            scores = _as_known(
                ready[v], Choice(weights, "pooled", own.aggregate), own.normalise, period
            )
            frame[v] = pd.Series(scores.ravel(), frame.index)
        column = fit(replace(panel, frame=frame), model, period, file, study.spec.bootstrap.level)
        rows = select(frame, model.sample, model.variables, file)
        ratio = float(rows[model.treatment].std(ddof=1) / rows[model.outcome].std(ddof=1))
        column.statistics["standardised"] = (
            _treatment(column) * ratio
        )  # the scale of an index goes with its ranges
        columns.append(column)
    standardised = [float(c.statistics["standardised"] or 0.0) for c in columns]
    change = np.array(standardised) - standardised[0]
    note = Note(
        "look_ahead", {"base_year": study.spec.base_year, "largest": float(np.max(np.abs(change)))}
    )
    return Result(
        name, spec.kind, columns, [note, *standard_notes(study, panel, columns, model.variables)]
    )


def _as_known(ready: Indicators, choice: Choice, normalise: str, period: str) -> np.ndarray:
    """Scores (provinces, years) with normalisation and weights from the rows that the period allows.

    Expanding: the rows up to the year, the first year with the second. Raises Rejected naming the indicator at fault.
    """
    years = ready.context.years
    assert years is not None, "set when the indicators were read"
    axis = np.unique(years)
    scores = np.full(len(years), np.nan)
    for t in axis:
        known = {
            "base_year": years == ready.base_year,
            "expanding": years <= max(t, axis[min(1, len(axis) - 1)]),
            "per_year": years == t,
        }.get(period, np.ones(len(years), bool))
        try:
            x = NORMALISATIONS[normalise](ready.raw, ready.signs, known)
            weights = WEIGHTINGS[choice.weights](x[known], ready.context.at(known))
        except WeightError as error:
            raise ready.refusal(error) from None
        seen = known | (years == t)
        part = replace(
            ready,
            whole=np.ones((1, int(seen.sum())), bool),
            x=x[seen],
            context=ready.context.at(seen),
        )
        row = np.tile(weights, (len(np.unique(years[seen])), 1))
        scores[years == t] = part.score(choice, row)[0][years[seen] == t]
    grid = np.full(ready.whole.shape, np.nan)
    grid[ready.whole] = scores
    return grid


def _treatment(column: Column) -> float:
    return float(next(t.estimate for t in column.terms if t.role == "treatment") or 0.0)
