"""Pooled weights use the future: the headline coefficient with weights that could be known at the time."""

from dataclasses import replace
from typing import cast, get_args

import numpy as np
import pandas as pd

from pipeline.estimate.laboratory.indicators import indicators_of
from pipeline.estimate.linear import fit, standard_notes
from pipeline.index.build import Choice
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result
from pipeline.study.kinds import LookAhead
from pipeline.study.model import resolve
from pipeline.study.schema import Period
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: LookAhead) -> Result:
    """One column a period of the weights: pooled, base year, expanding, each year's own; and equal weights, which need none.

    The weights of treatment and outcome change together. Raises Rejected where neither is an index.
    """
    model, file = resolve(study, spec.model), str(study.paths.specs / f"{name}.toml")
    indices = [v for v in (model.treatment, model.outcome) if v in study.indices]
    if not indices:
        where = Where(file=file, key="model")
        raise Rejected([Finding("look-ahead", "error", where, f"neither `{model.treatment}` nor `{model.outcome}` is an index",
                                "an index as treatment or outcome", "remove the table")])  # fmt: skip
    ready = {v: indicators_of(study, panel, v) for v in indices}
    columns: list[Column] = []
    for period in ("pooled", "base_year", "expanding", "per_year", "equal"):
        frame = panel.frame.copy()
        for v in indices:
            own = study.indices[v]
            choice = (Choice("equal", "pooled", own.aggregate) if period == "equal" else
                      Choice(own.weights, cast(Period, period), own.aggregate))  # fmt: skip
            scores = ready[v].score(choice, ready[v].weights(choice))
            frame[v] = pd.Series(scores.ravel(), frame.index)
        columns.append(fit(replace(panel, frame=frame), model, period, file, study.spec.bootstrap.level))
    pooled = columns[0]
    change = [_treatment(c) - _treatment(pooled) for c in columns]
    note = Note(
        "look_ahead",
        {
            "base_year": study.spec.base_year,
            "largest": float(np.max(np.abs(change))),
            "periods": list(get_args(Period)),
        },
    )
    return Result(name, spec.kind, columns, [note, *standard_notes(study, panel, columns, model.variables)])


def _treatment(column: Column) -> float:
    return float(next(t.estimate for t in column.terms if t.role == "treatment") or 0.0)
