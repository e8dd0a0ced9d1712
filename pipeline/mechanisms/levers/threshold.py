"""Threshold tables: the treatment's slope in the regimes of a lever."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipeline.inference.varying.threshold import ThresholdFit, threshold_fits
from pipeline.inference.varying.threshold_model import threshold_model
from pipeline.inference.varying.threshold_test import ThresholdTest, threshold_tests
from pipeline.mechanisms.levers.moderated import Moderated, moderate, timing_note
from pipeline.mechanisms.resample import collect
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import LikelihoodRatioFigure, Threshold
from pipeline.study.model import resolve
from pipeline.study.notes import data_notes
from pipeline.study.study import Study

_SIZE = 0.05


@dataclass(frozen=True)
class Found:
    """The models with 1, 2, ... thresholds of one lever, the tests of one more each, and how many the tests support.

    chosen: as many as are significant one after the other, one at the least
    """

    moderated: Moderated
    fits: list[ThresholdFit]
    tests: list[ThresholdTest]
    chosen: int


def estimate(study: Study, panel: Panel, name: str, spec: Threshold) -> Result:
    """One column a lever: F of each further threshold with its bootstrap p, thresholds with LR sets, slopes by regime.

    Source: Hansen (1999); slopes with errors clustered by province.
    """
    model = resolve(study, spec.model)
    found = collect(spec.levers, lambda lever: _find(study, panel, name, spec, lever))
    columns = [
        Column(
            k,
            model.outcome,
            _terms(f, study.spec.bootstrap.level),
            f.moderated.prepared.statistics(),
        )
        for k, f in found.items()
    ]
    dropped = _dropped(found)
    pieces = [
        [k, i if len(sets) > 1 else 0, one.pieces]
        for k, f in found.items()
        for sets in [f.fits[f.chosen - 1].likelihood]
        for i, one in enumerate(sets, start=1)
        if one.pieces > 1
    ]
    edges = [k for k, f in found.items() if _at_the_edge(f)]
    notes = [
        Note("crv1", {"clusters": sorted({f.moderated.prepared.clusters for f in found.values()})}),
        Note("stars"),
        Note(
            "threshold",
            {
                "trim": spec.trim,
                "provinces": spec.minimum_provinces,
                "grid": spec.grid,
                "draws": spec.draws,
                "seed": study.spec.seed,
                "level": study.spec.bootstrap.level,
                "edges": edges,
                "schemes": sorted({t.scheme for f in found.values() for t in f.tests}),
                "dropped": dropped,
                "pieces": pieces,
                "control": spec.control_lever,
            },
        ),
        timing_note(study, spec.levers),
        *data_notes(study, panel, [*model.variables, *spec.levers]),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {"draws_asked": spec.draws, "draws_used": spec.draws - dropped, "draws_dropped": dropped},
    )


def _find(study: Study, panel: Panel, name: str, spec: Threshold, lever: str) -> Found:
    moderated = moderate(study, panel, name, resolve(study, spec.model), lever)
    p = moderated.prepared
    q = panel.frame.loc[p.rows.index, lever].to_numpy(float)
    controls = moderated.controls if spec.control_lever else p.model.controls
    try:
        model = threshold_model(
            p.column(p.model.outcome),
            p.column(p.model.treatment),
            q,
            moderated.array(controls),
            p.province,
            p.year,
            p.province,
            trim=spec.trim,
            grid=spec.grid,
            minimum_clusters=spec.minimum_provinces,
        )
        fits = threshold_fits(model, spec.thresholds, study.spec.bootstrap.level)
    except (ValueError, np.linalg.LinAlgError) as error:
        where = Where(file=p.file, variable=lever)
        raise Rejected(
            [
                Finding(
                    "threshold",
                    "error",
                    where,
                    str(error).replace("clusters", "provinces"),
                    f"regimes of at least {spec.trim:.0%} of the rows and {spec.minimum_provinces} provinces",
                    "ask for fewer thresholds, lower trim or minimum_provinces and defend it, or drop the lever",
                )
            ]
        ) from None
    tests = threshold_tests(model, fits, study.spec.seed, f"{name}/{lever}", spec.draws)
    significant = [t.p < _SIZE for t in tests]
    return Found(
        moderated,
        fits,
        tests,
        max(1, significant.index(False) if False in significant else len(tests)),
    )


def _terms(found: Found, level: float) -> list[Term]:
    terms: list[Term] = []
    for k, test in enumerate(found.tests, start=1):
        terms += [
            Term(f"f_{k}", "number", test.statistic),
            Term(f"f_{k}_p", "p", test.p),
            Term(f"f_{k}_critical", "number", test.critical[1]),
        ]
    fit = found.fits[found.chosen - 1]
    for k, one in enumerate(fit.likelihood, start=1):
        terms += [
            Term(f"threshold_{k}", "plain", one.gamma),
            Term(
                f"threshold_{k}_set",
                "interval",
                None,
                low=one.low,
                high=one.high,
                interval="likelihood-ratio",
            ),
        ]
    critical = float(stats.t.ppf((1 + level) / 2, fit.regression.df))
    for j, (slope, variance) in enumerate(
        zip(fit.slopes, np.diag(fit.covariance), strict=True), start=1
    ):
        b, se = float(slope), float(np.sqrt(variance))
        terms.append(
            Term(
                f"regime_{j}",
                "estimate",
                b,
                se,
                b / se,
                float(2 * stats.t.sf(abs(b / se), fit.regression.df)),
                b - critical * se,
                b + critical * se,
                "crv1-t",
            )
        )
    for j, (rows, provinces) in enumerate(zip(fit.rows, fit.clusters, strict=True), start=1):
        terms += [
            Term(f"regime_{j}_rows", "count", float(rows)),
            Term(f"regime_{j}_provinces", "count", float(provinces)),
        ]
    return terms


def _dropped(found: dict[str, Found]) -> int:
    """The most replicates that a test lost."""
    return max(t.dropped for f in found.values() for t in f.tests)


def _at_the_edge(found: Found) -> bool:
    """Whether a confidence set ends where the search ended and not where LR crossed its critical value."""
    sets = found.fits[found.chosen - 1].likelihood
    return any(one.low == one.gammas[0] or one.high == one.gammas[-1] for one in sets)


def curves(study: Study, panel: Panel, name: str, spec: LikelihoodRatioFigure) -> Result:
    """One column a lever and threshold of the table named: one term a candidate, its LR; `critical` and `estimate`."""
    table = f"tables/{spec.table}"
    source: Threshold = study.tables[table]
    found = collect(source.levers, lambda lever: _find(study, panel, table, source, lever))
    dropped, level = _dropped(found), study.spec.bootstrap.level
    critical = float(-2 * np.log(1 - np.sqrt(level)))
    columns = []
    for lever, one in found.items():
        for k, curve in enumerate(one.fits[one.chosen - 1].likelihood, start=1):
            terms = [
                Term(f"{g:.8g}", "ratio", float(r))
                for g, r in zip(curve.gammas, curve.ratios, strict=True)
            ]
            terms += [Term("estimate", "number", curve.gamma), Term("critical", "number", critical)]
            columns.append(Column(f"{lever}/{k}", resolve(study, source.model).outcome, terms))
    return Result(
        name,
        spec.kind,
        columns,
        data_notes(study, panel, source.levers),
        {
            "draws_asked": source.draws,
            "draws_used": source.draws - dropped,
            "draws_dropped": dropped,
        },
    )
