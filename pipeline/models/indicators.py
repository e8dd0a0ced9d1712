"""The indicators of an index out of the analysis panel."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.index.build import Choice, Indicators, read_indicators
from pipeline.models.grids import grid_of
from pipeline.models.sample import select
from pipeline.models.task import Task
from pipeline.panel.panel import Panel
from pipeline.results.estimate import Estimate, Interval
from pipeline.study.model import Model
from pipeline.study.schema import IndexSpec
from pipeline.study.specs import Spec

# Weightings that take nothing from the data.
GIVEN = frozenset({"equal", "expert", "ahp"})


def indicators_of(task: Task[Spec], index: str, spec: IndexSpec | None = None) -> Indicators:
    """The indicators of an index, normalised as its spec says; `spec` replaces the study's own."""
    study = task.study
    own = study.indices[index] if spec is None else spec
    values = {name: grid_of(task.panel, name).values for name in own.indicators()}
    return read_indicators(index, own, values, study.years, study.spec.base_year)


def choice_of(index: IndexSpec) -> Choice:
    """How an index's own scores are made."""
    return Choice(index.weights, index.period, index.aggregate)


def weighings_of(index: IndexSpec) -> set[str]:
    """The weightings behind an index's own weights: those that it combines, else its only one."""
    return {*(index.combine or ())} if index.weights == "combination" else {index.weights}


def column_of(task: Task[Spec], scores: NDArray[np.float64]) -> pd.Series:
    """Scores (units, years) as a column of the panel's frame."""
    return pd.Series(scores.ravel(), task.panel.frame.index)


def require_scores(task: Task[Spec], variable: str, years: Sequence[int]) -> None:
    """Raise Rejected for years in which fewer than two units have a value."""
    grid = grid_of(task.panel, variable)
    empty = [year for year in years if len(grid.year(year)[0]) < 2]
    if empty:
        found = f"no values in {', '.join(map(str, empty))}"
        expected = "years in which provinces have values"
        remedy = "name other years, or supply the missing cells"
        raise task.refusal("years-empty", found, expected, remedy, key="years", variable=variable)


def standard_ratio(panel: Panel, model: Model, file: str) -> float:
    """SD of a model's treatment over SD of its outcome, on the rows that it uses."""
    rows = select(panel.frame, model.sample, model.variables, file)
    return float(rows[model.treatment].std(ddof=1) / rows[model.outcome].std(ddof=1))


def scaled(estimate: Estimate, ratio: float) -> Estimate:
    """An estimate with its error and interval in other units; tests stay as they are."""
    of = estimate.interval
    ends = [None if end is None else end * ratio for end in (estimate.low, estimate.high)]
    interval = None if of is None else Interval(ends[0], ends[1], of.kind)
    error = None if estimate.error is None else estimate.error * ratio
    return replace(estimate, value=estimate.value * ratio, error=error, interval=interval)
