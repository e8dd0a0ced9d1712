"""The model in groups of provinces or years, and the tests that the treatment's coefficients are equal."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.estimate.linear import fit, standard_notes
from pipeline.inference.moments import codes
from pipeline.inference.varying.groups import bootstrap, group_model, interaction, permutation
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result
from pipeline.study.kinds import Heterogeneity, ModelChoice, Sample
from pipeline.study.model import Model, resolve
from pipeline.study.sample import select
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Heterogeneity) -> Result:
    """One column a group with its difference to the first, and four tests that the coefficients are equal.

    Raises Rejected for groups of too few provinces and for province-years in two groups.
    """
    file = str(study.paths.specs / f"{name}.toml")
    models = {group: _in_group(study, spec, choice) for group, choice in spec.groups.items()}
    rows = {group: select(panel.frame, m.sample, m.variables, file) for group, m in models.items()}
    _require_groups(spec, rows, file)
    level = study.spec.bootstrap.level
    columns = [fit(panel, model, group, file, level) for group, model in models.items()]
    base = next(iter(models.values()))
    tests = _tests(study, name, spec, base, rows, columns)
    halves = list(
        dict.fromkeys(v for m in models.values() for v in [*m.sample.high, *m.sample.low])
    )
    noted = (
        [Note("halves", {"variables": halves, "base_year": study.spec.base_year})] if halves else []
    )
    notes = [
        Note("equality", tests),
        *noted,
        *standard_notes(study, panel, columns, base.variables),
    ]
    return Result(name, spec.kind, columns, notes)


def _in_group(study: Study, spec: Heterogeneity, choice: list[Any] | Sample) -> Model:
    """The table's model on a group's part of the table's sample."""
    base = resolve(study, spec.model)
    own = (
        {"regions": choice}
        if isinstance(choice, list)
        else choice.model_dump(exclude_defaults=True)
    )
    return resolve(
        study, spec.model, ModelChoice(sample=Sample(**{**base.sample.model_dump(), **own}))
    )


def _require_groups(spec: Heterogeneity, rows: dict[str, pd.DataFrame], file: str) -> None:
    problems = []
    seen: dict[tuple[int, int], str] = {}
    for group, part in rows.items():
        where = Where(file=file, key=f"groups.{group}")
        provinces = part.index.get_level_values("province").nunique()
        if provinces < spec.minimum_provinces:
            problems.append(
                Finding(
                    "group-too-small",
                    "error",
                    where,
                    f"{provinces} provinces",
                    f"at least {spec.minimum_provinces} (minimum_provinces): clustered errors of fewer mean little",
                    "merge the group with another, or lower minimum_provinces and defend it",
                )
            )
        twice = {seen[k] for k in part.index if k in seen}
        if twice:
            problems.append(
                Finding(
                    "group-overlap",
                    "error",
                    where,
                    f"province-years also in `{', '.join(sorted(twice))}`",
                    "disjoint groups",
                    "change one of the groups",
                )
            )
        seen |= dict.fromkeys(part.index, group)
    if problems:
        raise Rejected(problems)


def _tests(
    study: Study,
    name: str,
    spec: Heterogeneity,
    model: Model,
    rows: dict[str, pd.DataFrame],
    columns: list[Column],
) -> dict[str, Any]:
    """p-values of equal coefficients; writes each column's difference to the first with its bootstrap interval.

    Wald: separate regressions, groups of provinces only; interaction: one regression with common controls and years;
    bootstrap: whole provinces, within groups; permutation: provinces re-assigned to groups, groups of provinces only.
    """
    whole = pd.concat(rows.values())
    label = np.repeat(np.arange(len(rows)), [len(r) for r in rows.values()])
    province, year = (codes(whole.index.get_level_values(k)) for k in ("province", "year"))
    time = year if "year" in model.effects else np.zeros_like(year)
    y, x = whole[model.outcome].to_numpy(float), whole[model.treatment].to_numpy(float)
    data = (y, x, whole[model.controls].to_numpy(float), province, time, province, label)
    seed, level = study.spec.seed, study.spec.bootstrap.level
    grouped = group_model(*data)
    drawn = bootstrap(grouped, seed, name, spec.draws, level)
    permuted = permutation(grouped, seed, name, spec.draws)
    pooled = interaction(*data)
    for k, column in enumerate(columns[1:]):
        low, high = drawn.intervals[k]
        column.statistics.update(
            {
                "difference": float(grouped.estimates[k + 1] - grouped.estimates[0]),
                "difference_low": float(low),
                "difference_high": float(high),
                "difference_p": float(drawn.p[k]),
            }
        )
    joint = drawn.joint if drawn.joint is not None else float(drawn.p[0])
    return {
        "wald": equality(columns) if grouped.whole else None,
        "interaction": {"f": pooled.f, "df1": pooled.df1, "df2": pooled.df2, "p": pooled.p},
        "bootstrap_p": joint,
        "permutation_p": permuted.p if permuted else None,
        "draws": spec.draws,
        "seed": seed,
        "dropped": drawn.dropped,
        "level": level,
        "p": permuted.p if permuted else joint,
        "smallest": min(int(c.statistics["provinces"] or 0) for c in columns),
    }


def equality(columns: list[Column]) -> dict[str, float | int]:
    """Wald test of equal treatment coefficients: F(q, smallest G - 1) from the columns' own CRV1 variances.

    Every province is in one group, so the estimates are independent across columns. A pooled small-sample factor and
    the total number of clusters would reject a true null far too often (9.7% at 5% with 10, 9 and 12 provinces, 31%
    with a group of three); each group's own factor and the smallest group's degrees of freedom do not (4.3%, 0.8%).
    """
    terms = [next(t for t in c.terms if t.role == "treatment") for c in columns]
    b, se = np.array([t.estimate for t in terms], float), np.array([t.se for t in terms], float)
    q = len(b) - 1
    contrast = np.column_stack([-np.ones(q), np.eye(q)])
    difference = contrast @ b
    f = float(difference @ np.linalg.solve(contrast @ np.diag(se**2) @ contrast.T, difference) / q)
    df = min(int(c.statistics["df"] or 0) for c in columns)
    return {"f": f, "df1": q, "df2": df, "p": float(stats.f.sf(f, q, df))}
