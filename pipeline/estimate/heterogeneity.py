"""The baseline model in groups of regions, and the test that the treatment's coefficients are equal."""

import numpy as np
from scipy import stats

from pipeline.estimate.linear import fit, standard_notes
from pipeline.inference.within import codes, crv1_factor, within_fit
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result
from pipeline.study.model import Model, resolve
from pipeline.study.sample import select
from pipeline.study.study import Study
from pipeline.study.tables import Heterogeneity, ModelChoice, Sample


def estimate(study: Study, panel: Panel, name: str, spec: Heterogeneity) -> Result:
    """One column a group, and a Wald test of equal coefficients from the fully interacted model.

    In that model controls and year effects differ by group, so its coefficients are those of the columns; provinces
    belong to one group, so the clustered covariance between groups is zero. F(q, G - 1) with the CRV1 factor of the
    interacted model.
    """
    file = str(study.paths.specs / f"{name}.toml")
    base = resolve(study, spec.model)
    columns: list[Column] = []
    betas, raw_variances, sizes = [], [], []
    for group, regions in spec.groups.items():
        sample = Sample(**{**base.sample.model_dump(), "regions": regions})
        model = resolve(study, spec.model, ModelChoice(sample=sample))
        columns.append(fit(panel, model, group, file, study.spec.bootstrap.level))
        beta, variance, size = _unscaled(panel, model, file)
        betas.append(beta)
        raw_variances.append(variance)
        sizes.append(size)
    n, clusters, parameters = (sum(s[i] for s in sizes) for i in range(3))
    factor = crv1_factor(n, clusters, parameters, 0, constant=0)
    b, v = np.array(betas), factor * np.array(raw_variances)
    q = len(b) - 1
    contrast = np.column_stack([-np.ones(q), np.eye(q)])
    difference = contrast @ b
    f = float(difference @ np.linalg.solve(contrast @ np.diag(v) @ contrast.T, difference) / q)
    p = float(stats.f.sf(f, q, clusters - 1))
    note = Note("equality", {"f": f, "df1": q, "df2": clusters - 1, "p": p})
    return Result(name, spec.kind, columns, [note, *standard_notes(study, panel, columns, base.variables)])


def _unscaled(panel: Panel, model: Model, file: str) -> tuple[float, float, tuple[int, int, int]]:
    """Treatment coefficient, its raw cluster sandwich variance, and (rows, clusters, parameters) of one group."""
    rows = select(panel.frame, model.sample, model.variables, file)
    province, year = codes(rows.index.get_level_values("province")), codes(rows.index.get_level_values("year"))
    x = rows[model.variables[1:]].to_numpy(float)
    fitted = within_fit(rows[model.outcome].to_numpy(float), x, province, year, province)
    clusters, years = int(province.max()) + 1, int(year.max()) + 1
    own = crv1_factor(len(rows), clusters, x.shape[1], years - 1)
    return (
        float(fitted.beta[0]),
        float(fitted.covariance[0, 0] / own),
        (len(rows), clusters, x.shape[1] + years),
    )
