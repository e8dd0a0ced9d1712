"""A model with treatment x lever on its own sample: what the methods of levers share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.inference.collinear import RANK, ROUNDING
from pipeline.inference.draws import cluster_counts, enough
from pipeline.inference.few_clusters.wild import WildModel, weight_vectors, wild_model
from pipeline.inference.moments import Array
from pipeline.inference.varying.moderation import slopes
from pipeline.inference.within import WithinFit
from pipeline.models.bootstrap import Bootstrap, bootstrap_of
from pipeline.models.few_clusters import wild_p
from pipeline.models.gate import require_variation
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.sample import select
from pipeline.models.task import Task
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import Estimate
from pipeline.study.model import Model
from pipeline.study.schema import Timing
from pipeline.study.specs import Spec

MOST_MISSING = 1 / 3
MINIMUM_PROVINCES = 8


@dataclass(frozen=True)
class Moderated:
    """A model with its lever. In `prepared.frame` the lever is centred and scaled by its SD on this
    sample, and `interaction` is the column of treatment x lever.

    absorbed: the lever does not vary over time, so that the unit effects hold its own effect
    """

    prepared: Prepared
    lever: str
    interaction: str
    mean: float
    sd: float
    absorbed: bool

    @property
    def controls(self) -> list[str]:
        """The lever's own effect, unless absorbed, and the controls."""
        return [*([] if self.absorbed else [self.lever]), *self.prepared.model.controls]

    @property
    def right(self) -> list[str]:
        """Regressors, the interaction first and the treatment second."""
        return [self.interaction, self.prepared.model.treatment, *self.controls]

    def tested(
        self,
        fitted: WithinFit,
        names: Sequence[str],
        regressor: str,
        outcome: str | None = None,
    ) -> Estimate:
        """A coefficient of a regression on `names` with the wild p-value (WCR31) that decides about
        it."""
        task = self.prepared.task
        wild = self.wild(regressor, [n for n in names if n != regressor], outcome)
        found = coefficient(fitted, list(names).index(regressor), task.level)
        return replace(found, few=wild_p(task, wild), test="wcr31")

    def wild(self, regressor: str, others: Sequence[str], outcome: str | None = None) -> WildModel:
        """The wild bootstrap's quantities (WCR31) of one regressor beside others."""
        p = self.prepared
        y = p.column(outcome or p.model.outcome)
        x, beside = p.column(regressor), p.array(others)
        return wild_model(y, x, beside, p.province, p.year, p.province, "WCR31")


def moderate(
    task: Task[Spec], model: Model, lever: str, mediators: Sequence[str] = ()
) -> Moderated:
    """The model's rows with the lever and its interaction. Raises Rejected for a lever that is
    constant or mostly missing."""
    if lever in [*model.variables, *mediators]:
        found = "the lever is also in the model as another variable"
        remedy = "drop it from the controls of this table"
        raise task.refusal("lever", found, "one part a variable", remedy, variable=lever)
    require_cells(task, model, lever)
    prepared = prepare(task, model, mediators, [lever])
    if prepared.clusters < MINIMUM_PROVINCES:
        found = f"{prepared.clusters} provinces in the sample"
        expected = f"at least {MINIMUM_PROVINCES}: fewer have too few sign vectors for a test"
        raise task.refusal("lever", found, expected, "widen the sample", variable=lever)
    values = prepared.column(lever)
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    if sd <= ROUNDING * float(np.abs(values).max()):
        raise _constant(task, lever, mean)
    scaled = (values - mean) / sd
    means = np.bincount(prepared.province, scaled) / np.bincount(prepared.province)
    absorbed = bool(np.abs(scaled - means[prepared.province]).max() < RANK)
    interaction = f"{model.treatment} × {lever}"
    product = scaled * prepared.column(model.treatment)
    frame = prepared.frame.assign(**{lever: scaled, interaction: product})
    made = Moderated(replace(prepared, frame=frame), lever, interaction, mean, sd, absorbed)
    _require_moderator(made)
    return made


def _require_moderator(moderated: Moderated) -> None:
    """Raise Rejected for a lever or interaction that the model's other parts explain."""
    prepared, model = moderated.prepared, moderated.prepared.model
    own = [] if moderated.absorbed else [moderated.lever]
    controls = [*model.controls, *prepared.mediators, *own, moderated.interaction]
    require_variation(prepared.frame, replace(model, controls=controls), prepared.task.file)


def require_cells(task: Task[Spec], model: Model, lever: str) -> None:
    """Raise Rejected for a lever that is missing in more than a third of its cells."""
    missing, of = missing_cells(task, model, lever)
    if missing > MOST_MISSING * of:
        found = f"missing in {missing} of {of} province-years ({missing / of:.0%})"
        remedy = "supply its cells, narrow the sample, or declare it untestable"
        raise task.refusal("lever", found, "at most a third missing", remedy, variable=lever)


def _constant(task: Task[Spec], lever: str, value: float) -> Rejected:
    found = f"the same value ({value:g}) in all rows of the sample"
    remedy = "widen the sample, or drop the lever"
    return task.refusal("lever-constant", found, "a lever that varies", remedy, variable=lever)


def missing_cells(task: Task[Spec], model: Model, lever: str) -> tuple[int, int]:
    """Province-years of the model's sample without the lever, and their number; a lagged lever has
    no first year."""
    study = task.study
    sample = select(task.panel.frame, model.sample, [], task.file)
    cells = task.panel.frame.loc[sample.index, lever]
    if lever in study.levers and study.levers[lever].timing == "lag":
        cells = cells[cells.index.get_level_values("year") > study.years[0]]
    return int(cells.isna().sum()), len(cells)


def bootstrap_weights(moderated: Moderated) -> list[Array]:
    """Bootstrap counts (<= 4096, G) of the units of the model's sample, as many as the study asks
    for."""
    task = moderated.prepared.task
    return list(cluster_counts(task.seed, task.stream, task.draws, moderated.prepared.clusters))


def interaction_draws(moderated: Moderated) -> tuple[Bootstrap, Array]:
    """Bootstrap draws (2, R) of the treatment's slope at the lever's mean and of the interaction,
    those that do not hold dropped, and what they are good for."""
    model = moderated.prepared.model
    order = [*moderated.controls, model.treatment, moderated.interaction, model.outcome]
    moments = moderated.prepared.moments(order)
    found, held = [], []
    for weights in bootstrap_weights(moderated):
        drawn, kept = slopes(moments, weights)
        held.append(kept & enough(weights, len(drawn)))
        found.append(drawn[-2:, held[-1]])
    boot = bootstrap_of(moderated.prepared, np.concatenate(held))
    return boot, np.concatenate(found, axis=1)


def shared_signs(task: Task[Spec], draws: int) -> tuple[Array, bool]:
    """Sign vectors (R, units of the study), so that tests on different samples share their draws;
    whether all are."""
    units = len(task.study.provinces)
    chunks, every = weight_vectors(task.seed, task.stream, draws, units, "rademacher")
    return np.concatenate(chunks), every


def columns_of(moderated: Moderated) -> list[int]:
    """Positions in `shared_signs` of the units of a model's sample, in the order of its
    clusters."""
    prepared = moderated.prepared
    place = {p.code: i for i, p in enumerate(prepared.task.study.provinces)}
    codes = np.unique(prepared.frame.index.get_level_values("province"))
    return [place[int(code)] for code in codes]


def timing(task: Task[Spec], levers: Sequence[str]) -> dict[str, Timing]:
    """When each lever is measured; a variable that is no declared lever is of the same year."""
    declared = task.study.levers
    return {k: declared[k].timing if k in declared else "current" for k in levers}
