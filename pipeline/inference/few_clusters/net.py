"""A model of one coefficient, net of all its other columns."""

from dataclasses import dataclass

import numpy as np

from pipeline.inference.collinear import Collinear
from pipeline.inference.moments import Array, Ints, demean, partial_out


@dataclass(frozen=True)
class Net:
    """Outcome y and treatment x (n,) net of controls and effects, and the orthonormal basis (n, k)
    of controls and time effects net of the unit effects."""

    y: Array
    x: Array
    basis: Array

    @property
    def estimate(self) -> float:
        """The treatment's coefficient, by Frisch, Waugh and Lovell."""
        return float(self.x @ self.y) / float(self.x @ self.x)


def net_of(y: Array, x: Array, controls: Array, entity: Ints, time: Ints | None) -> Net:
    """The model of y on x (n,) beside controls (n, k), unit effects and, unless None, time effects.

    Controls may depend on each other. Raises Collinear with position k, the treatment's after the
    controls, where rounding is all that is left of it.
    """
    z, basis = partial_out(np.column_stack([y, x]), controls, entity, time)
    inner = np.linalg.norm(demean(x[:, None], entity))
    left = np.linalg.norm(z[:, 1])
    if inner <= 1e-10 * np.linalg.norm(x) or left <= 1e-9 * inner:
        raise Collinear(controls.shape[1])
    return Net(z[:, 0], z[:, 1], basis)
