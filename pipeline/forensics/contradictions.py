"""Two series that logic orders: a part above its whole, a poorer group above a richer one."""

import numpy as np

from pipeline.forensics.suspicion import Grid, Suspicion


def find_contradictions(lower: Grid, upper: Grid, names: tuple[str, str]) -> Suspicion | None:
    """The cells in which `lower` exceeds `upper` (same unit), worst first;
    None where it nowhere does by half a percent.

    An error where it is the exception; where one cell in five breaks the order, a warning: the two
    are not what they seem.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = lower / upper - 1
    known = np.isfinite(excess)
    bad = np.argwhere(known & (excess > 0.005))
    if not len(bad):
        return None
    cells = sorted(((int(i), int(t)) for i, t in bad), key=lambda c: -excess[c])
    rare = len(cells) <= 0.2 * known.sum()
    return Suspicion(
        "contradiction",
        "error" if rare else "warning",
        tuple(cells),
        f"`{names[0]}` exceeds `{names[1]}`, which it cannot, "
        f"in {len(cells)} of {int(known.sum())} cells",
        float(lower[cells[0]]),
        None,
        float(excess[cells[0]]),
        tuple(float(excess[c]) for c in cells),
    )
