"""Replicates of a mechanism model: bootstrap of whole units, and leaving one unit out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from pipeline.inference.draws import cluster_counts, enough
from pipeline.inference.mediation import MediationDraws, mediation_effects
from pipeline.inference.moments import Array, Moments
from pipeline.models.bootstrap import Bootstrap, bootstrap_of
from pipeline.models.prepared import Prepared
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.results.estimate import Draws


@dataclass(frozen=True)
class Replicates:
    """The sample's effects, those of kept draws, and those without each cluster."""

    point: MediationDraws
    draws: MediationDraws
    without: MediationDraws
    bootstrap: Bootstrap

    @property
    def record(self) -> Draws:
        """How many draws were asked for and used."""
        return self.bootstrap.record


def moments_of(prepared: Prepared) -> Moments:
    """Moments of [controls, treatment, mediators, outcome]."""
    model = prepared.model
    return prepared.moments([*model.controls, model.treatment, *prepared.mediators, model.outcome])


def replicate(prepared: Prepared, *, errors: bool = False, jointly: bool = False) -> Replicates:
    """Pairs-cluster bootstrap and cluster jackknife of a mechanism model; `jointly` where mediators
    share an equation.

    Raises Rejected when fewer than half of the draws identify the effects.
    """
    task, moments = prepared.task, moments_of(prepared)
    controls, k = len(prepared.model.controls), len(prepared.mediators)
    asked = task.draws
    _require_memory(prepared, asked * (3 * k + 3 + (k + 1) ** 2) * 8 * 2)
    chunks = cluster_counts(task.seed, task.stream, asked, moments.clusters)
    # The bar shows after two seconds.
    progress = tqdm(chunks, task.name, total=-(-asked // 4096), delay=2, leave=False, disable=None)
    slopes = controls + 1 + (k if jointly else 1)
    parts: list[MediationDraws] = []
    held: list[NDArray[np.bool_]] = []
    for w in progress:
        part = mediation_effects(moments, controls, k, w, errors=errors)
        held.append((part.jointly if jointly else part.kept) & enough(w, slopes))
        parts.append(part)
    kept = np.concatenate(held)
    if kept.sum() < asked / 2:
        raise _collapsed(prepared, int(kept.sum()))

    def joined(field: str) -> Array:
        return np.concatenate([getattr(p, field) for p in parts], axis=-1)[..., kept]

    everywhere = kept[kept]
    draws = MediationDraws(
        joined("a"),
        joined("b"),
        joined("total"),
        everywhere,
        everywhere,
        joined("rest"),
        joined("errors") if errors else None,
    )
    one = np.ones((1, moments.clusters))
    point = mediation_effects(moments, controls, k, one, errors=errors)
    without = mediation_effects(moments, controls, k, 1 - np.eye(moments.clusters))
    return Replicates(point, draws, without, bootstrap_of(prepared, kept))


def _collapsed(prepared: Prepared, kept: int) -> Rejected:
    where = Where(file=prepared.task.file)
    found = f"{kept} of {prepared.task.draws} bootstrap draws identify the effects"
    remedy = "a variable moves in too few provinces, or hardly beside the others: drop it"
    finding = Finding("collapsed-draws", "error", where, found, "at least half of them", remedy)
    return Rejected([finding])


def _require_memory(prepared: Prepared, needed: int) -> None:
    """Raise Rejected where the draws would take more memory than the study allows."""
    study, task = prepared.task.study, prepared.task
    bound = study.spec.bootstrap.memory_mb
    if needed <= bound * 2**20:
        return
    where = Where(file=str(study.paths.specs / "study.toml"), key="bootstrap.draws")
    found = f"{task.draws:,} draws of {task.name} need about {needed / 2**20:,.0f} MB"
    expected = f"at most bootstrap.memory_mb = {bound}"
    remedy = "ask for fewer draws, or raise memory_mb if the machine has it"
    raise Rejected([Finding("memory", "error", where, found, expected, remedy)])
