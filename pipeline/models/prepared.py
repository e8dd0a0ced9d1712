"""A model on its common sample: rows, codes, within regressions with clustered errors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.inference.collinear import Collinear
from pipeline.inference.moments import Array, Ints, Moments, build_moments, codes
from pipeline.inference.within import WithinFit, within_fit
from pipeline.models.gate import collinear, require_variation
from pipeline.models.sample import rows_of, select
from pipeline.models.task import Task
from pipeline.results.estimate import Estimate, Interval
from pipeline.results.rows import Rows
from pipeline.study.model import Model
from pipeline.study.specs import Spec

# An error below this share of its estimate is rounding: what the gate passes leaves larger ones.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Prepared:
    """A model on its common sample: rows (complete cases), codes of units and years, and the names
    in play."""

    task: Task[Spec]
    model: Model
    mediators: list[str]
    frame: pd.DataFrame
    province: Ints
    year: Ints

    @property
    def clusters(self) -> int:
        return int(self.province.max()) + 1

    @property
    def rows(self) -> Rows:
        """Counts of the rows."""
        return rows_of(self.frame)

    @property
    def right(self) -> list[str]:
        """Treatment and controls."""
        return [self.model.treatment, *self.model.controls]

    def column(self, name: str) -> Array:
        """One variable (n,)."""
        return self.frame[name].to_numpy(float)

    def array(self, names: Sequence[str]) -> Array:
        """Variables (n, k)."""
        return self.frame[list(names)].to_numpy(float)

    def regress(self, outcome: str, names: Sequence[str]) -> WithinFit:
        """Two-way within regression clustered by unit. Raises Rejected naming a collinear
        variable."""
        try:
            return within_fit(
                self.column(outcome), self.array(names), self.province, self.year, self.province
            )
        except Collinear as error:
            raise collinear(self.task.file, names[error.column]) from None

    def moments(self, order: Sequence[str]) -> Moments:
        """Moments of columns in their order of elimination. Raises Rejected naming a collinear
        one."""
        try:
            return build_moments(self.array(order), self.province, self.year, self.province)
        except Collinear as error:
            raise collinear(self.task.file, order[error.column]) from None


def prepare(
    task: Task[Spec],
    model: Model,
    mediators: Sequence[str] = (),
    extra: Sequence[str] = (),
    outcomes: Sequence[str] = (),
) -> Prepared:
    """The common sample of a model with its mediators, further outcomes and other variables.

    Raises Rejected when it is too small, and with what the gate refuses: regressors and mediators
    without variation of their own, outcomes that do not vary or are fitted perfectly.
    """
    names = [*model.variables, *mediators, *outcomes, *extra]
    frame = select(task.panel.frame, model.sample, names, task.file)
    whole = replace(model, controls=[*model.controls, *mediators])
    every = dict.fromkeys([model.outcome, *outcomes])
    require_variation(frame, whole, task.file, [*every])
    province, year = (codes(frame.index.get_level_values(level)) for level in ("province", "year"))
    return Prepared(task, model, list(mediators), frame, province, year)


def coefficient(fitted: WithinFit, position: int, level: float) -> Estimate:
    """A coefficient with its CRV1 error, t(G-1) p-value and interval."""
    error = float(np.sqrt(fitted.covariance[position, position]))
    return clustered(float(fitted.beta[position]), error, fitted.df, level)


def clustered(value: float, error: float, df: float, level: float) -> Estimate:
    """An estimate with a clustered error: t, p and interval from t(df); its value alone where the
    error vanishes, as it does where one unit alone moves a regressor."""
    if error <= _NOTHING * abs(value):
        return Estimate(value)
    half = float(stats.t.ppf((1 + level) / 2, df)) * error
    p = float(2 * stats.t.sf(abs(value / error), df))
    return Estimate(value, error, value / error, p, Interval(value - half, value + half, "crv1-t"))
