"""The true effects of a synthetic panel, in the units of the indices that are built from it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.index.build import build_index
from pipeline.simulate.schema import Simulation
from pipeline.study.schema import IndexSpec, Lever

_KNOWN = ("minmax", "pooled", "linear", None)


def true_effects(
    s: Simulation,
    uri: IndexSpec,
    levers: Mapping[str, Lever],
    measures: Mapping[str, NDArray[np.float64]],
    years: list[int],
) -> dict[str, float]:
    """True effects in units of the URI index and of its dimensions; those of levers per unit of the
    lever.

    measures: grids (31, years). Raises ValueError for an index in which the latent outcome does not
    enter linearly.
    """
    if (uri.normalise, uri.period, uri.aggregate, uri.reference) != _KNOWN:
        raise ValueError(
            "the true effects are known only for a weighted sum of pooled min-max values"
        )
    weights = build_index("uri", uri, measures, years, years[0]).weights[uri.weights]
    through = {
        n: weights[n] * (_sign(d) * s.measures[n].slope / float(np.ptp(measures[n])))
        for n, d in uri.indicators().items()
    }
    per_latent = sum(through.values())
    total = s.direct + sum(m.a * m.b for m in s.mechanisms.values())
    truth = {"total": total * per_latent, "direct": s.direct * per_latent}
    for name, m in s.mechanisms.items():
        truth |= {
            f"{name}.a": m.a,
            f"{name}.b": m.b * per_latent,
            f"{name}.indirect": m.a * m.b * per_latent,
        }
    for dimension, d in uri.dimensions.items():
        within = sum(weights[n] for n in d.indicators)
        truth[f"uri_{dimension}.total"] = total * sum(through[n] for n in d.indicators) / within
    return truth | _of_levers(s, levers, per_latent)


def _of_levers(s: Simulation, levers: Mapping[str, Lever], per_latent: float) -> dict[str, float]:
    """By how much an effect changes per unit of each lever."""
    truth: dict[str, float] = {}
    for key, process in s.levers.items():
        arrow = levers[key].moves
        if arrow == "direct":
            truth[f"{key}.interaction"] = process.interaction * per_latent
            continue
        truth[f"{key}.interaction"] = process.interaction * s.mechanisms[arrow].b * per_latent
        truth[f"{key}.{arrow}.a"] = process.interaction
    return truth


def _sign(direction: str) -> float:
    return 1.0 if direction == "+" else -1.0
