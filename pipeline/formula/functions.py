"""The functions of the formula grammar on arrays of shape (provinces, years).

NaN marks a missing cell.

Proxies of mechanisms (productivity, structure, breaks) are in `proxies/`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.formula.grid import Grid, settle
from pipeline.formula.proxies import breaks, coupling, growth, structure
from pipeline.formula.proxies.frontier import frontier
from pipeline.formula.proxies.malmquist import (
    efficiency_change,
    malmquist,
    malmquist_level,
    technical_change,
)


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
    """Clip to the pooled p and 1 - p quantiles (linear interpolation between order statistics,
    R's type 7)."""
    low, high = np.nanquantile(x, [p, 1 - p])
    return np.clip(x, low, high)


def zscore(x: Grid) -> Grid:
    """Deviation from the mean of all cells over their standard deviation (divisor n - 1);
    of a constant undefined."""
    known = x[np.isfinite(x)]
    if known.size < 2 or np.ptp(known) <= 1e-12 * np.abs(known).max():
        return settle(np.full_like(x, np.nan), x)
    return np.asarray((x - np.nanmean(x)) / np.nanstd(x, ddof=1))


@np.errstate(divide="ignore", invalid="ignore")
def theil(y: list[Grid], p: list[Grid]) -> Grid:
    """Theil index over groups: sum_i (Y_i/Y) ln[(Y_i/Y)/(P_i/P)]; a group with Y_i = 0 adds 0.

    Missing where a part is; undefined where a part is negative, all Y_i or all P_i are 0, or P_i
    alone is.
    Source: Theil (1967); as rationalisation of industry in Gan, Zheng and Yu (2011).
    """
    ys, ps = np.stack(y), np.stack(p)
    share_y, share_p = ys / ys.sum(axis=0), ps / ps.sum(axis=0)
    parts = np.where(share_y == 0, 0.0, share_y * np.log(share_y / share_p))
    negative = ((ys < 0) | (ps < 0)).any(axis=0)
    return settle(np.where(negative, np.nan, parts.sum(axis=0)), *y, *p)


@np.errstate(all="ignore")
def stock(investment: Grid, depreciation: float) -> Grid:
    """Perpetual inventory K_t = I_t + (1 - d) K_(t-1), started on its steady state K_0 = I_0 (1 +
    g) / (g + d).

    g is the province's mean growth of investment over the panel. Without investment in the first or
    last year there is no g, and the province's stock is missing; a year missing between them makes
    it missing from there on. Undefined where nothing is missing and there is no steady state: I_0
    <= 0, a negative last year, or g + d <= 0.
    """
    years = investment.shape[1]
    first, last = investment[:, 0], investment[:, -1]
    g = (last / first) ** (1 / (years - 1)) - 1
    out = np.empty_like(investment)
    out[:, 0] = np.where(
        (first > 0) & (g + depreciation > 0), first * (1 + g) / (g + depreciation), np.nan
    )
    for t in range(1, years):
        out[:, t] = investment[:, t] + (1 - depreciation) * out[:, t - 1]
    return settle(out, np.cumsum(investment, axis=1), np.repeat(last[:, None], years, axis=1))


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
        "zscore": zscore,
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
