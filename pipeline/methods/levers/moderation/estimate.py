"""Moderation tables: treatment x lever, one lever a column, and all of them at once."""

from dataclasses import replace

import numpy as np
from scipy import stats

from pipeline.inference.collinear import RANK
from pipeline.inference.few_clusters.wild import wild_model
from pipeline.inference.moments import Array
from pipeline.inference.varying.moderation import marginal_effects
from pipeline.inference.within import WithinFit
from pipeline.methods.levers.moderation.result import Moderation, Result
from pipeline.methods.levers.moderation.spec import ModerationTable
from pipeline.models import few_clusters
from pipeline.models.bootstrap import Bootstrap, joined
from pipeline.models.gate import require_variation
from pipeline.models.moderated import Moderated, interaction_draws, moderate, timing
from pipeline.models.prepared import Prepared, clustered, coefficient, prepare
from pipeline.models.task import Task, collect
from pipeline.results.estimate import Estimate, sign_vectors
from pipeline.study.model import Model


def estimate(task: Task[ModerationTable]) -> Result:
    """Interaction, treatment and lever per SD of the lever; the effect at low to high values of it.

    The lever is centred on the estimation sample, so that the treatment's coefficient is its effect
    at the lever's mean.
    """
    levers = task.spec.moderators(task.study)
    model = task.model(task.spec.model)
    models = collect(levers, lambda lever: moderate(task, model, lever))
    joint, rows = _jointly(task, model, levers) if task.spec.jointly else ({}, None)
    boots = {k: interaction_draws(m) for k, m in models.items()}
    return Result(
        data=task.facts([*model.variables, *levers]),
        columns=[_column(m, *boots[k], joint.get(k)) for k, m in models.items()],
        joint_rows=rows,
        draws=joined([boot.record for boot, _ in boots.values()]),
        wild=max(sign_vectors(m.prepared.clusters) for m in models.values()),
        timing=timing(task, levers),
    )


def _column(
    moderated: Moderated, boot: Bootstrap, drawn: Array, joint: Estimate | None
) -> Moderation:
    p, right = moderated.prepared, moderated.right
    level, model = p.task.level, p.model
    fitted = p.regress(model.outcome, right)
    z = p.column(moderated.lever)
    critical = float(stats.t.ppf((1 + level) / 2, fitted.df))
    slope, change = float(fitted.beta[1]), float(fitted.beta[0])
    both = fitted.covariance[np.ix_([1, 0], [1, 0])]

    def at(share: float) -> Estimate:
        effect, error = marginal_effects(slope, change, both, np.quantile(z, [share]))
        return clustered(float(effect[0]), float(error[0]), fitted.df, level)

    effects, errors = marginal_effects(slope, change, both, z)
    return Moderation(
        lever=moderated.lever,
        model=model,
        rows=p.rows,
        interaction=moderated.tested(fitted, right, moderated.interaction),
        bootstrap=boot.interval(drawn[1]),
        joint=joint,
        at_mean=moderated.tested(fitted, right, model.treatment),
        own=None if moderated.absorbed else coefficient(fitted, 2, level),
        low=at(0.1),
        middle=at(0.5),
        high=at(0.9),
        positive=float((effects > critical * errors).mean()),
        negative=float((effects < -critical * errors).mean()),
        mean=moderated.mean,
        sd=moderated.sd,
    )


def _jointly(
    task: Task[ModerationTable], model: Model, levers: list[str]
) -> tuple[dict[str, Estimate], int]:
    """Each lever's interaction in one model with all of them, on the sample they share; its
    size."""
    prepared = prepare(task, model, extra=levers)
    products = {lever: f"{model.treatment} × {lever}" for lever in levers}
    columns: dict[str, Array] = {}
    own: list[str] = []
    for lever, product in products.items():
        values = prepared.column(lever)
        scaled = (values - values.mean()) / values.std(ddof=1)
        columns |= {lever: scaled, product: scaled * prepared.column(model.treatment)}
        means = np.bincount(prepared.province, scaled) / np.bincount(prepared.province)
        if np.abs(scaled - means[prepared.province]).max() > RANK:
            own.append(lever)
    together = replace(prepared, frame=prepared.frame.assign(**columns))
    whole = replace(model, controls=[*model.controls, *own, *products.values()])
    require_variation(together.frame, whole, task.file)
    names = [*products.values(), model.treatment, *own, *model.controls]
    fitted = together.regress(model.outcome, names)
    found = {
        lever: _tested(together, fitted, names, product) for lever, product in products.items()
    }
    return found, len(prepared.frame)


def _tested(prepared: Prepared, fitted: WithinFit, names: list[str], product: str) -> Estimate:
    """A coefficient with its wild p-value (WCR31), which decides about interactions."""
    y, x = prepared.column(prepared.model.outcome), prepared.column(product)
    beside = prepared.array([n for n in names if n != product])
    province = prepared.province
    wild = wild_model(y, x, beside, province, prepared.year, province, "WCR31")
    found = coefficient(fitted, names.index(product), prepared.task.level)
    return replace(found, few=few_clusters.wild_p(prepared.task, wild), test="wcr31")
