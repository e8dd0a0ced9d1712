"""The specification curve: every declared combination, from shared moments, with a joint test under
the null."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from pipeline.inference.collinear import Collinear
from pipeline.inference.few_clusters.wild import weight_vectors, wild_model, wild_statistics
from pipeline.inference.moments import Array, Ints, build_moments, codes
from pipeline.inference.subsets import SubsetModels, subset_models
from pipeline.inference.within import crv1_factor
from pipeline.methods.mechanisms.specification_curve.result import (
    Effects,
    JointTest,
    Result,
    Specification,
)
from pipeline.methods.mechanisms.specification_curve.spec import SpecificationCurve
from pipeline.models.gate import collinear, require_variation
from pipeline.models.prepared import clustered
from pipeline.models.sample import select
from pipeline.models.task import Task, collect
from pipeline.panel.finding import Rejected
from pipeline.results.estimate import Draws
from pipeline.study.choices import Effect
from pipeline.study.model import Model

# The joint test draws at most so many models, evenly spaced along the curve.
_NULL_MODELS = 256


@dataclass(frozen=True)
class _Rows:
    """The rows of one sample with codes of units and years."""

    frame: pd.DataFrame
    units: Ints
    years: Ints

    def time(self, effects: Effects) -> Ints | None:
        """The years where they are absorbed."""
        return self.years if effects == "two-way" else None

    def column(self, name: str) -> Array:
        return self.frame[name].to_numpy(float)


def estimate(task: Task[SpecificationCurve]) -> Result:
    """Estimates and clustered intervals of all models, standardised to outcome SD per treatment SD,
    sorted.

    Raises Rejected for a variable without variation and an outcome that a model fits perfectly.
    """
    spec = task.spec
    names = [*spec.controls, *spec.treatments, *spec.outcomes]
    samples = collect(spec.samples, lambda key: _rows(task, key, names))
    found = [
        model
        for key, rows in samples.items()
        for effects in spec.effects
        for model in _models(task, key, rows, effects, names)
    ]
    ordered = sorted(found, key=lambda s: s.estimate.value)
    return Result(
        data=task.facts(names),
        specifications=ordered,
        median=float(np.median([s.estimate.value for s in found])),
        joint=_joint_test(task, samples, ordered),
        draws=Draws(spec.draws, spec.draws, task.seed),
    )


def _rows(task: Task[SpecificationCurve], key: str, names: list[str]) -> _Rows:
    """The rows of a sample, on which every treatment has an outcome to explain."""
    spec, sample = task.spec, task.spec.samples[key]
    frame = select(task.panel.frame, sample, names, task.file)
    effects: list[Effect] = ["province", "year"] if "two-way" in spec.effects else ["province"]
    pairs = [(y, x) for y in spec.outcomes for x in spec.treatments]
    collect(pairs, lambda p: _require(frame, Model(*p, spec.controls, effects, sample), task.file))
    units, years = (codes(frame.index.get_level_values(k)) for k in ("province", "year"))
    return _Rows(frame, units, years)


def _require(frame: pd.DataFrame, model: Model, file: str) -> None:
    """Refuse treatments and outcomes without variation, and perfect fits.

    Controls that explain each other cost the models that hold them, not the curve.
    """
    require_variation(frame, replace(model, controls=[]), file)
    try:
        require_variation(frame, model, file)
    except Rejected as rejected:
        perfect = [f for f in rejected.findings if f.code == "perfect-fit"]
        if perfect:
            raise Rejected(perfect) from None


def _models(
    task: Task[SpecificationCurve], key: str, rows: _Rows, effects: Effects, names: list[str]
) -> Iterator[Specification]:
    """Every outcome, treatment and subset of controls on one sample."""
    spec = task.spec
    z = rows.frame[names].to_numpy(float)
    try:
        moments = build_moments(z, rows.units, rows.time(effects), rows.units, whiten=False)
    except Collinear as error:
        raise collinear(task.file, names[error.column]) from None
    p, q = len(spec.controls), len(spec.controls) + len(spec.treatments)
    spread = rows.frame.std(ddof=1)
    pairs = subset_models(moments, p, list(range(p, q)), list(range(q, len(names))))
    for (x, y), models in pairs.items():
        ratio = float(spread[names[x]] / spread[names[y]])
        for i in np.flatnonzero(~models.collinear):
            value, se = (float(part[i] * ratio) for part in (models.estimate, models.se))
            yield Specification(
                outcome=names[y],
                treatment=names[x],
                sample=key,
                effects=effects,
                controls=_chosen(spec.controls, models, i),
                estimate=clustered(value, se, moments.clusters - 1, task.level),
            )


def _chosen(controls: list[str], models: SubsetModels, i: np.intp) -> list[str]:
    return [c for c, on in zip(controls, models.included[i], strict=True) if on]


def _joint_test(
    task: Task[SpecificationCurve], samples: dict[str, _Rows], ordered: list[Specification]
) -> JointTest:
    """p-values of the median |t| and of the number of models that differ from zero, over draws
    shared by all models.

    Wild cluster weights with beta = 0 imposed in each model. Source: Simonsohn, Simmons and Nelson
    (2020).
    """
    places = np.linspace(0, len(ordered) - 1, min(_NULL_MODELS, len(ordered))).astype(int)
    picked = [ordered[i] for i in np.unique(places)]
    units = [p.code for p in task.study.provinces]
    draws, seed = task.spec.draws, task.seed
    chunks, _ = weight_vectors(seed, task.stream, draws, len(units), "rademacher")
    weights = np.concatenate(chunks)
    tests = [_under_null(samples[s.sample], s, weights, units, task.level) for s in picked]
    t, bar = (np.array([getattr(test, part) for test in tests]) for part in ("t", "critical"))
    null = np.stack([test.drawn for test in tests])
    medians, counts = np.median(null, axis=0), (null > bar[:, None]).sum(axis=0)
    return JointTest(
        models=len(picked),
        p_median=_share(medians >= np.median(t)),
        p_significant=_share(counts >= (t > bar).sum()),
    )


@dataclass(frozen=True)
class _UnderNull:
    """A model's |t| without small-sample factor, what CRV1's critical value is on that scale, and
    |t| drawn (R,)."""

    t: float
    critical: float
    drawn: Array


def _under_null(
    rows: _Rows, model: Specification, weights: Array, units: list[int], level: float
) -> _UnderNull:
    time = rows.time(model.effects)
    y, x = rows.column(model.outcome), rows.column(model.treatment)
    controls = rows.frame[model.controls].to_numpy(float)
    wild = wild_model(y, x, controls, rows.units, time, rows.units)
    years = 0 if time is None else int(time.max())
    factor = crv1_factor(len(rows.frame), wild.clusters, 1 + len(model.controls), years)
    critical = float(stats.t.ppf((1 + level) / 2, wild.clusters - 1)) * float(np.sqrt(factor))
    place = {unit: i for i, unit in enumerate(units)}
    here = [place[u] for u in rows.frame.index.get_level_values("province").unique().sort_values()]
    drawn = np.abs(wild_statistics(wild, weights[:, here]))
    return _UnderNull(abs(wild.t(0.0)), critical, drawn)


def _share(extreme: NDArray[np.bool_]) -> float:
    """The p-value of draws that the data join."""
    return float((1 + extreme.sum()) / (1 + len(extreme)))
