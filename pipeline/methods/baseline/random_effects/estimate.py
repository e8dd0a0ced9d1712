"""Random effects by linearmodels, and the Hausman test by auxiliary regression."""

from dataclasses import replace

import numpy as np
import pandas as pd
from linearmodels.panel import RandomEffects
from numpy.typing import NDArray
from scipy import stats

from pipeline.inference.within import crv1_factor
from pipeline.methods.baseline.random_effects.result import Hausman, Random, Result
from pipeline.methods.baseline.random_effects.spec import RandomEffectsTable
from pipeline.models.few_clusters import regression
from pipeline.models.gate import require_variation
from pipeline.models.prepared import clustered
from pipeline.models.sample import rows_of, select
from pipeline.models.task import Task
from pipeline.study.choices import Effect
from pipeline.study.model import Model

Array = NDArray[np.float64]


def estimate(task: Task[RandomEffectsTable]) -> Result:
    """Three columns, and the cluster-robust Hausman test.

    Random effects: Swamy and Arora (1972), errors clustered by unit with the factor of all other
    tables. Test: the unit means of the regressors added to the random-effects regression, their
    joint F with clustered errors and F(q, G-1) (Arellano 1993; Wooldridge 2010, 10.7.3). The
    classical statistic is not given: its variance may fail to be positive and takes errors to be
    independent.
    """
    (model,) = task.spec.models(task.study)
    rows = select(task.panel.frame, model.sample, model.variables, task.file)
    within = regression(task, model)
    names = model.variables[1:]
    x = rows[names]
    means = x.groupby(level="province").transform("mean").add_prefix(_MEAN)
    years = _year_columns(rows, "year" in model.effects)
    y = rows[model.outcome]
    _require_means(task, model, pd.concat([y, x, means], axis=1))
    try:
        plain, _ = _random(y, pd.concat([x, years], axis=1), names, task.level)
        both = pd.concat([x, means, years], axis=1)
        correlated, covariance = _random(y, both, [*names, *means.columns], task.level)
    except ValueError as error:
        expected, remedy = "units that identify the variance", "widen the sample, or drop controls"
        raise task.refusal("random-effects", str(error), expected, remedy) from None
    return Result(
        data=task.facts(model.variables),
        model=model,
        rows=rows_of(rows),
        within=within,
        random=plain,
        correlated=correlated,
        hausman=_hausman(correlated, covariance, rows_of(rows).df),
    )


# What names the unit mean of a regressor among the columns.
_MEAN = "mean of "


def _require_means(task: Task[RandomEffectsTable], model: Model, rows: pd.DataFrame) -> None:
    """Raise Rejected for unit means without variation of their own."""
    controls = [name for name in rows.columns if name not in (model.outcome, model.treatment)]
    effects: list[Effect] = [effect for effect in model.effects if effect == "year"]
    require_variation(rows, replace(model, controls=controls, effects=effects), task.file)


def _year_columns(rows: pd.DataFrame, wanted: bool) -> pd.DataFrame:
    """A column for each year but the first."""
    years = rows.index.get_level_values("year")
    levels = sorted(years.unique())[1:] if wanted else []
    return pd.DataFrame({f"year {t}": (years == t).astype(float) for t in levels}, rows.index)


def _random(y: pd.Series, x: pd.DataFrame, shown: list[str], level: float) -> tuple[Random, Array]:
    """The model with random effects, and the covariance of the unit means' coefficients.

    Columns are centred and scaled before linearmodels sees them, so that units of measurement do
    not count, and the coefficients are scaled back.
    """
    columns = x.to_numpy(float)
    centre, scale, spread = columns.mean(axis=0), columns.std(axis=0), float(y.std(ddof=0))
    z = ((x - centre) / scale).assign(constant=1.0)
    fitted = RandomEffects((y - y.mean()) / spread, z).fit(
        cov_type="clustered", cluster_entity=True, debiased=False, group_debias=False
    )
    back = np.diag([*(spread / scale), spread])
    back[-1, :-1] = -centre * spread / scale
    params = pd.Series(back @ fitted.params, z.columns)
    params["constant"] += float(y.mean())
    counts = rows_of(x)
    # Years and constant are parameters like any other here.
    factor = crv1_factor(counts.observations, counts.units, x.shape[1], 0)
    covariance = pd.DataFrame(back @ fitted.cov.to_numpy() @ back.T, z.columns, z.columns) * factor
    errors = pd.Series(np.sqrt(np.diag(covariance)), z.columns)
    found = {
        name: clustered(float(params[name]), float(errors[name]), counts.df, level)
        for name in [*shown, "constant"]
    }
    means = [name for name in shown if name.startswith(_MEAN)]
    theta = fitted.theta.to_numpy(float)
    random = Random(
        coefficients={n: found[n] for n in shown if n not in means},
        means={n.removeprefix(_MEAN): found[n] for n in means},
        constant=found["constant"],
        theta=(float(theta.min()), float(theta.max())),
    )
    return random, covariance.loc[means, means].to_numpy(float)


def _hausman(correlated: Random, covariance: Array, df: int) -> Hausman:
    """The joint test that the unit means have no coefficient."""
    b = np.array([e.value for e in correlated.means.values()])
    f = float(b @ np.linalg.solve(covariance, b)) / len(b)
    return Hausman(f, len(b), df, float(stats.f.sf(f, len(b), df)))
