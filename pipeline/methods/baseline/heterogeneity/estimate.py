"""The model in groups of units or years, and the tests that the treatment's coefficients are
equal."""

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.inference.moments import codes
from pipeline.inference.varying.groups import bootstrap, group_model, interaction, permutation
from pipeline.methods.baseline.heterogeneity.result import (
    Difference,
    Equality,
    FTest,
    Group,
    Result,
)
from pipeline.methods.baseline.heterogeneity.spec import HeterogeneityTable
from pipeline.models.few_clusters import regression
from pipeline.models.sample import select
from pipeline.models.task import Task
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.results.estimate import Draws, Interval
from pipeline.results.rows import Regression
from pipeline.study.choices import ModelChoice, Sample
from pipeline.study.model import Model
from pipeline.study.schema import Region


def estimate(task: Task[HeterogeneityTable]) -> Result:
    """One column a group with its difference to the first, and four tests that the coefficients are
    equal.

    Raises Rejected for groups of too few units and for unit-years in two groups.
    """
    models = {key: _in_group(task, choice) for key, choice in task.spec.groups.items()}
    frame = task.panel.frame
    rows = {key: select(frame, m.sample, m.variables, task.file) for key, m in models.items()}
    _require_groups(task, rows)
    fitted = {key: regression(task, m) for key, m in models.items()}
    base = next(iter(models.values()))
    try:
        equality, differences = _tests(task, base, rows, list(fitted.values()))
    except ValueError as error:
        expected = "groups in which the draws identify the model"
        remedy = "merge a group with another, or drop the variable that few units move"
        raise task.refusal("collapsed-draws", str(error), expected, remedy, key="groups") from None
    groups = [
        Group(key, task.spec.labels[key], regression, difference)
        for (key, regression), difference in zip(fitted.items(), differences, strict=True)
    ]
    halves = dict.fromkeys(v for m in models.values() for v in [*m.sample.high, *m.sample.low])
    return Result(task.facts(base.variables), groups, equality, list(halves))


def _in_group(task: Task[HeterogeneityTable], choice: list[Region] | Sample) -> Model:
    """The table's model on a group's part of the table's sample."""
    base = task.model(task.spec.model)
    own = (
        {"regions": choice}
        if isinstance(choice, list)
        else choice.model_dump(exclude_defaults=True)
    )
    sample = Sample(**{**base.sample.model_dump(), **own})
    return task.model(task.spec.model, ModelChoice(sample=sample))


def _require_groups(task: Task[HeterogeneityTable], rows: dict[str, pd.DataFrame]) -> None:
    """Raise Rejected naming groups of too few units, and groups that share unit-years."""
    problems: list[Finding] = []
    seen: dict[tuple[int, int], str] = {}
    for group, part in rows.items():
        where = Where(file=task.file, key=f"groups.{group}")
        units = part.index.get_level_values("province").nunique()
        if units < task.spec.minimum_provinces:
            problems.append(_too_small(where, units, task.spec.minimum_provinces))
        twice = {seen[k] for k in part.index if k in seen}
        if twice:
            found = f"province-years also in `{', '.join(sorted(twice))}`"
            remedy = "change one of the groups"
            problems.append(
                Finding("group-overlap", "error", where, found, "disjoint groups", remedy)
            )
        seen |= dict.fromkeys(part.index, group)
    if problems:
        raise Rejected(problems)


def _too_small(where: Where, units: int, least: int) -> Finding:
    expected = f"at least {least} (minimum_provinces): clustered errors of fewer mean little"
    remedy = "merge the group with another, or lower minimum_provinces and defend it"
    return Finding("group-too-small", "error", where, f"{units} provinces", expected, remedy)


def _tests(
    task: Task[HeterogeneityTable],
    model: Model,
    rows: dict[str, pd.DataFrame],
    fitted: list[Regression],
) -> tuple[Equality, list[Difference | None]]:
    """The tests of equal coefficients, and each group's difference to the first."""
    whole = pd.concat(rows.values())
    label = np.repeat(np.arange(len(rows)), [len(r) for r in rows.values()])
    province, year = (codes(whole.index.get_level_values(k)) for k in ("province", "year"))
    time = year if "year" in model.effects else np.zeros_like(year)
    y, x = whole[model.outcome].to_numpy(float), whole[model.treatment].to_numpy(float)
    controls = whole[model.controls].to_numpy(float)
    data = (y, x, controls, province, time, province, label)
    grouped = group_model(*data)
    asked, stream = task.spec.draws, task.stream
    drawn = bootstrap(grouped, task.seed, stream, asked, task.level)
    permuted = permutation(grouped, task.seed, stream, asked)
    pooled = interaction(*data)
    differences = [
        Difference(
            float(grouped.estimates[k + 1] - grouped.estimates[0]),
            Interval(float(low), float(high), "percentile"),
            float(p),
        )
        for k, ((low, high), p) in enumerate(zip(drawn.intervals, drawn.p, strict=True))
    ]
    equality = Equality(
        wald=wald(fitted) if grouped.whole and _have_errors(fitted) else None,
        interaction=FTest(pooled.f, pooled.df1, pooled.df2, pooled.p),
        bootstrap_p=drawn.joint if drawn.joint is not None else float(drawn.p[0]),
        permutation_p=permuted.p if permuted else None,
        draws=Draws(asked, asked - drawn.dropped, task.seed),
        smallest=min(r.rows.units for r in fitted),
    )
    return equality, [None, *differences]


def _have_errors(columns: list[Regression]) -> bool:
    """Whether no column's treatment is one that a unit alone moves, without an error."""
    return all(column.treatment.error is not None for column in columns)


def wald(columns: list[Regression]) -> FTest:
    """Wald test of equal treatment coefficients: F(q, smallest G - 1) from the columns' own CRV1
    variances.

    Every unit is in one group, so the estimates are independent across columns. A pooled
    small-sample factor and the total number of clusters would reject a true null far too often
    (9.7% at 5% with 10, 9 and 12 provinces, 31% with a group of three); each group's own factor and
    the smallest group's degrees of freedom do not (4.3%, 0.8%).
    """
    b = np.array([c.treatment.value for c in columns])
    errors = np.array([c.treatment.error for c in columns], float)
    q = len(b) - 1
    contrast = np.column_stack([-np.ones(q), np.eye(q)])
    difference = contrast @ b
    variance = contrast @ np.diag(errors**2) @ contrast.T
    f = float(difference @ np.linalg.solve(variance, difference) / q)
    df = min(c.rows.df for c in columns)
    return FTest(f, q, df, float(stats.f.sf(f, q, df)))
