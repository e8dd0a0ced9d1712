"""One linear panel model by linearmodels, with the declared standard errors."""

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from scipy import stats

from pipeline.inference.within import crv1_factor
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel, read_panel
from pipeline.panel.result import Column, Note, Term
from pipeline.study.model import Model
from pipeline.study.notes import data_notes
from pipeline.study.sample import select
from pipeline.study.study import Study


def fit(panel: Panel, model: Model, key: str, spec: str, level: float) -> Column:
    """Estimate a model: coefficients, CRV1 errors clustered by province, t(G-1) p-values and intervals.

    The covariance is linearmodels' raw cluster sandwich times G/(G-1) (N-1)/(N-K), K = slopes + year effects + 1:
    what Stata's xtreg, fe vce(cluster) and reghdfe report. Raises Rejected when a variable is absorbed or collinear.
    """
    rows = select(panel.frame, model.sample, model.variables, spec)
    names = model.variables[1:]
    y, x = rows[model.outcome].rename("outcome"), rows[names]
    entity, time = "province" in model.effects, "year" in model.effects
    _require_rank(rows, names, entity, time, spec)
    slopes = x.shape[1]
    if not model.effects:
        x = x.assign(constant=1.0)
    fitted = PanelOLS(y, x, entity_effects=entity, time_effects=time).fit(
        cov_type="clustered",
        cluster_entity=True,
        auto_df=False,
        count_effects=False,
        group_debias=False,
        debiased=False,
    )
    clusters = rows.index.get_level_values("province").nunique()
    years = rows.index.get_level_values("year")
    time_levels = years.nunique() - 1 if time else 0
    factor = crv1_factor(len(rows), clusters, slopes, time_levels)
    se = np.sqrt(np.diag(fitted.cov.to_numpy()) * factor)
    df = clusters - 1
    critical = stats.t.ppf((1 + level) / 2, df)
    terms = []
    for i, name in enumerate(x.columns):
        b = float(fitted.params.iloc[i])
        t = b / float(se[i])
        role = (
            "treatment"
            if name == model.treatment
            else "constant"
            if name == "constant"
            else "control"
        )
        terms.append(
            Term(
                name,
                role,
                b,
                float(se[i]),
                t,
                float(2 * stats.t.sf(abs(t), df)),
                b - critical * float(se[i]),
                b + critical * float(se[i]),
                "crv1-t",
            )
        )
    statistics: dict[str, float | int | str | bool | None] = {
        "controls": bool(model.controls),
        "province_effects": entity,
        "year_effects": time,
        "n": len(rows),
        "provinces": clusters,
        "first_year": int(years.min()),
        "last_year": int(years.max()),
        "df": df,
        "r2_within": float(fitted.rsquared) if model.effects else None,
        "r2": float(fitted.rsquared_inclusive),
        "outcome_mean": float(y.mean()),
        "outcome_sd": float(y.std(ddof=1)),
    }
    return Column(key, model.outcome, terms, statistics)


def without_filled(
    study: Study, panel: Panel, model: Model, headline: Column, spec: str
) -> Note | None:
    """The headline coefficient on the panel built without filling: what a filled cell reaches through lags, stocks, indices and
    their weights is gone too. None where no cell behind it is filled."""
    behind = {raw for v in model.variables for raw in study.raw_variables(v)}
    if not behind & panel.filled.keys() or not study.paths.unfilled.exists():
        return None
    bare = read_panel(study.paths.unfilled, study.paths.panel_metadata)
    before = headline.term(model.treatment).estimate
    try:
        column = fit(bare, model, headline.key, spec, study.spec.bootstrap.level)
    except Rejected:
        return Note(
            "without_filled",
            {"estimate": None, "dropped": headline.statistics["n"], "with": before},
        )
    term = column.term(model.treatment)
    dropped = int(headline.statistics["n"] or 0) - int(column.statistics["n"] or 0)
    return Note(
        "without_filled",
        {
            "estimate": term.estimate,
            "se": term.se,
            "n": column.statistics["n"],
            "dropped": dropped,
            "with": before,
        },
    )


def _require_rank(
    rows: pd.DataFrame, names: list[str], entity: bool, time: bool, spec: str
) -> None:
    """Refuse variables that the effects absorb or that the variables before them explain, naming each."""
    x = rows[names]
    z = x.to_numpy(float)
    labels = [
        rows.index.get_level_values(level)
        for level, on in (("province", entity), ("year", time))
        if on
    ]
    dummies = [pd.get_dummies(pd.Index(level)).to_numpy(float) for level in labels]
    base = np.column_stack([np.ones(len(z)), *dummies])
    z = z - z.mean(axis=0)
    scale = np.maximum(np.abs(z).max(axis=0), 1e-300)
    full = np.column_stack([base, z / scale])
    q, _ = (
        np.linalg.qr(base) if not dummies else (np.linalg.svd(base, full_matrices=False)[0], None)
    )
    if dummies:
        q = q[:, np.linalg.svd(base, compute_uv=False) > 1e-8]
    problems = []
    kept = q
    for j, name in enumerate(names):
        column = full[:, base.shape[1] + j]
        left = column - kept @ (kept.T @ column)
        left = left - kept @ (kept.T @ left)
        if np.linalg.norm(left) <= 1e-8 * np.linalg.norm(column):
            alone = column - q @ (q.T @ column)
            absorbed = np.linalg.norm(alone) <= 1e-8 * np.linalg.norm(column)
            found = (
                "no variation left once the effects are absorbed"
                if absorbed
                else ("an exact combination of the variables before it and the effects")
            )
            problems.append(
                Finding(
                    "collinear",
                    "error",
                    Where(file=spec, variable=name),
                    found,
                    "variation of its own",
                    f"drop `{name}` from this model, or drop the effect",
                )
            )
            continue
        kept = np.column_stack([kept, left / np.linalg.norm(left)])
    if problems:
        raise Rejected(problems)


def standard_notes(
    study: Study, panel: Panel, columns: list[Column], variables: list[str]
) -> list[Note]:
    """What every table of regressions must say: errors, degrees of freedom, R², stars, fills, synthetic data."""
    clusters = sorted({int(c.statistics["provinces"] or 0) for c in columns})
    notes = [Note("crv1", {"clusters": clusters}), Note("stars")]
    if any(c.statistics.get("r2_within") is not None for c in columns):
        notes.append(Note("r2"))
    if min(clusters) < 12:
        notes.append(Note("few_clusters", {"clusters": min(clusters)}))
    return notes + data_notes(study, panel, variables)
