"""Panels under the null: the data's own levels, trends and residual paths, with no effect of one
index on another.

Each variable keeps its province means and year means; what is left of it, whole residual paths of
provinces, is handed to other provinces at random. Variables of one block move together, so that
their correlation, their serial dependence and their spread stay as they are; blocks move
independently, so that nothing but a shared variable ties two indices.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.moments import Array, Ints, demean, orthonormal_basis, time_columns


@dataclass(frozen=True)
class PathPanel:
    """Variables (G, T, k) on a balanced panel as province and year means and residual paths."""

    means: Array
    paths: Array

    @classmethod
    def of(cls, values: Array) -> "PathPanel":
        """Split values (G, T, k): means are province mean plus year mean less overall mean."""
        means = (
            values.mean(axis=1, keepdims=True)
            + values.mean(axis=0, keepdims=True)
            - values.mean(axis=(0, 1))
        )
        return cls(means, values - means)

    def permuted(self, blocks: NDArray[np.signedinteger], rng: np.random.Generator) -> Array:
        """Values (G, T, k) with the paths of each block (k,) handed to provinces in an order of its
        own."""
        out = np.empty_like(self.paths)
        for block in np.unique(blocks):
            out[:, :, blocks == block] = self.paths[rng.permutation(len(self.paths))][
                :, :, blocks == block
            ]
        return self.means + out


@dataclass(frozen=True)
class TwoWay:
    """Two-way regressions of many pairs (y, x) beside the same controls: one basis for all."""

    entity: Ints
    basis: Array
    rows: int
    parameters: int

    @classmethod
    def of(cls, entity: Ints, time: Ints, controls: Array) -> "TwoWay":
        """Basis of controls (n, p) and year effects within entities; CRV1's K counts slopes, years
        and a constant."""
        years = time_columns(entity, time)
        basis = orthonormal_basis(np.column_stack([years, demean(controls, entity)]))
        return cls(entity, basis, len(entity), 1 + controls.shape[1] + years.shape[1] + 1)

    def slope(self, y: Array, x: Array) -> tuple[float, float]:
        """Coefficient of x (n,) and its t with CRV1 errors clustered by entity."""
        z = demean(np.column_stack([y, x]), self.entity)
        z = z - self.basis @ (self.basis.T @ z)
        size = float(z[:, 1] @ z[:, 1])
        b = float(z[:, 1] @ z[:, 0]) / size
        scores = np.bincount(self.entity, z[:, 1] * (z[:, 0] - b * z[:, 1]))
        g, n = len(scores), self.rows
        se = np.sqrt(g / (g - 1) * (n - 1) / (n - self.parameters) * float(scores @ scores)) / size
        return b, b / se
