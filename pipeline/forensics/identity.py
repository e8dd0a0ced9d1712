"""A relation between variables, how far each cell is from it, and the cells in which it breaks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.forensics.decimals import rounding
from pipeline.forensics.growth import nanquantile
from pipeline.forensics.suspicion import Grid, Suspicion


@dataclass(frozen=True)
class Identity:
    """`whole` = sum of `parts` (sum), = a / b * factor (ratio),
    or the parts add up to `factor` (shares)."""

    form: str
    whole: str | None
    parts: tuple[str, ...]
    factor: float = 1.0

    def __str__(self) -> str:
        if self.form == "ratio":
            times = "" if self.factor == 1 else f" x {self.factor:g}"
            return f"{self.whole} = {self.parts[0]} / {self.parts[1]}{times}"
        right = self.whole if self.form == "sum" else f"{self.factor:g}"
        return f"{' + '.join(self.parts)} = {right}"

    def left(self, values: Mapping[str, Grid]) -> Grid:
        """What the parts make of the whole in every cell."""
        parts = [values[p] for p in self.parts]
        if self.form == "ratio":
            with np.errstate(divide="ignore", invalid="ignore"):
                return parts[0] / parts[1] * self.factor
        return np.asarray(np.sum(parts, axis=0))

    def right(self, values: Mapping[str, Grid]) -> Grid:
        """The whole in every cell."""
        if self.whole is not None:
            return values[self.whole]
        return np.full_like(values[self.parts[0]], self.factor)


def gap(identity: Identity, values: Mapping[str, Grid]) -> Grid:
    """Relative gap between the two sides of an identity in every cell."""
    left, right = identity.left(values), identity.right(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (left - right) / np.abs(right)


def _rounding(identity: Identity, values: Mapping[str, Grid]) -> Grid:
    """How far rounding alone can part the two sides, relative to the right one:
    a unit of each member."""
    members = [*identity.parts, *([identity.whole] if identity.whole else [])]
    units = {m: _usual_unit(values[m]) for m in members}
    right = identity.right(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        if identity.form == "ratio":
            shares = [units[m] / np.abs(values[m]) for m in members]
            return np.nan_to_num(sum(shares, np.zeros_like(right)), posinf=1.0)
        return np.nan_to_num(sum(units.values()) / np.abs(right), posinf=1.0)


def _usual_unit(x: Grid) -> float:
    """The rounding unit of the median year, 0 where there is none."""
    return float(np.nan_to_num(nanquantile(rounding(x)[None, :], 0.5, axis=1))[0])


def broken(
    identity: Identity, values: Mapping[str, Grid], tolerance: float = 5e-3
) -> Suspicion | None:
    """The cells in which an identity does not hold, worst first; None where it holds everywhere."""
    g = gap(identity, values)
    size = np.abs(np.nan_to_num(g))
    limit = np.maximum(
        max(tolerance, 3 * float(np.quantile(size[np.isfinite(g)], 0.5))),
        _rounding(identity, values),
    )
    cells = sorted(((int(i), int(t)) for i, t in np.argwhere(size > limit)), key=lambda c: -size[c])
    if not cells:
        return None
    sizes = tuple(float(g[c]) for c in cells)
    holds = int((size <= limit)[np.isfinite(g)].sum())
    return Suspicion(
        "identity-broken",
        "error" if abs(sizes[0]) > 0.02 else "warning",
        tuple(cells),
        f"{identity} holds in {holds} of {int(np.isfinite(g).sum())} cells, "
        "its left side is off in the others",
        strength=abs(sizes[0]) * 100,
        sizes=sizes,
    )
