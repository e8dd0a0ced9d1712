"""Many coefficients with adjusted p-values."""

from dataclasses import dataclass, replace

import numpy as np
from statsmodels.stats.multitest import multipletests

from pipeline.inference.few_clusters.multiplicity import romano_wolf, westfall_young
from pipeline.inference.few_clusters.wild import weight_vectors, wild_model, wild_statistics
from pipeline.inference.moments import Array
from pipeline.inference.ties import at_least
from pipeline.methods.mechanisms.multiple_tests.result import Result, Test
from pipeline.methods.mechanisms.multiple_tests.spec import MultipleTestsTable
from pipeline.models import few_clusters
from pipeline.models.carrier import carrier
from pipeline.models.few_clusters import judged, of_columns
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.task import Task
from pipeline.results.estimate import SIGNS, Estimate


def estimate(task: Task[MultipleTestsTable]) -> Result:
    """The treatment's effect on each outcome, with Romano-Wolf, Westfall-Young and
    Benjamini-Hochberg p-values.

    One set of wild cluster weights serves all outcomes, on one common sample, so that their
    dependence is kept.
    """
    outcomes = task.spec.outcomes
    first = replace(task.model(task.spec.model), outcome=outcomes[0])
    prepared = prepare(task, first, outcomes=outcomes)
    models = {y: replace(first, outcome=y) for y in outcomes}
    joint = _together(prepared, outcomes)
    tests = [
        Test(
            model=models[y],
            rows=prepared.rows,
            estimate=_estimate(prepared, y),
            wcr11_p=float(joint.single[i]),
            romano_wolf_p=float(joint.romano_wolf[i]),
            westfall_young_p=float(joint.westfall_young[i]),
            benjamini_hochberg_p=float(joint.benjamini_hochberg[i]),
        )
        for i, y in enumerate(outcomes)
    ]
    return Result(
        data=task.facts(prepared.frame.columns),
        tests=tests,
        draws=joint.draws,
        seed=task.seed,
        carrier=carrier(prepared.frame, prepared.model),
    )


def _estimate(prepared: Prepared, outcome: str) -> Estimate:
    """The treatment's coefficient in one model, judged by the study's test."""
    task, model = prepared.task, prepared.model
    found = coefficient(prepared.regress(outcome, prepared.right), 0, task.level)
    return judged(task, of_columns(prepared, outcome, model.treatment, model.controls), found)


@dataclass(frozen=True)
class _Together:
    """p-values (S,) of all tests from the same draws: each test's own, and adjusted for all."""

    single: Array
    romano_wolf: Array
    westfall_young: Array
    benjamini_hochberg: Array
    draws: int


def _together(prepared: Prepared, outcomes: list[str]) -> _Together:
    """Own and adjusted p-values. The draws are those of every wild test of the study, so that a
    test's own p-value is the one that it has in other tables."""
    p, model = prepared, prepared.model
    x, controls = p.column(model.treatment), p.array(model.controls)
    wild = [wild_model(p.column(y), x, controls, p.province, p.year, p.province) for y in outcomes]
    chunks, every = weight_vectors(
        p.task.seed, few_clusters.STREAM, SIGNS, p.clusters, "rademacher"
    )
    draws = np.concatenate(
        [np.stack([wild_statistics(m, v) for m in wild], axis=1) for v in chunks]
    )
    t = np.array([m.t(0.0) for m in wild])
    extreme = at_least(np.abs(draws), np.abs(t)).sum(axis=0)
    single = extreme / len(draws) if every else (1 + extreme) / (1 + len(draws))
    return _Together(
        single=single,
        romano_wolf=romano_wolf(t, draws, every),
        westfall_young=westfall_young(single, draws, every),
        benjamini_hochberg=multipletests(single, method="fdr_bh")[1],
        draws=len(draws),
    )
