"""Regression tables: one linear model a column."""

from dataclasses import replace

from pipeline.methods.baseline.regression.result import Result, Unfilled
from pipeline.methods.baseline.regression.spec import RegressionTable
from pipeline.models import few_clusters
from pipeline.models.linear import fit
from pipeline.models.task import Task, columns
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import read_panel
from pipeline.results.rows import Regression
from pipeline.study.model import Model


def estimate(task: Task[RegressionTable]) -> Result:
    """All columns of a regression table; the problems of all columns together when any is
    refused."""
    models = task.spec.models(task.study)
    fitted = columns(models, lambda model: fit(task.panel, model, task.file, task.level))
    tested = [_tested(task, column) for column in fitted]
    variables = sorted({v for model in models for v in model.variables})
    method = task.spec.brackets
    return Result(
        data=task.facts(variables),
        columns=tested,
        brackets=method,
        draws=_draws(tested),
        seed=task.seed,
        unfilled=_unfilled(task, models[-1], tested[-1]),
    )


def _draws(columns: list[Regression]) -> list[int]:
    """How many sign vectors the tests in brackets used, each number once."""
    wild = [c for c in columns if c.treatment.test in ("wcr11", "wcr31")]
    return sorted({few_clusters.drawn(c.rows.units) for c in wild})


def _tested(task: Task[RegressionTable], column: Regression) -> Regression:
    """The column with the p-value in brackets at its treatment, where the spec asks for one."""
    method = task.spec.brackets
    if method is None:
        return column
    model = column.model
    p = few_clusters.few_cluster_p(task, model, method)
    if p is None:
        return column
    treatment = replace(column.treatment, few=p, test=method)
    return replace(column, coefficients={**column.coefficients, model.treatment: treatment})


def _unfilled(task: Task[RegressionTable], model: Model, column: Regression) -> Unfilled | None:
    """The treatment's coefficient on the panel built without filling: what a filled cell reaches
    through lags, stocks, indices and their weights is gone too. None where no cell behind it is
    filled."""
    study, paths = task.study, task.study.paths
    behind = {raw for v in model.variables for raw in study.raw_variables(v)}
    if not behind & task.panel.filled.keys() or not paths.unfilled.exists():
        return None
    bare = read_panel(paths.unfilled, paths.panel_metadata)
    filled, n = column.treatment.value, column.rows.observations
    try:
        again = fit(bare, model, task.file, task.level)
    except Rejected:
        return Unfilled(None, 0, filled, n)
    left = again.rows.observations
    return Unfilled(again.treatment, left, filled, n - left)
