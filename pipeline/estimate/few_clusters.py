"""A p-value of the treatment that few clusters do not spoil, to stand in brackets beside the clustered error."""

from typing import Literal

import numpy as np
from scipy import stats

from pipeline.inference.few_clusters.jackknife import crv3, leave_one_out
from pipeline.inference.few_clusters.wild import wild_model, wild_test
from pipeline.inference.moments import build_moments, codes
from pipeline.panel.panel import Panel
from pipeline.study.model import Model
from pipeline.study.sample import select

DRAWS = 99_999


def bracket_p(
    panel: Panel,
    model: Model,
    spec: str,
    seed: int,
    stream: str,
    method: Literal["wcr11", "wcr31", "crv3"],
) -> float | None:
    """p-value of H0: treatment = 0 by the method named; None for models without province effects."""
    if "province" not in model.effects:
        return None
    rows = select(panel.frame, model.sample, model.variables, spec)
    province, year = (codes(rows.index.get_level_values(level)) for level in ("province", "year"))
    time = year if "year" in model.effects else None
    y, x = rows[model.outcome].to_numpy(float), rows[model.treatment].to_numpy(float)
    controls = rows[model.controls].to_numpy(float)
    if method == "crv3":
        moments = build_moments(np.column_stack([controls, x, y]), province, time, province)
        b, without = leave_one_out(moments, len(model.controls) + 1)
        t = abs(float(b[-1])) / float(np.sqrt(crv3(b, without)[-1, -1]))
        return float(2 * stats.t.sf(t, len(without) - 1))
    residuals: Literal["WCR11", "WCR31"] = "WCR11" if method == "wcr11" else "WCR31"
    return wild_test(
        wild_model(y, x, controls, province, time, province, residuals), seed, stream, DRAWS
    ).p
