"""A p-value of the treatment that few clusters do not spoil, for any model with unit effects."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.wild import WildModel, wild_model, wild_test
from pipeline.inference.moments import Array, build_moments, codes
from pipeline.models.prepared import Prepared, clustered
from pipeline.models.sample import select
from pipeline.models.task import Task
from pipeline.results.estimate import Estimate
from pipeline.study.model import Model
from pipeline.study.specs import Spec

DRAWS = 99_999
# The name of the stream of sign vectors.
STREAM = "wild"
Method = Literal["wcr11", "wcr31", "crv3"]
Residuals = Literal["WCR11", "WCR31"]
Weights = Literal["rademacher", "webb"]


def few_cluster_p(task: Task[Spec], model: Model, method: Method) -> float | None:
    """p-value of H0: treatment = 0 by the method named; None for models without unit effects, and
    by CRV3 where a cluster cannot be left out."""
    if "province" not in model.effects:
        return None
    rows = select(task.panel.frame, model.sample, model.variables, task.file)
    province, year = (codes(rows.index.get_level_values(k)) for k in ("province", "year"))
    time = year if "year" in model.effects else None
    y, x = rows[model.outcome].to_numpy(float), rows[model.treatment].to_numpy(float)
    controls = rows[model.controls].to_numpy(float)
    if method == "crv3":
        moments = build_moments(np.column_stack([controls, x, y]), province, time, province)
        found = jackknifed(*leave_one_out(moments, len(model.controls) + 1), task.level)
        return None if found is None else found.p
    residuals: Residuals = "WCR11" if method == "wcr11" else "WCR31"
    return wild_p(task, wild_model(y, x, controls, province, time, province, residuals))


def jackknifed(b: Array, without: Array, level: float) -> Estimate | None:
    """The last coefficient with its CRV3 error, p and interval from t(G - 1); None where a cluster
    cannot be left out.

    b: (k,); without: (G, k), coefficients without each cluster, NaN where there are none
    """
    if not np.isfinite(without).all():
        return None
    error = float(np.sqrt(crv3(b, without)[-1, -1]))
    return clustered(float(b[-1]), error, len(without) - 1, level)


def wild_p(task: Task[Spec], wild: WildModel, weights: Weights = "rademacher") -> float:
    """p-value of the wild cluster bootstrap with the null imposed.

    The draws are one stream for the whole study, so that one regression has one p-value wherever it
    stands.
    """
    return wild_test(wild, task.seed, STREAM, DRAWS, weights).p


def drawn(clusters: int, weights: Weights = "rademacher") -> int:
    """How many weight vectors a test uses: every sign vector where there are no more of them."""
    return min(DRAWS, 2**clusters) if weights == "rademacher" else DRAWS


def tested(
    prepared: Prepared, outcome: str, regressor: str, others: Sequence[str], estimate: Estimate
) -> Estimate:
    """An estimate of a within regression with the wild p-value (WCR11) that decides about it."""
    p = prepared
    y, x, beside = p.column(outcome), p.column(regressor), p.array(others)
    wild = wild_model(y, x, beside, p.province, p.year, p.province)
    return replace(estimate, few=wild_p(p.task, wild), test="wcr11")
