"""The baseline model in groups of regions, and the test that the treatment's coefficients are equal."""

import numpy as np
from scipy import stats

from pipeline.estimate.linear import fit, standard_notes
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result
from pipeline.study.kinds import Heterogeneity, ModelChoice, Sample
from pipeline.study.model import resolve
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Heterogeneity) -> Result:
    """One column a group, and a Wald test that the treatment's coefficients are equal in all groups."""
    file = str(study.paths.specs / f"{name}.toml")
    base = resolve(study, spec.model)
    columns: list[Column] = []
    for group, regions in spec.groups.items():
        sample = Sample(**{**base.sample.model_dump(), "regions": regions})
        model = resolve(study, spec.model, ModelChoice(sample=sample))
        columns.append(fit(panel, model, group, file, study.spec.bootstrap.level))
    note = Note("equality", equality(columns))
    return Result(name, spec.kind, columns, [note, *standard_notes(study, panel, columns, base.variables)])


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
