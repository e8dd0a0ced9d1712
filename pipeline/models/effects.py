"""The effects of one mechanism: a, b, direct, indirect and total."""

from dataclasses import replace

import numpy as np

from pipeline.inference.few_clusters.jackknife import crv3
from pipeline.inference.few_clusters.product import product_interval
from pipeline.inference.few_clusters.ratio import fieller_set
from pipeline.inference.moments import Array
from pipeline.models.few_clusters import judged, of_columns
from pipeline.models.prepared import Prepared, coefficient
from pipeline.models.replicates import Replicates
from pipeline.results.effects import Effects, ShareSet
from pipeline.results.estimate import Interval


def effects(prepared: Prepared, replicates: Replicates, k: int) -> Effects:
    """Effects of mediator k: CRV1 errors for a, b and total, which the study's test judges; a x b
    with its bootstrap error and the interval of the ellipse, its share of the total with Fieller's
    set."""
    model, mediator, task = prepared.model, prepared.mediators[k], prepared.task
    x, y, controls, level = model.treatment, model.outcome, model.controls, task.level
    a = coefficient(prepared.regress(mediator, prepared.right), 0, level)
    total = coefficient(prepared.regress(y, prepared.right), 0, level)
    both = prepared.regress(y, [mediator, *prepared.right])
    b, direct = coefficient(both, 0, level), coefficient(both, 1, level)
    indirect = replicates.bootstrap.estimate(a.value * b.value, replicates.draws.indirect[k])
    without, value = replicates.without, (a.value, b.value)
    interval = product(replicates, value, (without.a[k], without.b[k]), level)
    return Effects(
        a=judged(task, of_columns(prepared, mediator, x, controls), a),
        b=judged(task, of_columns(prepared, y, mediator, [x, *controls]), b),
        direct=judged(task, of_columns(prepared, y, x, [mediator, *controls]), direct),
        indirect=replace(indirect, interval=interval),
        total=judged(task, of_columns(prepared, y, x, controls), total),
        share_set=_share_set(replicates, k, level),
    )


def product(
    replicates: Replicates, pair: tuple[float, float], without: tuple[Array, Array], level: float
) -> Interval | None:
    """The interval of a product a x b that the ellipse of the pair spans, with the errors of the
    jackknife over units (CRV3): it holds no zero exactly when both t-tests reject.

    without: a and b without each unit (G,). None where nothing is made of the bootstrap, or where a
    unit cannot be left out.
    """
    left = np.column_stack(without)
    if replicates.bootstrap.withheld is not None or not np.isfinite(left).all():
        return None
    variances = np.diag(crv3(np.array(pair), left))
    low, high = product_interval(*pair, *variances, level=level, df=len(left) - 1)
    return Interval(float(low), float(high), "ellipse")


def _share_set(replicates: Replicates, k: int, level: float) -> ShareSet | None:
    """Fieller's set of a x b over the total, with their covariance by the jackknife over units."""
    point, without = replicates.point, replicates.without
    left = np.column_stack([without.indirect[k], without.total])
    if replicates.bootstrap.withheld is not None or not np.isfinite(left).all():
        return None
    part, total = float(point.indirect[k, 0]), float(point.total[0])
    (v_part, between), (_, v_total) = crv3(np.array([part, total]), left)
    df = len(left) - 1
    found = fieller_set(part, total, v_part, v_total, between, level=level, df=df)
    ends = [float(end) if np.isfinite(end) else None for end in (found.low, found.high)]
    return ShareSet(found.shape, *ends)
