"""What a convergence table holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate


@dataclass(frozen=True)
class Dispersion:
    """A measure of spread in every year, and its linear trend a year with the error of the
    jackknife over units."""

    path: list[float]
    trend: Estimate


@dataclass(frozen=True)
class Beta:
    """Growth on the level at its start: coefficient, controls' coefficients, speed a year with its
    error, half-life.

    What only convergence has is None without it, and where the bias of few years is in b.
    """

    b: Estimate
    controls: dict[str, float]
    speed: float | None
    speed_error: float | None
    half_life: float | None
    observations: int


@dataclass(frozen=True)
class Result(result.Result):
    """Sigma over the units without a gap, beta over every pair of successive values.

    years: of sigma; units: behind sigma; dropped: units with a gap; df: of the t of beta
    conditional: with the bias of few years; corrected: without, judged by `draws` of panels without
    convergence
    """

    variable: str
    controls: list[str]
    years: list[int]
    units: int
    dropped: list[int]
    log_sd: Dispersion
    variation: Dispersion
    absolute: Beta
    conditional: Beta
    corrected: Beta
    draws: Draws
    df: int
