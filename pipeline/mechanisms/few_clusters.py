"""Few clusters and many tests: one coefficient by several methods, many coefficients with adjusted p-values."""

from dataclasses import replace

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.multiplicity import romano_wolf, westfall_young
from pipeline.inference.few_clusters.permutation import permutation_test
from pipeline.inference.few_clusters.wild import (
    weight_vectors,
    wild_model,
    wild_statistics,
    wild_test,
)
from pipeline.inference.moments import build_moments
from pipeline.mechanisms.resample import Prepared, coefficient, prepare
from pipeline.panel.finding import Finding, Rejected
from pipeline.panel.panel import Panel
from pipeline.panel.provinces import BY_CODE
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import FewClusters, MultipleTests
from pipeline.study.model import resolve
from pipeline.study.notes import data_notes
from pipeline.study.study import Study

_DRAWS = 99_999
_PERMUTATIONS = 9_999


def estimate(study: Study, panel: Panel, name: str, spec: FewClusters) -> Result:
    """The treatment's coefficient in each column: CRV1, CRV3, WCR11 with interval, WCR31, permuted paths, leave-one-out."""
    columns: list[Column] = []
    problems: list[Finding] = []
    variables: set[str] = set()
    for i, choice in enumerate(spec.columns, start=1):
        model = resolve(study, spec.model, choice)
        variables |= set(model.variables)
        try:
            prepared = prepare(study, panel, name, model, [])
        except Rejected as rejected:
            problems += [
                replace(f, where=replace(f.where, key=f"columns.{i - 1}"))
                for f in rejected.findings
            ]
            continue
        terms = _methods(prepared, f"{name}/{i}", spec.weights)
        columns.append(Column(str(i), model.outcome, terms, prepared.statistics()))
    if problems:
        raise Rejected(problems)
    clusters = sorted({int(c.statistics["provinces"] or 0) for c in columns})
    notes = [
        Note("crv1", {"clusters": clusters}),
        Note("stars"),
        Note(
            "few_cluster_methods",
            {
                "draws": min(_DRAWS, 2 ** min(clusters))
                if spec.weights == "rademacher"
                else _DRAWS,
                "permutations": _PERMUTATIONS,
                "weights": spec.weights,
                "seed": study.spec.seed,
            },
        ),
        *data_notes(study, panel, sorted(variables)),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {"draws_asked": _DRAWS, "draws_used": _DRAWS, "draws_dropped": 0},
    )


def _methods(prepared: Prepared, stream: str, weights: str) -> list[Term]:
    model, level, seed = (
        prepared.model,
        prepared.study.spec.bootstrap.level,
        prepared.study.spec.seed,
    )
    group, year = prepared.province, prepared.year
    x, y = prepared.column(model.treatment), prepared.column(model.outcome)
    controls = prepared.rows[model.controls].to_numpy(float)
    main = coefficient(
        model.treatment,
        prepared.regress(model.outcome, [model.treatment, *model.controls]),
        0,
        level,
    )
    terms = [
        Term(
            "coefficient",
            "estimate",
            main.estimate,
            main.se,
            main.statistic,
            main.p,
            main.low,
            main.high,
            "crv1-t",
        ),
        Term("crv1_p", "p", main.p),
    ]
    z = np.column_stack([controls, x, y])
    b, without = leave_one_out(build_moments(z, group, year, group), len(model.controls) + 1)
    whole = bool(
        np.isfinite(without).all()
    )  # else one province alone identifies the coefficient: no jackknife
    se3 = float(np.sqrt(crv3(b, without)[-1, -1])) if whole else None
    terms += [
        Term("crv3_se", "number", se3),
        Term(
            "crv3_p",
            "p",
            float(2 * stats.t.sf(abs(b[-1] / se3), len(without) - 1)) if se3 else None,
        ),
    ]
    wild = wild_test(
        wild_model(y, x, controls, group, year, group), seed, stream, _DRAWS, weights, level
    )  # type: ignore[arg-type]
    terms += [
        Term("wcr11_p", "p", wild.p),
        Term("interval_wild", "interval", None, low=wild.low, high=wild.high, interval="wild"),
    ]
    other = wild_model(y, x, controls, group, year, group, "WCR31")
    terms.append(Term("wcr31_p", "p", wild_test(other, seed, stream, _DRAWS, weights).p))  # type: ignore[arg-type]
    balanced = len(y) == prepared.clusters * (int(year.max()) + 1)
    permuted = (
        permutation_test(y, x, controls, group, year, seed, stream, _PERMUTATIONS).p
        if balanced
        else None
    )
    terms.append(Term("permutation_p", "p", permuted))
    left = without[:, -1]
    codes = np.unique(prepared.rows.index.get_level_values("province"))
    low, high = int(np.nanargmin(left)), int(np.nanargmax(left))
    terms.append(
        Term("leave_one_out", "interval", None, low=float(left[low]), high=float(left[high]))
    )
    terms.append(Term("leave_one_out_low", BY_CODE[int(codes[low])].en, float(left[low])))
    terms.append(Term("leave_one_out_high", BY_CODE[int(codes[high])].en, float(left[high])))
    return terms


def multiple(study: Study, panel: Panel, name: str, spec: MultipleTests) -> Result:
    """The treatment's effect on each outcome, with Romano-Wolf, Westfall-Young and Benjamini-Hochberg p-values.

    One set of wild cluster weights serves all outcomes, on one common sample, so that their dependence is kept.
    """
    model = resolve(study, spec.model)
    prepared = prepare(study, panel, name, model, [], spec.outcomes)
    group, year, level = prepared.province, prepared.year, study.spec.bootstrap.level
    x, controls = prepared.column(model.treatment), prepared.rows[model.controls].to_numpy(float)
    fits = [prepared.regress(y, [model.treatment, *model.controls]) for y in spec.outcomes]
    models = [
        wild_model(prepared.column(y), x, controls, group, year, group) for y in spec.outcomes
    ]
    chunks, exact = weight_vectors(study.spec.seed, name, 9_999, prepared.clusters, "rademacher")
    draws = np.concatenate(
        [np.stack([wild_statistics(m, v) for m in models], axis=1) for v in chunks]
    )
    t = np.array([m.t(0.0) for m in models])
    extreme = (np.abs(draws) >= np.abs(t) * (1 - 1e-9)).sum(axis=0)
    single = extreme / len(draws) if exact else (1 + extreme) / (1 + len(draws))
    adjusted = {
        "romano_wolf": romano_wolf(t, draws, exact),
        "westfall_young": westfall_young(single, draws, exact),
        "benjamini_hochberg": multipletests(single, method="fdr_bh")[1],
    }
    columns = []
    for i, outcome in enumerate(spec.outcomes):
        main = coefficient("coefficient", fits[i], 0, level)
        terms = [main, Term("crv1_p", "p", main.p), Term("wcr11_p", "p", float(single[i]))]
        terms += [Term(key, "p", float(p[i])) for key, p in adjusted.items()]
        columns.append(Column(outcome, outcome, terms, prepared.statistics()))
    notes = [
        Note("crv1", {"clusters": [prepared.clusters]}),
        Note("stars"),
        Note(
            "multiple", {"tests": len(spec.outcomes), "draws": len(draws), "seed": study.spec.seed}
        ),
        *data_notes(study, panel, list(prepared.rows.columns)),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {"draws_asked": 9_999, "draws_used": len(draws), "draws_dropped": 0},
    )
