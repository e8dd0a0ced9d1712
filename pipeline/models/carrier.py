"""The unit that alone carries the treatment, for which clustered errors mean nothing."""

import numpy as np
import pandas as pd

from pipeline.inference.moments import Array
from pipeline.study.model import Model

# Share of the treatment's own variation below which nothing is left of it without a unit.
_NOTHING = 1e-6


def carrier(rows: pd.DataFrame, model: Model) -> int | None:
    """Code of the unit without which the treatment has no variation net of controls and effects;
    None where there is no such unit, or more than one.

    rows: index (province, year), the model's variables as columns. What is left of the treatment
    without unit g is r'r - r_g'(I - H_gg)^-1 r_g, r its residuals and H the projection on controls
    and effects: dropping rows is a dummy for each of them.
    """
    basis = _basis(rows, model)
    treatment = _scaled(rows[[model.treatment]])[:, 0]
    left = treatment - basis @ (basis.T @ treatment)
    units = rows.index.get_level_values("province")
    found = []
    for code in units.unique():
        here = np.asarray(units == code)
        block = np.eye(int(here.sum())) - basis[here] @ basis[here].T
        own = left[here] @ np.linalg.pinv(block, rcond=1e-8, hermitian=True) @ left[here]
        if left @ left - own <= _NOTHING * (left @ left):
            found.append(int(code))
    return found[0] if len(found) == 1 else None


def _basis(rows: pd.DataFrame, model: Model) -> Array:
    """An orthonormal basis (n, k) of the constant, the dummies of the effects, and the controls."""
    dummies = [
        pd.get_dummies(pd.Index(rows.index.get_level_values(effect))).to_numpy(float)
        for effect in model.effects
    ]
    columns = [np.ones((len(rows), 1)), *dummies, _scaled(rows[model.controls])]
    u, size, _ = np.linalg.svd(np.column_stack(columns), full_matrices=False)
    return np.asarray(u[:, size > 1e-9 * size[0]])


def _scaled(columns: pd.DataFrame) -> Array:
    values = columns.to_numpy(float)
    centred = values - values.mean(axis=0)
    return np.asarray(centred / np.maximum(centred.std(axis=0), 1e-300))
