"""Moderation tables: treatment x lever, one lever a column, and all of them at once."""

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.inference.few_clusters.wild import wild_test
from pipeline.inference.intervals import percentile
from pipeline.inference.moments import Array
from pipeline.inference.varying.moderation import marginal_effects, slopes
from pipeline.mechanisms.levers.moderated import Moderated, moderate, province_weights, timing_note
from pipeline.mechanisms.resample import Prepared, coefficient, collect, prepare
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import MarginalFigure, ModelChoice, Moderation
from pipeline.study.model import resolve
from pipeline.study.notes import data_notes
from pipeline.study.study import Study

_WILD_DRAWS = 9_999
_POINTS = 60


def estimate(study: Study, panel: Panel, name: str, spec: Moderation) -> Result:
    """Interaction, treatment and lever per SD of the lever; the effect at low, middle and high values of it.

    The lever is centred on the estimation sample, so that the treatment's row is its effect at the lever's mean.
    """
    levers = spec.levers or list(study.lever_proxies)
    model, draws = resolve(study, spec.model), study.spec.bootstrap.draws
    models = collect(levers, lambda k: moderate(study, panel, name, model, k))
    columns, dropped = [], 0
    joint, joint_n = _jointly(study, panel, name, spec, levers) if spec.jointly else ({}, 0)
    for lever, moderated in models.items():
        boot, lost = interaction_draws(moderated, f"{name}/{lever}", draws)
        dropped = max(dropped, lost)
        terms = _terms(moderated, boot, f"{name}/{lever}")
        if lever in joint:
            terms.insert(3, joint[lever])
        columns.append(Column(lever, model.outcome, terms, moderated.prepared.statistics()))
    clusters = sorted({int(c.statistics["provinces"] or 0) for c in columns})
    notes = [
        Note("crv1", {"clusters": clusters}),
        Note("stars"),
        Note(
            "moderation",
            {
                "draws": draws,
                "wild": _WILD_DRAWS,
                "seed": study.spec.seed,
                "dropped": dropped,
                "level": study.spec.bootstrap.level,
                "joint_n": joint_n,
            },
        ),
        timing_note(study, levers),
        *data_notes(study, panel, [*model.variables, *levers]),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {"draws_asked": draws, "draws_used": draws - dropped, "draws_dropped": dropped},
    )


def interaction_draws(moderated: Moderated, stream: str, draws: int) -> tuple[Array, int]:
    """Bootstrap draws (2, R) of the treatment's slope at the lever's mean and of the interaction, and how many collapsed."""
    p = moderated.prepared
    moments = moderated.moments(
        [*moderated.controls, p.model.treatment, moderated.interaction, p.model.outcome]
    )
    parts = [slopes(moments, w) for w in province_weights(moderated, stream, draws)]
    kept = np.concatenate([k for _, k in parts])
    return np.concatenate([b[-2:] for b, _ in parts], axis=1)[:, kept], int((~kept).sum())


def _terms(moderated: Moderated, boot: Array, stream: str) -> list[Term]:
    p = moderated.prepared
    level, seed = p.study.spec.bootstrap.level, p.study.spec.seed
    fitted = p.regress(p.model.outcome, moderated.right)
    terms = [coefficient("interaction", fitted, 0, level)]
    low, high = percentile(boot[1], level)
    terms.append(
        Term("interval_interaction", "interval", None, low=low, high=high, interval="percentile")
    )
    wild = wild_test(
        moderated.wild(moderated.interaction, moderated.right[1:]), seed, stream, _WILD_DRAWS
    )
    terms += [Term("wcr31_p", "p", wild.p), coefficient("at_mean", fitted, 1, level)]
    terms.append(
        Term("lever", "absorbed", None)
        if moderated.absorbed
        else coefficient("lever", fitted, 2, level)
    )
    z = p.column(moderated.lever)
    critical = float(stats.t.ppf((1 + level) / 2, fitted.df))
    slope, change = float(fitted.beta[1]), float(fitted.beta[0])
    both = fitted.covariance[np.ix_([1, 0], [1, 0])]
    for key, at in (("low", 0.1), ("middle", 0.5), ("high", 0.9)):
        effect, error = (
            float(v[0]) for v in marginal_effects(slope, change, both, np.quantile(z, [at]))
        )
        terms.append(
            Term(
                f"effect_{key}",
                "estimate",
                effect,
                error,
                effect / error,
                float(2 * stats.t.sf(abs(effect / error), fitted.df)),
                effect - critical * error,
                effect + critical * error,
                "crv1-t",
            )
        )
    effects, errors = marginal_effects(slope, change, both, z)
    terms.append(Term("share_positive", "share", float((effects > critical * errors).mean())))
    terms.append(Term("share_negative", "share", float((effects < -critical * errors).mean())))
    return [
        *terms,
        Term("lever_mean", "plain", moderated.mean),
        Term("lever_sd", "plain", moderated.sd),
    ]


def _jointly(
    study: Study, panel: Panel, name: str, spec: Moderation, levers: list[str]
) -> tuple[dict[str, Term], int]:
    """Each lever's interaction in one model with all of them, on the sample that they share, and its size."""
    model = resolve(study, spec.model)
    prepared = prepare(study, panel, name, model, [], levers)
    columns: dict[str, Array] = {}
    right: list[str] = []
    own: list[str] = []
    for lever in levers:
        values = prepared.column(lever)
        scaled = (values - values.mean()) / values.std(ddof=1)
        columns |= {
            lever: scaled,
            f"{model.treatment} × {lever}": scaled * prepared.column(model.treatment),
        }
        right.append(f"{model.treatment} × {lever}")
        within = pd.Series(scaled).groupby(prepared.province).transform("mean").to_numpy()
        if np.abs(scaled - within).max() > 1e-10:
            own.append(lever)
    joint = Prepared(
        study, name, model, [], prepared.rows.assign(**columns), prepared.province, prepared.year
    )
    fitted = joint.regress(model.outcome, [*right, model.treatment, *own, *model.controls])
    level = study.spec.bootstrap.level
    found = {k: coefficient("interaction_joint", fitted, i, level) for i, k in enumerate(levers)}
    return found, len(prepared.rows)


def curve(study: Study, panel: Panel, name: str, spec: MarginalFigure) -> Result:
    """The effect along each lever: clustered and bootstrap bands at 60 values of its range, and the lever's histogram.

    Terms of a column: `curve/<value>` with the clustered band, `boot/<value>` with the bootstrap's, `bin/<left edge>` with
    the share of the sample.
    """
    model, level = resolve(study, ModelChoice()), study.spec.bootstrap.level
    draws = study.spec.bootstrap.draws
    columns, dropped = [], 0
    models = collect(spec.levers, lambda k: moderate(study, panel, name, model, k))
    for lever, moderated in models.items():
        p = moderated.prepared
        fitted = p.regress(model.outcome, moderated.right)
        boot, lost = interaction_draws(moderated, f"{name}/{lever}", draws)
        dropped = max(dropped, lost)
        z = p.column(lever)
        grid = np.linspace(z.min(), z.max(), _POINTS)
        effects, errors = marginal_effects(
            float(fitted.beta[1]),
            float(fitted.beta[0]),
            fitted.covariance[np.ix_([1, 0], [1, 0])],
            grid,
        )
        half = float(stats.t.ppf((1 + level) / 2, fitted.df)) * errors
        paths = boot[0][:, None] + boot[1][:, None] * grid
        low, high = np.quantile(paths, [(1 - level) / 2, (1 + level) / 2], axis=0)
        at = [f"{moderated.mean + moderated.sd * float(v):.6g}" for v in grid]
        terms = [
            Term(f"curve/{a}", "estimate", float(e), low=float(e - h), high=float(e + h))
            for a, e, h in zip(at, effects, half, strict=True)
        ]
        terms += [
            Term(f"boot/{a}", "estimate", None, low=float(lo), high=float(hi))
            for a, lo, hi in zip(at, low, high, strict=True)
        ]
        counts, edges = np.histogram(z, bins=20)
        terms += [
            Term(f"bin/{moderated.mean + moderated.sd * float(e):.6g}", "share", float(c / len(z)))
            for c, e in zip(counts, edges[:-1], strict=True)
        ]
        columns.append(Column(lever, model.outcome, terms, p.statistics()))
    return Result(
        name,
        spec.kind,
        columns,
        data_notes(study, panel, [*model.variables, *spec.levers]),
        {"draws_asked": draws, "draws_used": draws - dropped, "draws_dropped": dropped},
    )
