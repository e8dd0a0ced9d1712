"""A model with treatment x lever on its own sample: what the tables of levers share."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.inference.draws import cluster_counts
from pipeline.inference.few_clusters.wild import WildModel, weight_vectors, wild_model
from pipeline.inference.moments import Array, Moments, build_moments
from pipeline.mechanisms.resample import Prepared, collinear, prepare
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Note
from pipeline.study.model import Model
from pipeline.study.sample import select
from pipeline.study.study import Study

MOST_MISSING = 1 / 3
MINIMUM_PROVINCES = 8


@dataclass(frozen=True)
class Moderated:
    """A model with its lever. In `prepared.rows` the lever is centred and scaled by its SD on this sample, and
    `interaction` is the column of treatment x lever.

    absorbed: the lever does not vary over time, so that the province effects hold its own effect
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

    def array(self, names: list[str]) -> Array:
        return self.prepared.rows[names].to_numpy(float)

    def moments(self, order: list[str]) -> Moments:
        """Moments of columns in their order of elimination. Raises Rejected naming a collinear one."""
        p = self.prepared
        try:
            return build_moments(self.array(order), p.province, p.year, p.province)
        except ValueError as error:
            raise collinear(p.file, order[int(str(error).split()[1])]) from None

    def wild(self, regressor: str, others: list[str], outcome: str | None = None) -> WildModel:
        """The wild bootstrap's quantities (WCR31) of one regressor beside others."""
        p = self.prepared
        y = p.column(outcome or p.model.outcome)
        return wild_model(
            y, p.column(regressor), self.array(others), p.province, p.year, p.province, "WCR31"
        )


def moderate(
    study: Study,
    panel: Panel,
    name: str,
    model: Model,
    lever: str,
    mediators: list[str] | None = None,
) -> Moderated:
    """The model's rows with the lever and its interaction. Raises Rejected for a lever that is constant or mostly missing."""
    names = [*model.variables, *(mediators or [])]
    if lever in names:
        raise Rejected(
            [
                _problem(
                    study,
                    name,
                    lever,
                    "the lever is also in the model as another variable",
                    "one part a variable",
                    "drop it from the controls of this table",
                )
            ]
        )
    missing, of = missing_cells(study, panel, name, model, lever)
    if missing > MOST_MISSING * of:
        raise Rejected(
            [
                _problem(
                    study,
                    name,
                    lever,
                    f"missing in {missing} of {of} province-years ({missing / of:.0%})",
                    "at most a third missing",
                    "supply its cells, narrow the sample, or declare it untestable",
                )
            ]
        )
    prepared = prepare(study, panel, name, model, mediators or [], [lever])
    if prepared.clusters < MINIMUM_PROVINCES:
        raise Rejected(
            [
                _problem(
                    study,
                    name,
                    lever,
                    f"{prepared.clusters} provinces in the sample",
                    f"at least {MINIMUM_PROVINCES}: fewer have too few sign vectors for a test",
                    "widen the sample",
                )
            ]
        )
    values = prepared.column(lever)
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    if not sd > 1e-12 * max(1.0, abs(mean)):
        raise Rejected(
            [
                _problem(
                    study,
                    name,
                    lever,
                    f"the same value ({mean:g}) in all rows of the sample",
                    "a lever that varies",
                    "widen the sample, or drop the lever",
                    "lever-constant",
                )
            ]
        )
    scaled = (values - mean) / sd
    inner = (
        scaled
        - (np.bincount(prepared.province, scaled) / np.bincount(prepared.province))[
            prepared.province
        ]
    )
    interaction = f"{model.treatment} × {lever}"
    rows = prepared.rows.assign(
        **{lever: scaled, interaction: scaled * prepared.column(model.treatment)}
    )
    absorbed = bool(np.abs(inner).max() < 1e-10)
    return Moderated(replace(prepared, rows=rows), lever, interaction, mean, sd, absorbed)


def missing_cells(
    study: Study, panel: Panel, name: str, model: Model, lever: str
) -> tuple[int, int]:
    """Province-years of the model's sample without the lever, and their number; a lagged lever has no first year."""
    sample = select(panel.frame, model.sample, [], str(study.paths.specs / f"{name}.toml"))
    cells = panel.frame.loc[sample.index, lever]
    if lever in study.levers and study.levers[lever].timing == "lag":
        cells = cells[cells.index.get_level_values("year") > study.years[0]]
    return int(cells.isna().sum()), len(cells)


def _problem(
    study: Study, name: str, lever: str, found: str, expected: str, remedy: str, code: str = "lever"
) -> Finding:
    where = Where(file=str(study.paths.specs / f"{name}.toml"), variable=lever)
    return Finding(code, "error", where, found, expected, remedy)


def province_weights(moderated: Moderated, stream: str, draws: int) -> list[Array]:
    """Bootstrap counts (<= 4096, G) of the provinces of the model's sample."""
    seed = moderated.prepared.study.spec.seed
    return list(cluster_counts(seed, stream, draws, moderated.prepared.clusters))


def shared_signs(study: Study, name: str, draws: int) -> tuple[Array, bool]:
    """Sign vectors (R, provinces of the study), so that tests on different samples share their draws; whether all are."""
    chunks, every = weight_vectors(study.spec.seed, name, draws, len(study.provinces), "rademacher")
    return np.concatenate(chunks), every


def columns_of(study: Study, moderated: Moderated) -> list[int]:
    """Positions in `shared_signs` of the provinces of a model's sample, in the order of its clusters."""
    place = {p.code: i for i, p in enumerate(study.provinces)}
    return [
        place[int(c)] for c in np.unique(moderated.prepared.rows.index.get_level_values("province"))
    ]


def timing_note(study: Study, levers: list[str]) -> Note:
    """When each lever is measured; a variable that is no declared lever is of the same year."""
    timing = {k: study.levers[k].timing if k in study.levers else "current" for k in levers}
    return Note("lever_timing", {"timing": timing, "base_year": study.spec.base_year})
