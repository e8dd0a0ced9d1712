"""The Malmquist index of productivity from data envelopment analysis:
contemporaneous frontiers, constant returns."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_diag

from pipeline.formula.grid import Grid, accumulate, settle


class Changes(NamedTuple):
    """The two parts between t - 1 and t, in column t;
    the province-years whose amounts are all there and positive."""

    efficiency: Grid
    technical: Grid
    present: NDArray[np.bool_]


def distances(
    units: tuple[NDArray[np.float64], NDArray[np.float64]],
    peers: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Output distance D of each unit to the frontier of the peers, constant returns;
    at most 1 within it.

    1/D = max phi with sum_j l_j x_j <= x and sum_j l_j y_j >= phi y, l >= 0. Shapes: x (inputs,
    units), y (outputs, units) and the same of the peers; the units' amounts positive. All programs
    are solved as one, which separates into them.
    Raises ValueError where the solver gives up. Source: Fare, Grosskopf, Norris and Zhang (1994,
    section I).
    """
    (x, y), (peer_x, peer_y) = units, peers
    # Every row divided by the unit's own amount: the program does not depend on units of
    # measurement.
    blocks = [
        np.block(
            [
                [np.zeros((len(x), 1)), peer_x / x[:, [i]]],
                [np.ones((len(y), 1)), -peer_y / y[:, [i]]],
            ]
        )
        for i in range(x.shape[1])
    ]
    limits = np.tile(np.r_[np.ones(len(x)), np.zeros(len(y))], len(blocks))
    phi = np.tile(np.arange(1 + peer_x.shape[1]) == 0, len(blocks))
    solved = linprog(-1.0 * phi, A_ub=block_diag(blocks, format="csc"), b_ub=limits, method="highs")
    if not solved.success:
        raise ValueError(
            f"the linear programs of the Malmquist index have no solution: {solved.message}"
        )
    return np.asarray(1 / solved.x[phi])


@np.errstate(all="ignore")
def changes(inputs: list[Grid], outputs: list[Grid]) -> Changes:
    """Efficiency change D_t(t) / D_(t-1)(t-1) and technical change, as in `technical_change`.

    A province-year that is not there, or has a zero, is neither evaluated nor a peer of the others
    in that year.
    """
    x, y = np.stack(inputs), np.stack(outputs)
    present = np.asarray(
        (np.concatenate([x, y]) > 0).all(axis=0) & np.isfinite([*x, *y]).all(axis=0)
    )

    def distance(t: int, frontier: int) -> NDArray[np.float64]:
        out = np.full(len(present), np.nan)
        at, peers = present[:, t], present[:, frontier]
        if at.any() and peers.any():
            out[at] = distances(
                (x[:, at, t], y[:, at, t]), (x[:, peers, frontier], y[:, peers, frontier])
            )
        return out

    efficiency, technical = np.full((2, *present.shape), np.nan)
    before = distance(0, 0)
    for t in range(1, present.shape[1]):
        now = distance(t, t)
        efficiency[:, t] = now / before
        technical[:, t] = np.sqrt(distance(t, t - 1) / now * before / distance(t - 1, t))
        before = now
    return Changes(efficiency, technical, present)


def _marked(change: Grid, found: Changes, inputs: list[Grid], outputs: list[Grid]) -> Grid:
    """The change, infinite in the cells that are there but hold a zero or less."""
    return np.where(
        np.isinf(settle(np.where(found.present, 1.0, np.nan), *inputs, *outputs)), np.inf, change
    )


def malmquist(inputs: list[Grid], outputs: list[Grid]) -> Grid:
    """Malmquist index of total factor productivity between t - 1 and t; above 1 = growth. EC x TC.

    M_t = [ D_(t-1)(t) / D_(t-1)(t-1)  x  D_t(t) / D_t(t-1) ]^(1/2), D_s(t) the output distance of
    year t's province to the frontier of year s. Units: any, fixed over time, outputs in constant
    prices. Data: malmquist([capital, labour], [gdp]) and the like, all positive (else undefined,
    and no peer in that year).
    Missing: none in the first year, nor in a year whose own or previous amounts are not all there;
    such a province-year is left out of the year's frontier, which can move the others'.
    Source: Fare, Grosskopf, Norris and Zhang (1994), constant returns, output-oriented.
    """
    found = changes(inputs, outputs)
    return _marked(found.efficiency * found.technical, found, inputs, outputs)


def efficiency_change(inputs: list[Grid], outputs: list[Grid]) -> Grid:
    """Catching up, EC_t = D_t(t) / D_(t-1)(t-1), the first part of `malmquist`;
    its units, data and missing cells."""
    found = changes(inputs, outputs)
    return _marked(found.efficiency, found, inputs, outputs)


def technical_change(inputs: list[Grid], outputs: list[Grid]) -> Grid:
    """Shift of the frontier, TC_t = [ D_(t-1)(t) / D_t(t)  x  D_(t-1)(t-1) / D_t(t-1) ]^(1/2),
    the second part.

    Units, data, missing cells and source as `malmquist`.
    """
    found = changes(inputs, outputs)
    return _marked(found.technical, found, inputs, outputs)


def malmquist_level(inputs: list[Grid], outputs: list[Grid]) -> Grid:
    """Product of `malmquist` since the province's first year, which is 1:
    a level that can be compared over time only.

    Units, data and source as `malmquist`. Missing: a gap ends the chain, as the change across it is
    not known.
    """
    found = changes(inputs, outputs)
    level = accumulate(np.multiply, found.efficiency * found.technical, found.present)
    return _marked(level, found, inputs, outputs)
