"""The functions of the formula grammar on arrays of shape (provinces, years). NaN marks a missing cell.

Proxies of mechanisms (productivity, structure, breaks) are in `proxies/`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.formula.grid import Grid
from pipeline.formula.proxies import breaks, coupling, growth, structure
from pipeline.formula.proxies.frontier import frontier
from pipeline.formula.proxies.malmquist import efficiency_change, malmquist, malmquist_level, technical_change


@dataclass(frozen=True)
class Calendar:
    """The years of the columns and the base year of constant prices."""

    years: tuple[int, ...]
    base_year: int

    @property
    def base(self) -> int:
        return self.years.index(self.base_year)


def lag(x: Grid, k: int = 1) -> Grid:
    """Value k years earlier (k < 0: later); NaN where that year is outside the panel."""
    out = np.full_like(x, np.nan)
    if abs(k) >= x.shape[1]:
        return out
    if k >= 0:
        out[:, k:] = x[:, : x.shape[1] - k]
    else:
        out[:, :k] = x[:, -k:]
    return out


def chain(index: Grid, base: int) -> Grid:
    """Level of a chained index (previous year = 100), 1 in the base year's column."""
    level = np.ones_like(index)
    for t in range(base + 1, index.shape[1]):
        level[:, t] = level[:, t - 1] * index[:, t] / 100
    for t in range(base - 1, -1, -1):
        level[:, t] = level[:, t + 1] / (index[:, t + 1] / 100)
    return level


def winsor(x: Grid, p: float = 0.01) -> Grid:
    """Clip to the pooled p and 1 - p quantiles (linear interpolation between order statistics, R's type 7)."""
    low, high = np.nanquantile(x, [p, 1 - p])
    return np.clip(x, low, high)


def theil(y: list[Grid], p: list[Grid]) -> Grid:
    """Theil index over groups: sum_i (Y_i/Y) ln[(Y_i/Y)/(P_i/P)]; a group with Y_i = 0 adds 0.

    Source: Theil (1967); as rationalisation of industry in Gan, Zheng and Yu (2011).
    """
    ys, ps = np.stack(y), np.stack(p)
    share_y, share_p = ys / ys.sum(axis=0), ps / ps.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(share_y == 0, 0.0, share_y * np.log(share_y / share_p))
    return np.asarray(parts.sum(axis=0))


def stock(investment: Grid, depreciation: float) -> Grid:
    """Perpetual inventory K_t = I_t + (1 - d) K_(t-1), started on its steady state K_0 = I_0 (1 + g) / (g + d).

    g is the province's mean growth of investment over the panel; where g + d <= 0 there is no steady state and the
    stock is infinite, which `evaluate` reports.
    """
    years = investment.shape[1]
    g = (investment[:, -1] / investment[:, 0]) ** (1 / (years - 1)) - 1
    out = np.empty_like(investment)
    out[:, 0] = np.where(g + depreciation > 0, investment[:, 0] * (1 + g) / (g + depreciation), np.inf)
    for t in range(1, years):
        out[:, t] = investment[:, t] + (1 - depreciation) * out[:, t - 1]
    return out


def _at(x: Grid, year: float, calendar: Calendar) -> Grid:
    if int(year) not in calendar.years:
        return np.full_like(x, np.nan)
    return np.repeat(x[:, [calendar.years.index(int(year))]], x.shape[1], axis=1)


def _log(x: Grid) -> Grid:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(x))


def functions(calendar: Calendar) -> dict[str, Callable[..., Grid]]:
    """Name in the grammar -> function on grids."""
    return {
        "log": _log,
        "exp": np.exp,
        "sqrt": lambda x: np.sqrt(np.where(x < 0, np.nan, x)),
        "lag": lambda x, k=1: lag(x, int(k)),
        "lead": lambda x, k=1: lag(x, -int(k)),
        "diff": lambda x: x - lag(x),
        "growth": lambda x: x / lag(x) - 1,
        "at": lambda x, year: _at(x, year, calendar),
        "winsor": winsor,
        "zscore": lambda x: (x - np.nanmean(x)) / np.nanstd(x, ddof=1),
        "real": lambda x, index: x[:, [calendar.base]] * chain(index, calendar.base),
        "deflate": lambda x, index: x / chain(index, calendar.base),
        "theil": theil,
        "stock": stock,
        "solow": growth.solow,
        "malmquist": malmquist,
        "efficiency_change": efficiency_change,
        "technical_change": technical_change,
        "malmquist_level": malmquist_level,
        "frontier": frontier,
        "distortion": growth.distortion,
        "misallocation": growth.misallocation,
        "layer": structure.layer,
        "moore": structure.moore,
        "moore_sum": structure.moore_sum,
        "herfindahl": structure.herfindahl,
        "coupling_degree": coupling.coupling_degree,
        "coordination": coupling.coordination,
        "equality": structure.equality,
        "dual_contrast": structure.dual_contrast,
        "splice": lambda x, year: breaks.splice(x, int(year), calendar.years),
    }
