"""Regression tables: one linear model a column."""

from pipeline.methods.baseline.regression.result import Result, Unfilled
from pipeline.methods.baseline.regression.spec import RegressionTable
from pipeline.models import few_clusters
from pipeline.models.few_clusters import regression
from pipeline.models.sample import select
from pipeline.models.task import Task, columns
from pipeline.panel.finding import Rejected
from pipeline.panel.panel import read_panel
from pipeline.results.rows import Regression
from pipeline.study.model import Model


def estimate(task: Task[RegressionTable]) -> Result:
    """All columns of a regression table; the problems of all columns together when any is
    refused."""
    models = task.spec.models(task.study)
    fitted = columns(models, lambda model: regression(task, model))
    return Result(
        data=task.facts(sorted({v for model in models for v in model.variables})),
        columns=fitted,
        brackets=task.spec.brackets,
        second=[_second(task, column) for column in fitted],
        unfilled=_unfilled(task, models[-1], fitted[-1]),
    )


def _second(task: Task[RegressionTable], column: Regression) -> float | None:
    """The p-value in brackets below a column's treatment, where the spec asks for one."""
    test, treatment, model = task.spec.brackets, column.treatment, column.model
    if test is None or test == treatment.test:
        return treatment.few if test else None
    rows = select(task.panel.frame, model.sample, model.variables, task.file)
    question = few_clusters.of_rows(rows, model)
    return None if question is None else few_clusters.p_value(task, question, test)


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
        again = regression(task, model, bare)
    except Rejected:
        return Unfilled(None, 0, filled, n)
    left = again.rows.observations
    return Unfilled(again.treatment, left, filled, n - left)
