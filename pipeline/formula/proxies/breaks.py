"""Series whose price base or definition breaks in a year: the parts joined at the break."""

import numpy as np

from pipeline.formula.grid import Grid


@np.errstate(all="ignore")
def splice(x: Grid, year: int, years: tuple[int, ...]) -> Grid:
    """Join a level series at a break: the part before `year` times the factor that gives the break
    year usual growth.

    With growth g_t = ln(x_t / x_(t-1)), the factor is exp(g_b - (g_(b-1) + g_(b+1)) / 2) in each
    province: growth in the break year b is set to the mean growth of the two adjoining years, or to
    the only one where the panel has one. That is an assumption: real growth in the break year is
    not in the data. Levels from b on stay as published, so the result is in units of the last
    definition. Several breaks: splice(splice(x, 2016), 2021), at least three years apart, as nearer
    ones would take a break for usual growth.
    A year with nothing before it in the panel changes nothing.
    Units: any. Data: positive in the years b-2 to b+1 (else undefined there). Missing: without the
    years b-1 and b, or without both adjoining growths, a province has no factor and no value before
    the break.
    Telecom volume in China: prices of 2010 from 2011, of 2015 from 2016 (in later yearbooks), of
    2020 in 2021 and of the year before in every year from 2022: those later levels have no growth
    to join by, so use revenue there.
    """
    out = x.copy()
    if year not in years or year == years[0]:
        return out
    b = years.index(year)
    first = max(b - 2, 0)
    window = x[:, first : b + 2]
    growth = np.diff(np.log(window), axis=1)
    usual = np.delete(growth, b - 1 - first, axis=1)
    mean = np.nansum(usual, axis=1) / np.isfinite(usual).sum(axis=1)
    factor = np.exp(growth[:, b - 1 - first] - mean)
    outside = window <= 0
    factor[outside.any(axis=1)] = np.nan
    out[:, :b] *= factor[:, None]
    out[:, first : b + 2][outside] = np.inf
    return out
