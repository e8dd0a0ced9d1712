"""The declared data-generating process of the synthetic panel: parameters in, raw variables and
true effects out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.index.build import build_index
from pipeline.panel.provinces import PROVINCES, contiguity
from pipeline.simulate.schema import Simulation
from pipeline.simulate.truth import true_effects
from pipeline.study.schema import IndexSpec, Lever

Grid = NDArray[np.float64]
_PROVINCES = len(PROVINCES)


@dataclass(frozen=True)
class Draw:
    """One synthetic panel: raw variables as grids (31, years) and the true effects in units of the
    built indices."""

    raw: dict[str, Grid]
    truth: dict[str, float]


class _Shocks:
    """Random parts of the process, all from one generator."""

    def __init__(
        self, seed: int, serial: float, spatial: float, years: int, stream: tuple[int, ...] = ()
    ) -> None:
        self.rng = np.random.Generator(
            np.random.Philox(np.random.SeedSequence(seed, spawn_key=stream))
        )
        self.serial, self.years = serial, years
        self.filter = np.linalg.inv(np.eye(_PROVINCES) - spatial * contiguity())

    def province(self, spread: float) -> Grid:
        """A level for each province, shape (31, 1), mean 0."""
        x = self.rng.standard_normal((_PROVINCES, 1))
        return np.asarray(spread * (x - x.mean()))

    def error(self, spread: float) -> Grid:
        """Errors (31, years): AR(1) in time from their stationary law, spatially filtered, standard
        deviation spread."""
        v = self.rng.standard_normal((_PROVINCES, self.years))
        u = np.empty_like(v)
        u[:, 0] = v[:, 0] / np.sqrt(1 - self.serial**2)
        for t in range(1, self.years):
            u[:, t] = self.serial * u[:, t - 1] + v[:, t]
        e = self.filter @ u
        return np.asarray(spread * e / e.std())


def draw(
    s: Simulation,
    years: list[int],
    indices: Mapping[str, IndexSpec],
    levers: Mapping[str, Lever],
    seed: int | None = None,
) -> Draw:
    """Draw a panel of 31 provinces over `years`.

    The NQP and URI indices are built with the study's own index specs `nqp` and `uri`, so that the
    true effects are known in their units (the rounding of the source files moves them by 1e-4): U
    enters every URI measure linearly, hence the index is A + B * U + noise with B known from the
    realised weights and ranges. Population-like scales are drawn; nominal series follow from
    identities.
    """
    t = np.arange(len(years))[None, :]
    seed = s.seed if seed is None else seed
    shock = _Shocks(seed, s.serial, s.spatial, len(years))
    # From a stream of their own: a study without levers keeps its other draws.
    proxies, active = _levers(
        s,
        levers,
        _Shocks(seed, s.serial, s.spatial, len(years) + 1, (s.levers_stream,)),
        len(years),
    )
    development = _development(shock)
    common = 0.015 * np.cumsum(shock.rng.standard_normal((1, len(years))), axis=1)
    ratios = _ratios(s, shock, development, common, t)
    nqp = build_index("nqp", indices["nqp"], ratios, years, years[0]).columns["nqp"]

    controls = {
        name: np.exp(
            c.mean + c.development * development + shock.province(c.between) + shock.error(c.noise)
        )
        for name, c in s.controls.items()
    }
    mechanisms = {
        name: m.mean
        + shock.province(m.between)
        + m.growth * t
        + common
        + m.a * nqp
        + shock.error(m.noise)
        for name, m in s.mechanisms.items()
    }
    for key, process in s.levers.items():
        if levers[key].moves != "direct":
            mechanisms[levers[key].moves] += process.interaction * nqp * active[key]
    integration = _integration(s, shock, development, nqp, years)
    for name, m in s.mechanisms.items():
        integration = integration + m.b * (mechanisms[name] - mechanisms[name].mean())
    for name, c in s.controls.items():
        integration = integration + c.effect * (np.log(controls[name]) - c.mean)
    for key, process in s.levers.items():
        integration = integration + process.level * active[key]
        if levers[key].moves == "direct":
            integration = integration + process.interaction * nqp * active[key]
    measures = {
        name: m.intercept + m.slope * integration + shock.province(m.between) + shock.error(m.noise)
        for name, m in s.measures.items()
    }
    _require_possible(measures)
    # Population, employment and sown area do not grow at constant rates: small shocks, from a
    # stream of their own.
    drift = _Shocks(seed, s.serial, s.spatial, len(years), (s.levers_stream, 2))
    raw = _raw_series(shock, drift, t, ratios, controls, mechanisms, measures)
    # Investment, from a stream of its own: a share of GDP.
    other = _Shocks(seed, s.serial, s.spatial, len(years), (s.levers_stream, 1))
    share = np.clip(s.investment + other.province(0.05) + other.error(0.02), 0.05, 0.9)
    raw["fixed_investment"] = share * raw["gdp"]
    return Draw(raw | proxies, true_effects(s, indices["uri"], levers, measures, years))


def _development(shock: _Shocks) -> Grid:
    """How developed a province is (31, 1): by region and by chance, mean 0 and deviation 1."""
    lift = {"east": 0.9, "central": -0.1, "west": -0.6, "northeast": 0.0}
    level = np.array([[lift[p.region]] for p in PROVINCES]) + shock.province(0.55)
    return np.asarray((level - level.mean()) / level.std())


def _ratios(
    s: Simulation, shock: _Shocks, development: Grid, common: Grid, t: NDArray[np.int64]
) -> dict[str, Grid]:
    """The NQP indicators (31, years), driven by one latent technology."""
    pace = s.latent.growth * (1 + s.latent.growth_spread / s.latent.growth * shock.province(1.0))
    technology = (
        s.latent.development * development + pace * t + common + shock.error(s.latent.noise)
    )
    ratios = {
        name: np.exp(
            i.log_mean + i.loading * technology + shock.province(i.between) + shock.error(i.noise)
        )
        for name, i in s.indicators.items()
    }
    return ratios | {"waste_reuse": np.minimum(ratios["waste_reuse"], 0.99)}


def _integration(
    s: Simulation, shock: _Shocks, development: Grid, nqp: Grid, years: list[int]
) -> Grid:
    """The latent outcome (31, years) before mechanisms, controls and levers."""
    o, t = s.integration, np.arange(len(years))[None, :]
    level = o.mean + o.development * development + shock.province(o.between)
    smooth = level + o.growth * t + s.direct * nqp
    shocked = o.shock_2020 * (np.array(years)[None, :] == 2020)
    return np.asarray(smooth + shocked + shock.error(o.noise))


def _levers(
    s: Simulation, levers: Mapping[str, Lever], shock: _Shocks, years: int
) -> tuple[dict[str, Grid], dict[str, Grid]]:
    """Proxies (31, years) as raw variables, and the levers as they act: of the year that counts,
    less their mean, so that the effects declared elsewhere are those at average levers.

    A year before the first is drawn for the levers that act one year later. The base year is the
    first.
    """
    proxies: dict[str, Grid] = {}
    active: dict[str, Grid] = {}
    t = np.arange(-1, years)[None, :]
    for key, process in s.levers.items():
        proxy, timing = levers[key].variable, levers[key].timing
        assert proxy is not None, f"{key}: checked when the levers were read"
        grid = (
            process.mean
            + shock.province(process.between)
            + process.growth * t
            + shock.error(process.noise)
        )
        proxies[proxy] = grid[:, 1:]
        acting = {
            "base_year": np.repeat(grid[:, 1:2], years, axis=1),
            "lag": grid[:, :-1],
            "current": grid[:, 1:],
        }
        active[key] = acting[timing] - acting[timing].mean()
    return proxies, active


def _require_possible(measures: Mapping[str, Grid]) -> None:
    """Shares must be shares and gaps must be gaps: parameters that break this are refused, not
    clipped."""
    bounds = {
        "urban_rate": (0.05, 0.98),
        "nonfarm_share": (0.05, 0.99),
        "pension_coverage": (0.02, 0.99),
        "income_ratio": (1.05, 6),
        "consumption_ratio": (1.02, 6),
        "road_density": (0.02, 5),
        "fertilizer_intensity": (0.05, 2),
    }
    for name, (low, high) in bounds.items():
        if measures[name].min() < low or measures[name].max() > high:
            raise ValueError(
                f"{name} runs from {measures[name].min():.3f} to {measures[name].max():.3f}, "
                f"outside {low} to {high}"
            )


def _raw_series(
    shock: _Shocks,
    drift: _Shocks,
    t: NDArray[np.int64],
    ratios: Mapping[str, Grid],
    controls: Mapping[str, Grid],
    mechanisms: Mapping[str, Grid],
    measures: Mapping[str, Grid],
) -> dict[str, Grid]:
    """Yearbook series that reproduce the ratios drawn, through accounting identities."""
    r: dict[str, Grid] = {}
    pop = np.exp(
        8.1 + shock.province(0.75) + (0.004 + shock.province(0.004)) * t + drift.error(0.002)
    )
    r["pop"] = pop
    r["urban_pop"] = pop * measures["urban_rate"]
    r["land_area"] = np.repeat(np.exp(2.75 + shock.province(0.9)), t.shape[1], axis=1)
    workers = (
        pop
        * np.clip(0.54 + shock.province(0.03), 0.45, 0.65)
        * np.exp(-0.006 * t + drift.error(0.003))
    )
    r["emp_total"] = workers
    r["emp_primary"] = workers * (1 - measures["nonfarm_share"])
    industry = np.clip(0.38 + shock.province(0.05) - 0.004 * t, 0.2, 0.6)
    r["emp_secondary"] = (workers - r["emp_primary"]) * industry
    r["emp_tertiary"] = workers - r["emp_primary"] - r["emp_secondary"]
    real_gdp = np.exp(mechanisms["efficiency"]) * workers
    r["gdp_index"] = (
        100 * real_gdp / np.concatenate([real_gdp[:, :1] / 1.09, real_gdp[:, :-1]], axis=1)
    )
    inflation = 0.021 + 0.004 * shock.rng.standard_normal(t.shape) + shock.error(0.004)
    inflation[:, 0] = 0.0
    gdp = real_gdp * np.exp(np.cumsum(inflation, axis=1))
    r["gdp"] = gdp
    r["cpi"] = 100 * np.exp(0.020 + 0.003 * shock.rng.standard_normal(t.shape) + shock.error(0.003))
    primary = np.clip(0.10 + shock.province(0.035) - 0.002 * t, 0.01, 0.3) * gdp
    r["va_primary"] = primary
    r["va_secondary"] = (gdp - primary) / (1 + mechanisms["upgrading"])
    r["va_tertiary"] = gdp - primary - r["va_secondary"]
    r["broadband_ports"] = mechanisms["information"] * pop
    r["hospital_beds"] = mechanisms["services"] * pop / 1000
    r["rd_expenditure"] = ratios["rd_intensity"] * gdp
    r["patents"] = ratios["patents_pc"] * pop
    r["hitech_revenue"] = ratios["hitech_share"] * gdp
    r["software_revenue"] = ratios["software_share"] * gdp
    r["ecommerce_sales"] = ratios["ecommerce_share"] * gdp
    r["college_students"] = ratios["students_pc"] * pop / 10000
    r["schooling_years"] = ratios["schooling"]
    r["energy_use"] = ratios["energy_intensity"] * real_gdp
    r["waste_reuse_rate"] = ratios["waste_reuse"]
    r["trade"] = controls["openness"] * gdp
    r["fiscal_expenditure"] = controls["government"] * gdp
    r["loans"] = controls["finance"] * gdp
    rural = 9000 * np.exp(
        0.078 * t
        + 0.6 * (measures["urban_rate"] - measures["urban_rate"].mean())
        + shock.province(0.12)
        + shock.error(0.01)
    )
    r["income_rural"] = rural
    r["income_urban"] = rural * measures["income_ratio"]
    r["consumption_rural"] = rural * np.clip(0.78 + shock.province(0.02), 0.6, 0.9)
    r["consumption_urban"] = r["consumption_rural"] * measures["consumption_ratio"]
    r["highway_km"] = measures["road_density"] * r["land_area"]
    r["pension_participants"] = measures["pension_coverage"] * pop
    sown = np.exp(6.0 + shock.province(0.8)) * np.exp(0.003 * t + drift.error(0.004))
    r["sown_area"] = sown
    r["fertilizer"] = measures["fertilizer_intensity"] * sown
    return r
