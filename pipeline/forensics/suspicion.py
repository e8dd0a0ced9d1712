"""A suspicion: cells of a grid that speak against themselves,
with the evidence and how bad it is."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float64]
Flags = NDArray[np.bool_]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Suspicion:
    """One finding of a detector.

    code:     which detector, and which of its cases (`slip-ten`, `line-year`, ...)
    cells:    (unit, year) indices it concerns; the first is the one to blame
    evidence: the numbers that speak for it, in words
    value, expected: the cell's value, and what its neighbours let expect, where one cell is blamed
    strength: how far beyond chance, in units that the detector says; sorts findings
    sizes:    by how much each cell is off (relative), where that differs from cell to cell
    """

    code: str
    severity: Severity
    cells: tuple[tuple[int, int], ...]
    evidence: str
    value: float | None = None
    expected: float | None = None
    strength: float = 0.0
    sizes: tuple[float, ...] = ()

    def words(self) -> str:
        """The evidence, and how far the blamed cell is off."""
        return self.evidence + (f"; here by {self.sizes[0]:+.1%}" if self.sizes else "")

    def about(self, cells: tuple[tuple[int, int], ...]) -> "Suspicion":
        """The same suspicion about some of its cells."""
        sizes = tuple(self.sizes[self.cells.index(c)] for c in cells) if self.sizes else ()
        return replace(self, cells=cells, sizes=sizes)
