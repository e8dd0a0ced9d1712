"""The one gate that the data of every method pass: numbers that can be computed with, and columns
with variation of their own.

Columns are centred, taken net of the effects and scaled before they are compared, so that what
passes does not depend on the units of measurement, and one tolerance serves all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.inference.collinear import RANK, ROUNDING
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.study.model import Model

Array = NDArray[np.float64]

# Spreads outside of these cannot be squared and multiplied in binary64 without a loss.
_LEAST, _MOST = 1e-30, 1e30
# A spread below this share of the level stands in the last of the sixteen digits of a number.
_DIGITS = 1e-9
# A spread below this share of the level is what rounding leaves of a constant.
_CONSTANT = 1e-15


def require_numbers(frame: pd.DataFrame, names: Iterable[str], file: str) -> None:
    """Refuse variables whose numbers no method can compute with: not finite, too large or too
    small, or different in their last digits only. Raises Rejected with all of them."""
    problems = [_numbers(file, name, frame[name].dropna().to_numpy(float)) for name in names]
    found = [problem for problem in problems if problem is not None]
    if found:
        raise Rejected(found)


def _numbers(file: str, name: str, values: Array) -> Finding | None:
    """What is wrong with the numbers of one variable."""
    where, remedy = Where(file=file, variable=name), "give it in another unit of measurement"
    size = float(np.abs(values).max(initial=0.0))
    if not np.isfinite(size):
        found, remedy = "values that are not finite", "check the formula that it is made by"
        return Finding("not-finite", "error", where, found, "finite values", remedy)
    scale = size if size > 0 else 1.0
    spread = float((values / scale).std()) if len(values) else 0.0
    if size > _MOST or 0 < size < _LEAST or _CONSTANT < spread < _LEAST / scale:
        found = f"values up to {size:.3g} that vary by {spread * scale:.3g}"
        expected = f"numbers between {_LEAST:g} and {_MOST:g}"
        return Finding("out-of-range", "error", where, found, expected, remedy)
    if _CONSTANT < spread < _DIGITS:
        found = f"values up to {size:.3g} that vary by {spread * scale:.3g}, in their last digits"
        expected = f"a variation of more than {_DIGITS:g} of the values"
        remedy = "subtract its level where it is measured, not afterwards: its digits are lost"
        return Finding("digits-lost", "error", where, found, expected, remedy)
    return None


@dataclass
class _Kept:
    """Regressors that passed, net of the effects and of norm one, and an orthonormal basis of
    them."""

    columns: dict[str, Array] = field(default_factory=dict)
    basis: list[Array] = field(default_factory=list)

    def left(self, column: Array) -> Array:
        """What is left of a column beside those kept."""
        return net(column, np.column_stack(self.basis)) if self.basis else column

    def twin(self, column: Array) -> str | None:
        """The regressor that a column of norm one equals up to its sign."""
        for name, other in self.columns.items():
            if np.linalg.norm(column - (other @ column) * other) <= RANK:
                return name
        return None

    def keep(self, name: str, column: Array, left: Array) -> None:
        self.columns[name] = column
        self.basis.append(left / np.linalg.norm(left))


def require_variation(
    rows: pd.DataFrame, model: Model, file: str, outcomes: Sequence[str] | None = None
) -> None:
    """Refuse outcomes that the effects absorb or the regressors fit perfectly, and regressors
    without variation.

    rows: index (province, year). outcomes: by default the model's own. Each variable is named:
    regressors that the effects absorb or that the variables before them explain, outcomes where
    nothing is left to explain or nothing is left unexplained; and the variable that it equals up to
    scale and offset, where it is one. Raises Rejected with all of them.
    """
    basis = effects_basis(rows, model)
    problems: list[Finding] = []
    kept = _Kept()
    for name in model.variables[1:]:
        column = _own(rows[name], basis)
        if column is None:
            problems.append(_absorbed(file, name))
            continue
        left = kept.left(column)
        if np.linalg.norm(left) <= RANK:
            problems.append(_explained(file, name, kept.twin(column)))
        else:
            kept.keep(name, column, left)
    for name in [model.outcome] if outcomes is None else outcomes:
        column = _own(rows[name], basis)
        if column is None:
            problems.append(_no_variation(file, name))
        elif np.linalg.norm(kept.left(column)) <= RANK:
            problems.append(_perfect_fit(file, name, kept.twin(column)))
    if problems:
        raise Rejected(problems)


def effects_basis(rows: pd.DataFrame, model: Model) -> Array:
    """An orthonormal basis (n, k) of the constant and the dummies of the model's effects."""
    levels = [rows.index.get_level_values(effect) for effect in model.effects]
    dummies = [pd.get_dummies(pd.Index(level)).to_numpy(float) for level in levels]
    u, size, _ = np.linalg.svd(np.column_stack([np.ones(len(rows)), *dummies]), full_matrices=False)
    return np.asarray(u[:, size > 1e-8])


def net(column: Array, basis: Array) -> Array:
    """What is left of a column beside an orthonormal basis, projected twice against rounding."""
    left = column - basis @ (basis.T @ column)
    return np.asarray(left - basis @ (basis.T @ left))


def _own(column: pd.Series, basis: Array) -> Array | None:
    """A column net of the effects and of norm one; None where they absorb it."""
    left = net(_unit(column), basis)
    norm = float(np.linalg.norm(left))
    return left / norm if norm > RANK else None


def _unit(column: pd.Series) -> Array:
    """A column centred and of norm one; zero where it is constant."""
    values = column.to_numpy(float)
    values = values / max(float(np.abs(values).max()), 1e-300)
    centred = values - values.mean()
    norm = float(np.linalg.norm(centred))
    # What rounding leaves of a constant is no variation.
    return centred / norm if norm > ROUNDING * np.sqrt(len(values)) else np.zeros(len(values))


def collinear(file: str, variable: str) -> Rejected:
    """The refusal of a variable that those before it and the effects explain."""
    return Rejected([_explained(file, variable, None)])


def _absorbed(file: str, name: str) -> Finding:
    return _without_own(file, name, "no variation left once the effects are absorbed")


def _explained(file: str, name: str, twin: str | None) -> Finding:
    found = "an exact combination of the variables before it and the effects"
    return _without_own(file, name, found if twin is None else _equal_to(twin))


def _equal_to(twin: str) -> str:
    return f"equal to `{twin}` up to scale, offset and the effects"


def _without_own(file: str, name: str, found: str) -> Finding:
    where, remedy = Where(file=file, variable=name), f"drop `{name}` from this model"
    return Finding(
        "collinear", "error", where, found, "variation of its own", f"{remedy}, or drop the effect"
    )


def _no_variation(file: str, outcome: str) -> Finding:
    where = Where(file=file, variable=outcome)
    found = "no variation of the outcome left once the effects are absorbed"
    remedy = "name another outcome, or drop the effect"
    return Finding("outcome-constant", "error", where, found, "an outcome that varies", remedy)


def _perfect_fit(file: str, outcome: str, twin: str | None) -> Finding:
    where = Where(file=file, variable=outcome)
    fit = "regressors and effects fit the outcome perfectly" if twin is None else _equal_to(twin)
    found = f"{fit}: there is no residual to test with"
    remedy = "check whether the outcome is made of a regressor; drop that one"
    return Finding("perfect-fit", "error", where, found, "residuals", remedy)
