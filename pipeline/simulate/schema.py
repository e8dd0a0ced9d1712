"""The typed schema of simulation.toml: the parameters of the declared data-generating process."""

from pydantic import Field

from pipeline.study.closed import Closed
from pipeline.study.schema import LeverKey


class Mechanism(Closed):
    """M = mean + province + growth * t + a * NQP + error."""

    a: float
    b: float
    mean: float
    growth: float
    between: float
    noise: float


class Control(Closed):
    """log C = mean + province + development * d + error; `effect` is its effect on integration."""

    mean: float
    between: float
    development: float
    noise: float
    effect: float


class Integration(Closed):
    """The latent outcome: its level, spread, loading on development, growth, error and the shock of
    2020."""

    mean: float
    between: float
    development: float
    growth: float
    noise: float
    shock_2020: float


class Latent(Closed):
    """The latent technology behind the NQP indicators."""

    development: float
    growth: float
    growth_spread: float
    noise: float


class Indicator(Closed):
    """log x = log_mean + loading * N + province + error."""

    log_mean: float
    loading: float
    between: float
    noise: float


class Measure(Closed):
    """x = intercept + slope * U + province + error."""

    intercept: float
    slope: float
    between: float
    noise: float


class LeverProcess(Closed):
    """L = mean + province + growth * t + error. On the arrow that levers.toml attaches it to, NQP's
    effect changes by `interaction` per unit of L; `level` is L's own effect on integration."""

    mean: float
    between: float
    growth: float
    noise: float
    interaction: float = 0.0
    level: float = 0.0


class Simulation(Closed):
    """simulation.toml."""

    seed: int = Field(ge=0)
    serial: float = Field(ge=0, lt=1)
    spatial: float = Field(ge=0, lt=1)
    direct: float
    mechanisms: dict[str, Mechanism]
    controls: dict[str, Control]
    integration: Integration
    latent: Latent
    indicators: dict[str, Indicator]
    measures: dict[str, Measure]
    levers: dict[LeverKey, LeverProcess] = {}
    levers_stream: int = Field(default=0, ge=0)
    investment: float = Field(default=0.45, gt=0, lt=1)
