"""One coefficient by several methods for few clusters."""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.few_clusters.jackknife import leave_one_out
from pipeline.inference.few_clusters.wild import wild_test
from pipeline.methods.mechanisms.few_clusters.result import Column, LeftOut, Result
from pipeline.methods.mechanisms.few_clusters.spec import FewClustersTable
from pipeline.models import few_clusters
from pipeline.models.few_clusters import Weights, judged, of_columns
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.task import Task, columns
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import ORDERS, SIGNS, Estimate, Interval, sign_vectors


def estimate(task: Task[FewClustersTable]) -> Result:
    """The treatment's coefficient in each column: CRV1, CRV3, WCR11 with interval, WCR31, permuted
    paths, leave-one-out."""
    models = task.spec.models(task.study)
    prepared = columns(models, lambda model: prepare(task, model))
    found = [_column(p, task) for p in prepared]
    return Result(
        data=task.facts(sorted({v for m in models for v in m.variables})),
        columns=found,
        weights=task.spec.weights,
        draws=sorted({_drawn(c.rows.units, task.spec.weights) for c in found}),
        permutations=ORDERS,
        seed=task.seed,
    )


def _column(prepared: Prepared, task: Task[FewClustersTable]) -> Column:
    main = coefficient(prepared.regress(prepared.model.outcome, prepared.right), 0, task.level)
    weights, model = task.spec.weights, prepared.model
    question = of_columns(prepared, model.outcome, model.treatment, model.controls)
    first = question.wild("WCR11")
    wild = wild_test(first, task.seed, few_clusters.STREAM, SIGNS, weights, task.level)
    jackknife = _jackknife(prepared)
    return Column(
        model=prepared.model,
        rows=prepared.rows,
        estimate=judged(task, question, main),
        cr2=few_clusters.cr2(question, task.level),
        leverage=few_clusters.leverage_of(prepared.frame, question),
        wcr11_p=wild.p,
        crv3=jackknife.estimate,
        interval=Interval(wild.low, wild.high, "wild"),
        wcr31_p=few_clusters.wild_p(task, question.wild("WCR31"), weights),
        permutation_p=few_clusters.p_value(task, question, "paths"),
        lowest=jackknife.lowest,
        highest=jackknife.highest,
        needed=jackknife.needed,
        carriers=jackknife.carriers,
    )


def _drawn(clusters: int, weights: Weights) -> int:
    """How many weight vectors the bootstraps use; Webb's weights are never enumerated."""
    return sign_vectors(clusters) if weights == "rademacher" else SIGNS


@dataclass(frozen=True)
class _Jackknife:
    """What leaving one unit out says; fields as in `Column`."""

    estimate: Estimate | None
    lowest: LeftOut
    highest: LeftOut
    needed: list[int]
    carriers: list[int]


def _jackknife(prepared: Prepared) -> _Jackknife:
    """Leave-one-out coefficients, CRV3, and the units that cannot be left out. Raises Rejected
    where none can."""
    model = prepared.model
    moments = prepared.moments([*model.controls, model.treatment, model.outcome])
    units = np.unique(prepared.frame.index.get_level_values("province"))
    b, without = leave_one_out(moments, len(model.controls) + 1)
    _, controls = leave_one_out(moments, len(model.controls))
    lost = ~np.isfinite(without).all(axis=1)
    if lost.all():
        raise _none_to_leave_out(prepared)
    alone = lost & np.isfinite(controls).all(axis=1)
    left = without[:, -1]
    low, high = int(np.nanargmin(left)), int(np.nanargmax(left))
    return _Jackknife(
        estimate=few_clusters.jackknifed(b, without, prepared.task.level),
        lowest=LeftOut(int(units[low]), float(left[low])),
        highest=LeftOut(int(units[high]), float(left[high])),
        needed=[int(unit) for unit in units[lost]],
        carriers=[int(unit) for unit in units[alone]],
    )


def _none_to_leave_out(prepared: Prepared) -> Rejected:
    found = f"none of {prepared.clusters} provinces can be left out: the others identify nothing"
    expected, remedy = "a model that holds without a province", "widen the sample, or drop controls"
    return prepared.task.refusal("few-clusters", found, expected, remedy)
