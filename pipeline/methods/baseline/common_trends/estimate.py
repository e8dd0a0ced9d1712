"""Does the treatment's coefficient survive common trends?"""

from collections.abc import Callable
from typing import TypeVar

from pipeline.inference.collinear import Collinear
from pipeline.inference.trends.dependence import OneMeasure
from pipeline.inference.trends.refusals import (
    NotConverged,
    NothingLeft,
    TooFewUnits,
    TooManyFactors,
    TooShort,
)
from pipeline.methods.baseline.common_trends.result import (
    Companion,
    Diagnostics,
    Key,
    Reason,
    Result,
)
from pipeline.methods.baseline.common_trends.spec import CommonTrendsTable
from pipeline.models.carrier import carrier
from pipeline.models.companions import Companions, NoFactors, TooFewGroups
from pipeline.models.few_clusters import judged, of_columns
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.task import Task
from pipeline.results.estimate import Estimate

Number = TypeVar("Number", int, float)

# Why a method cannot be used, by what it raises; the first that fits.
_REASONS: tuple[tuple[type[ValueError], Reason], ...] = (
    (TooShort, "short"),
    (TooFewUnits, "few_units"),
    (TooFewGroups, "few_groups"),
    (NoFactors, "no_factors"),
    (NotConverged, "unsettled"),
    (Collinear, "unidentified"),
    (NothingLeft, "unidentified"),
)
_UNUSED = tuple(kind for kind, _ in _REASONS)
# What the tests of the residuals may refuse besides.
_REFUSED: tuple[type[ValueError], ...] = (*_UNUSED, TooManyFactors, OneMeasure)


def estimate(task: Task[CommonTrendsTable]) -> Result:
    """The treatment beside unit and year effects, then by each companion.

    A method that cannot be used says why and does not stop the others.
    """
    prepared = prepare(task, task.model(task.spec.model))
    panel = Companions(prepared, task.spec.most)
    units, complete = prepared.clusters, len(panel.complete)
    companions = [
        Companion("two_way", _own(prepared), units),
        _asked("group_means", units, panel.group_means),
        _asked("group_jackknife", units, panel.group_jackknife),
        _asked("unit_trends", units, panel.unit_trends),
        _asked("correlated", complete, panel.correlated),
        _asked("interactive", complete, panel.interactive),
    ]
    return Result(
        data=task.facts(prepared.frame.columns),
        model=prepared.model,
        rows=prepared.rows,
        companions=companions,
        factors=panel.factors if companions[-1].estimate else None,
        groups=len(panel.groups.used),
        carrier=carrier(prepared.frame, prepared.model),
        diagnostics=Diagnostics(
            factors=_or_none(lambda: panel.factors),
            dependence_p=_or_none(panel.dependence_p),
            serial_p=_or_none(panel.serial_p),
            slopes_p=_or_none(panel.slopes_p),
        ),
    )


def _own(prepared: Prepared) -> Estimate:
    """The coefficient beside unit and year effects, judged by the study's test."""
    task, model = prepared.task, prepared.model
    found = coefficient(prepared.regress(model.outcome, prepared.right), 0, task.level)
    return judged(task, of_columns(prepared, model.outcome, model.treatment, model.controls), found)


def _asked(key: Key, units: int, make: Callable[[], Estimate]) -> Companion:
    """A method's estimate, or the reason why the panel has none."""
    try:
        return Companion(key, make(), units)
    except _UNUSED as error:
        reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
        return Companion(key, None, units, reason)


def _or_none(made: Callable[[], Number]) -> Number | None:
    """A number; None where the panel does not allow it."""
    try:
        return made()
    except _REFUSED:
        return None
