"""Growth accounting: the Solow residual, and how far factors are from where their returns are
equal."""

import numpy as np

from pipeline.formula.grid import Grid, settle


@np.errstate(all="ignore")
def solow(y: Grid, k: Grid, labour: Grid, alpha: float) -> Grid:
    """Total factor productivity in logarithms: ln A = ln Y - alpha ln K - (1 - alpha) ln L.

    Units: any, the same over time; y and k in constant prices. The level moves with the units,
    differences between provinces and years do not. Data: output, capital stock, labour, all
    positive (else undefined).
    Missing: a cell without one of the three has no residual. Source: Solow (1957), constant returns
    to scale.
    """
    return settle(np.log(y) - alpha * np.log(k) - (1 - alpha) * np.log(labour), y, k, labour)


@np.errstate(all="ignore")
def distortion(y: Grid, factor: Grid, elasticity: Grid | None = None) -> Grid:
    """Relative distortion of a factor's price, gamma_i = (F_i/F) / (s_i beta_i / beta),
    by year across provinces.

    s_i = Y_i/Y is the province's share of output, beta_i its output elasticity of the factor and
    beta = sum_i s_i beta_i.
    Without `elasticity` it is common to all provinces and cancels: neither its size nor the other
    factor matters.
    Above 1: more of the factor than its contribution warrants (as if it were cheap there); below 1:
    less.
    Units: any; y in current prices, as shares of output are meant. Data: all positive (else
    undefined).
    Missing: the province is left out of that year's totals, so the others' values refer to fewer
    provinces.
    Source: Chen and Hu (2011, 陈永伟、胡伟民, China Economic Quarterly 10(4)), after Hsieh and
    Klenow (2009).
    """
    given = (y, factor) if elasticity is None else (y, factor, elasticity)
    used = (np.stack(given) > 0).all(axis=0)
    pay = np.where(used, y if elasticity is None else y * elasticity, 0.0)
    amount = np.where(used, factor, 0.0)
    return settle(
        np.where(used, (amount / amount.sum(axis=0)) / (pay / pay.sum(axis=0)), np.nan), *given
    )


@np.errstate(all="ignore")
def misallocation(y: Grid, factor: Grid, elasticity: Grid | None = None) -> Grid:
    """Index of misallocation |tau_i| of a factor, tau_i = 1/gamma_i - 1 with gamma_i of
    `distortion`; 0 is none.

    Capital: misallocation(gdp, capital); labour: misallocation(gdp, labour). Units, data, missing
    cells and source as `distortion`; the absolute value as index: Bai and Liu (2018,
    白俊红、刘宇英, China Industrial Economics).
    """
    gamma = distortion(y, factor, elasticity)
    return np.where(np.isinf(gamma), np.inf, np.abs(1 / gamma - 1))
