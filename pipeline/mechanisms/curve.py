"""The specification curve: every declared combination, from shared moments, with a joint test under the null."""

import numpy as np
from scipy import stats

from pipeline.inference.few_clusters.wild import weight_vectors, wild_model, wild_statistics
from pipeline.inference.moments import build_moments, codes
from pipeline.inference.subsets import subset_models
from pipeline.inference.within import crv1_factor
from pipeline.mechanisms.resample import collinear
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import SpecificationCurve
from pipeline.study.notes import data_notes
from pipeline.study.sample import select
from pipeline.study.study import Study

_NULL_MODELS = 256


def estimate(study: Study, panel: Panel, name: str, spec: SpecificationCurve) -> Result:
    """Estimates and clustered intervals of all models, standardised to outcome SD per treatment SD, sorted.

    One term a model; its role lists the choices. The joint test draws wild cluster weights with beta = 0 imposed in each
    model (at most 256 of them, evenly spaced along the curve) and compares the median |t| and the share of significant
    models with those of the data. Source: Simonsohn, Simmons and Nelson (2020).
    """
    level = study.spec.bootstrap.level
    file = str(study.paths.specs / f"{name}.toml")
    found: list[tuple[float, Term]] = []
    null: list[tuple[float, tuple[str, str, str, str, list[str]]]] = []
    names = [*spec.controls, *spec.treatments, *spec.outcomes]
    p = len(spec.controls)
    frames = {key: select(panel.frame, sample, names, file) for key, sample in spec.samples.items()}
    for key, rows in frames.items():
        province, year = (codes(rows.index.get_level_values(x)) for x in ("province", "year"))
        spread = rows.std(ddof=1)
        for effects in spec.effects:
            time = year if effects == "two-way" else None
            try:
                moments = build_moments(
                    rows[names].to_numpy(float), province, time, province, whiten=False
                )
            except ValueError as error:
                raise collinear(file, names[int(str(error).split()[1])]) from None
            positions = (
                list(range(p, p + len(spec.treatments))),
                list(range(p + len(spec.treatments), len(names))),
            )
            for (x, y), models in subset_models(moments, p, *positions).items():
                ratio = float(spread[names[x]] / spread[names[y]])
                half = float(stats.t.ppf((1 + level) / 2, moments.clusters - 1))
                for i in np.flatnonzero(~models.collinear):
                    b, se = models.estimate[i] * ratio, models.se[i] * ratio
                    chosen = [
                        c for c, on in zip(spec.controls, models.included[i], strict=True) if on
                    ]
                    choice = (key, effects, names[x], names[y], chosen)
                    label = "|".join([names[y], names[x], key, effects, ",".join(chosen)])
                    q = float(2 * stats.t.sf(abs(b / se), moments.clusters - 1))
                    found.append(
                        (
                            float(b),
                            Term(
                                str(len(found)),
                                label,
                                float(b),
                                float(se),
                                float(b / se),
                                q,
                                float(b - half * se),
                                float(b + half * se),
                                "crv1-t",
                            ),
                        )
                    )
                    null.append((float(b), choice))
    order = sorted(range(len(found)), key=lambda k: found[k][0])
    terms = [found[k][1] for k in order]
    joint = _joint_test(study, name, spec, frames, [null[k][1] for k in order], level)
    statistics: dict[str, float | int | str | bool | None] = {
        "models": len(terms),
        "positive": sum((t.estimate or 0) > 0 for t in terms),
        "significant": sum((t.p or 1) < 0.05 for t in terms),
        "median": float(np.median([b for b, _ in found])),
        **joint,
    }
    note = Note("curve", {"models": len(terms), "draws": spec.draws})
    column = Column("curve", None, terms, statistics)
    return Result(
        name,
        spec.kind,
        [column],
        [note, *data_notes(study, panel, names)],
        {"draws_asked": spec.draws, "draws_used": spec.draws, "draws_dropped": 0},
    )


def _joint_test(
    study: Study, name: str, spec: SpecificationCurve, frames: dict, choices: list, level: float
) -> dict[str, float | int | None]:  # type: ignore[type-arg]
    """p-values of the median |t| and of the number of |t| beyond 1.96, over draws shared by all models."""
    picked = [
        choices[i]
        for i in np.unique(
            np.linspace(0, len(choices) - 1, min(_NULL_MODELS, len(choices))).astype(int)
        )
    ]
    observed, drawn = [], []
    critical = []
    everyone = codes([p.code for p in study.provinces])
    chunks, _ = weight_vectors(study.spec.seed, name, spec.draws, len(everyone), "rademacher")
    weights = np.concatenate(chunks)
    place = {p.code: i for i, p in enumerate(study.provinces)}
    for key, effects, x, y, chosen in picked:
        rows = frames[key]
        labels = rows.index.get_level_values("province")
        province, year = codes(labels), codes(rows.index.get_level_values("year"))
        model = wild_model(
            rows[y].to_numpy(float),
            rows[x].to_numpy(float),
            rows[chosen].to_numpy(float),
            province,
            year if effects == "two-way" else None,
            province,
        )
        here = [place[c] for c in np.unique(labels)]
        observed.append(abs(model.t(0.0)))
        factor = crv1_factor(
            len(rows),
            model.clusters,
            1 + len(chosen),
            int(year.max()) if effects == "two-way" else 0,
        )
        critical.append(float(stats.t.ppf((1 + level) / 2, model.clusters - 1)) * np.sqrt(factor))
        drawn.append(np.abs(wild_statistics(model, weights[:, here])))
    t, null = np.array(observed), np.array(drawn)
    bar = np.array(critical)  # the CRV1 threshold for statistics without the small-sample factor
    medians, counts = np.median(null, axis=0), (null > bar[:, None]).sum(axis=0)
    return {
        "null_models": len(picked),
        "p_median": float((1 + (medians >= np.median(t)).sum()) / (1 + null.shape[1])),
        "p_significant": float((1 + (counts >= (t > bar).sum()).sum()) / (1 + null.shape[1])),
    }
