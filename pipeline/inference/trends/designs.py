"""Made panels in which common trends may pass for an effect: what the tests' size and power are
measured on.

Treatment and error of a unit are AR(1) paths of variance 1. The common part, where a design has
one, weighs `WEIGHT` times as much in standard deviations, in treatment and outcome alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.inference.moments import Array

Design = Literal["independent", "trends", "factors", "spatial", "unranked"]
DESIGNS: tuple[Design, ...] = ("independent", "trends", "factors", "spatial", "unranked")
WEIGHT = 2.0
# Correlation of the loadings of treatment and outcome in the designs with confounded trends.
CONFOUNDING = 0.5
# Persistence of the common factors, and of loadings along the order of the units.
_FACTOR, _SPACE = 0.9, 0.9
# Mean loadings of outcome and treatment on the two factors (2, 1, 1, 2): year effects absorb them,
# common correlated effects need them (the rank condition).
_MEANS = np.eye(2)[:, None, None, :]


@dataclass(frozen=True)
class Panels:
    """Outcomes y and treatments x (R, N, T) of R panels."""

    y: Array
    x: Array


def draw(
    design: Design,
    panels: int,
    rng: np.random.Generator,
    *,
    units: int = 31,
    years: int = 12,
    persistence: float = 0.9,
    effect: float = 0.0,
) -> Panels:
    """Panels of a design; `effect` of the treatment on the outcome, `persistence` of what is the
    units' own. Loadings have mean 0 or 1 and variance 1.

    independent: nothing common; trends: a line of each unit, slopes in outcome and treatment
    correlated .5; factors: two AR(.9) factors, loadings correlated .5; spatial: two AR(.9) factors,
    loadings of outcome and treatment independent, AR(.9) along the order of the units; unranked:
    as factors, all mean loadings 0, so that averages over units say nothing of the factors.
    """
    own = autoregression((2, panels, units, years), persistence, rng)
    y, x = own + WEIGHT * _COMMON[design](panels, units, years, rng)
    return Panels(y + effect * x, x)


def autoregression(shape: tuple[int, ...], rho: float, rng: np.random.Generator) -> Array:
    """Stationary AR(1) paths of variance 1 along the last axis."""
    z = rng.normal(size=shape)
    z[..., 1:] *= np.sqrt(1 - rho**2)
    for t in range(1, shape[-1]):
        z[..., t] += rho * z[..., t - 1]
    return z


def _none(panels: int, units: int, years: int, _: np.random.Generator) -> Array:
    return np.zeros((2, panels, units, years))


def _lines(panels: int, units: int, years: int, rng: np.random.Generator) -> Array:
    line = np.arange(years) - (years - 1) / 2
    slopes = 1 + _confounded((panels, units, 1), rng)
    return np.asarray(slopes * (line / line.std()))


def _factors(panels: int, units: int, years: int, rng: np.random.Generator) -> Array:
    factors = autoregression((panels, 2, years), _FACTOR, rng) / np.sqrt(2)
    loadings = _MEANS + _confounded((panels, units, 2), rng)
    return np.asarray(loadings @ factors)


def _unranked(panels: int, units: int, years: int, rng: np.random.Generator) -> Array:
    factors = autoregression((panels, 2, years), _FACTOR, rng) / np.sqrt(2)
    return np.asarray(_confounded((panels, units, 2), rng) @ factors)


def _ordered(panels: int, units: int, years: int, rng: np.random.Generator) -> Array:
    factors = autoregression((panels, 2, years), _FACTOR, rng) / np.sqrt(2)
    loadings = autoregression((2, panels, 2, units), _SPACE, rng)
    return np.asarray((_MEANS + np.swapaxes(loadings, -2, -1)) @ factors)


def _confounded(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Loadings (2, *shape) of outcome and treatment, correlated."""
    first, second = rng.normal(size=(2, *shape))
    return np.stack([CONFOUNDING * second + np.sqrt(1 - CONFOUNDING**2) * first, second])


_COMMON: dict[Design, Callable[[int, int, int, np.random.Generator], Array]] = {
    "independent": _none,
    "trends": _lines,
    "factors": _factors,
    "spatial": _ordered,
    "unranked": _unranked,
}
