"""Mediation tables: each mechanism on its own, with a province-cluster bootstrap interval for a*b."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.inference.draws import cluster_counts
from pipeline.inference.intervals import percentile
from pipeline.inference.mediation import mediation_effects
from pipeline.inference.moments import build_moments, codes
from pipeline.inference.within import WithinFit, within_fit
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.model import Model, resolve
from pipeline.study.notes import data_notes
from pipeline.study.sample import select
from pipeline.study.study import Study
from pipeline.study.tables import Mediation


@dataclass(frozen=True)
class Mechanism:
    """One mechanism's terms (a, b, direct, indirect, total, share) and how its draws went."""

    terms: list[Term]
    used: int
    dropped: int


def estimate(study: Study, panel: Panel, name: str, spec: Mediation) -> Result:
    """NQP -> M, M -> outcome given NQP, and a*b, for each mediator on one common sample."""
    model = resolve(study, spec.model)
    mediators = spec.mediators or study.spec.roles.mediators
    file = str(study.paths.specs / f"{name}.toml")
    rows = select(panel.frame, model.sample, [*model.variables, *mediators], file)
    found = mediate(study, name, rows, model, mediators)
    clusters = rows.index.get_level_values("province").nunique()
    years = rows.index.get_level_values("year")
    columns = []
    for mediator, mechanism in found.items():
        by_name = {t.name: t for t in mechanism.terms}
        columns.append(Column(mediator, model.outcome, mechanism.terms, {
            "controls": bool(model.controls), "province_effects": True, "year_effects": True, "n": len(rows),
            "provinces": clusters, "first_year": int(years.min()), "last_year": int(years.max()), "df": clusters - 1,
            "joint_p": max(by_name["a"].p or 0.0, by_name["b"].p or 0.0), "pattern": pattern(by_name),
        }))  # fmt: skip
    some = next(iter(found.values()))
    notes = [
        Note("crv1", {"clusters": [clusters]}), Note("stars"),
        Note("bootstrap", {"draws": study.spec.bootstrap.draws, "used": some.used, "dropped": some.dropped,
                           "level": study.spec.bootstrap.level, "seed": study.spec.seed}),
        Note("not_causal"),
    ]  # fmt: skip
    notes += data_notes(study, panel, list(rows.columns))
    draws = {"draws_asked": study.spec.bootstrap.draws, "draws_used": some.used, "draws_dropped": some.dropped}
    return Result(name, spec.kind, columns, notes, draws)


def mediate(study: Study, name: str, rows: pd.DataFrame, model: Model, mediators: list[str]) -> dict[str, Mechanism]:
    """Terms of each mechanism: CRV1 for a, b, direct and total; percentile intervals and bootstrap errors for a*b.

    Raises Rejected when a mediator or the treatment is collinear given controls and effects.
    """
    province, year = codes(rows.index.get_level_values("province")), codes(rows.index.get_level_values("year"))
    order = [*model.controls, model.treatment, *mediators, model.outcome]
    draws = _bootstrap(study, name, rows, order, len(model.controls), len(mediators))
    level = study.spec.bootstrap.level
    found = {}
    for k, mediator in enumerate(mediators):
        x = rows[[model.treatment, *model.controls]].to_numpy(float)
        y, m = rows[model.outcome].to_numpy(float), rows[mediator].to_numpy(float)
        first = within_fit(m, x, province, year, province)
        total = within_fit(y, x, province, year, province)
        both = within_fit(y, np.column_stack([m, x]), province, year, province)
        a, b = term("a", first, 0, level), term("b", both, 0, level)
        direct, whole = term("direct", both, 1, level), term("total", total, 0, level)
        assert a.estimate is not None and b.estimate is not None and whole.estimate is not None
        indirect = a.estimate * b.estimate
        share = indirect / whole.estimate if (whole.low or 0) * (whole.high or 0) > 0 else None
        ab = draws[k]
        low, high = percentile(ab, level)
        found[mediator] = Mechanism(
            [a, b, direct,
             Term("indirect", "indirect", indirect, float(ab.std(ddof=1)), None, None, low, high, "percentile"),
             whole, Term("share", "share", share)],
            len(ab), study.spec.bootstrap.draws - len(ab))  # fmt: skip
    return found


def _bootstrap(
    study: Study, name: str, rows: pd.DataFrame, order: list[str], controls: int, mediators: int
) -> np.ndarray:
    """Bootstrap draws of a*b, shape (mediators, draws used)."""
    province, year = rows.index.get_level_values("province"), rows.index.get_level_values("year")
    try:
        moments = build_moments(rows[order].to_numpy(float), province.to_numpy(), year.to_numpy(), province.to_numpy())
    except ValueError as error:
        column = order[int(str(error).split()[1])]
        where = Where(file=str(study.paths.specs / f"{name}.toml"), variable=column)
        raise Rejected([Finding("collinear", "error", where, "no variation left beside controls and effects",
                                "variation of its own", f"drop `{column}` from this table")]) from None  # fmt: skip
    kept = []
    for weights in cluster_counts(study.spec.seed, name, study.spec.bootstrap.draws, moments.clusters):
        effects = mediation_effects(moments, controls, mediators, weights)
        kept.append(effects.indirect[:, effects.kept])
    draws = np.concatenate(kept, axis=1)
    if draws.shape[1] < study.spec.bootstrap.draws / 2:
        where = Where(file=str(study.paths.specs / f"{name}.toml"))
        found = f"{draws.shape[1]} of {study.spec.bootstrap.draws} bootstrap draws identify the effects"
        raise Rejected([Finding("collapsed-draws", "error", where, found, "at least half of them",
                                "a variable moves in too few provinces, or hardly beside the others: drop it")])  # fmt: skip
    return draws


def term(name: str, fitted: WithinFit, position: int, level: float) -> Term:
    """A coefficient with its CRV1 error, t(G-1) p-value and interval."""
    b, se = float(fitted.beta[position]), float(np.sqrt(fitted.covariance[position, position]))
    half = float(stats.t.ppf((1 + level) / 2, fitted.df)) * se
    p = float(2 * stats.t.sf(abs(b / se), fitted.df))
    return Term(name, name, b, se, b / se, p, b - half, b + half, "crv1-t")


def pattern(terms: dict[str, Term]) -> str:
    """What the numbers show: `none` unless the interval of a*b excludes 0; `suppression` where it opposes the direct.

    Source: MacKinnon, Krull and Lockwood (2000), inconsistent mediation.
    """
    indirect, direct = terms["indirect"], terms["direct"]
    assert indirect.low is not None and indirect.high is not None
    assert indirect.estimate is not None and direct.estimate is not None
    if indirect.low <= 0 <= indirect.high:
        return "none"
    return "suppression" if indirect.estimate * direct.estimate < 0 else "transmission"
