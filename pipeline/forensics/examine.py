"""All detectors on one panel."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from pipeline.forensics.breaks import find_breaks, find_precision
from pipeline.forensics.digits import find_digits
from pipeline.forensics.growth import Kind
from pipeline.forensics.identities import find_identities
from pipeline.forensics.identity import broken
from pipeline.forensics.lines import find_extrapolation, find_lines
from pipeline.forensics.repeats import find_repeats
from pipeline.forensics.shifts import find_shifts
from pipeline.forensics.slips import find_slips
from pipeline.forensics.suspicion import Grid, Suspicion
from pipeline.forensics.swaps import find_swaps
from pipeline.forensics.totals import find_missed_totals


def examine(
    values: Mapping[str, Grid],
    kinds: Mapping[str, Kind],
    decimals: Mapping[str, Grid] | None = None,
    totals: Mapping[str, Grid] | None = None,
    together: Mapping[str, Grid] | None = None,
) -> Iterator[tuple[str, Suspicion]]:
    """Every suspicion about the variables of a panel as (variable, suspicion),
    variables in the order given.

    values: (units, years) grids as their files write them; decimals: how many each cell is written
    with; totals: (years,) national totals; together: the same grids in units that can be added up,
    where those differ.
    """
    for name, x in values.items():
        for suspicion in examine_variable(
            x, kinds[name], (decimals or {}).get(name), (totals or {}).get(name)
        ):
            yield name, suspicion
    joint = values if together is None else together
    for identity in find_identities(joint):
        fault = broken(identity, joint)
        if fault is not None:
            yield identity.whole or identity.parts[0], fault


def examine_variable(
    x: Grid, kind: Kind, decimals: Grid | None = None, total: Grid | None = None
) -> list[Suspicion]:
    """What one variable's own numbers say against it."""
    if np.isfinite(x).sum() < 12 or x.shape[1] < 3:
        return []
    breaks = find_breaks(x, kind)
    broken_years = {t for s in breaks if s.code == "break-level" for _, t in s.cells}
    # In and before a year in which everything jumps, neighbours in time say little about a cell.
    uneasy = broken_years | {t - 1 for t in broken_years}
    swaps = [s for s in find_swaps(x, kind) if s.cells[0][1] not in uneasy]
    moved = {cell for s in swaps for cell in s.cells}
    lines = find_lines(x, kind)
    interpolated = {t for s in lines if s.code == "line-year" for _, t in s.cells}
    slips = [
        replace(s, severity="warning") if s.cells[0][1] in uneasy else s
        for s in find_slips(x, kind)
    ]
    slipped = {cell for s in slips for cell in s.cells}
    found = [
        *swaps,
        *(s for s in slips if s.cells[0] not in moved),
        *lines,
        *(s for s in find_extrapolation(x, kind) if not {t for _, t in s.cells} <= interpolated),
        *find_repeats(x),
        *breaks,
        *(
            s
            for s in find_shifts(x, kind)
            if not {s.cells[0], s.cells[-1]} & (moved | slipped) and s.cells[0][1] not in uneasy
        ),
    ]
    if decimals is not None:
        found += [*find_precision(decimals), *find_digits(x, decimals)]
    if total is not None:
        found += find_missed_totals(x, total, kind)
    return found
