"""Repairs that the study declares, applied to the raw cells;
every repaired cell keeps what it was and why."""

from collections.abc import Container, Iterator

import numpy as np
import pandas as pd

from pipeline.panel.finding import Finding, Where
from pipeline.panel.provinces import find_province
from pipeline.panel.units import conversion_factor
from pipeline.study import Study
from pipeline.study.schema import Repair

# Province and year.
Place = tuple[int, int]


def apply_repairs(study: Study, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The raw panel with its repairs made in the order of the spec, and what was found:
    repairs that no longer fit their cell.

    Adds the columns `repair` (empty, or actions and reasons) and `before` (the value in the file,
    codebook units). A repair that gives a value to a cell the file lacks adds its row; one that
    takes a value away leaves its row without one. Repairs of all provinces take the nation's row
    along.
    """
    frame = frame.assign(repair="", before=np.nan)
    findings: list[Finding] = []
    original = frame[["province", "year", "variable", "value"]].copy()
    for i, repair in enumerate(study.repairs):
        where = Where(
            file=str(study.paths.specs / "repairs.toml"),
            key=f"repair.{i}",
            variable=repair.variable,
        )
        stale = list(_stale(study, repair, original, where))
        findings += stale
        if repair.action == "confirm" or stale:
            continue
        places = _places(study, repair, frame)
        after = _values(study, repair, frame, places)
        frame = _with_rows(repair, frame, list(after))
        chosen = _rows(repair, frame, after)
        before = frame.loc[chosen, "value"].copy()
        _write(repair, frame, chosen, after)
        findings += _told(repair, frame[chosen], before, where)
    return frame, findings


def _rows(repair: Repair, frame: pd.DataFrame, places: Container[Place]) -> pd.Series:
    """Which rows hold the repair's variable in one of the places."""
    keys = zip(frame["province"], frame["year"], frame["variable"], strict=True)
    rows = [(p, y) in places and v == repair.variable for p, y, v in keys]
    return pd.Series(rows, frame.index, dtype=bool)


def _write(
    repair: Repair, frame: pd.DataFrame, chosen: pd.Series, after: dict[Place, float]
) -> None:
    """Put the new values into the chosen rows, beside what the file holds and the reason."""
    rows = frame.loc[chosen]
    untouched = rows["repair"] == ""
    note = f"{repair.action}: {repair.reason}" + (f" ({repair.source})" if repair.source else "")
    keys = zip(rows["province"], rows["year"], strict=True)
    frame.loc[chosen, "before"] = rows["before"].where(~untouched, rows["value"])
    frame.loc[chosen, "value"] = [after[key] for key in keys]
    frame.loc[chosen, "repair"] = [f"{old}; {note}" if old else note for old in rows["repair"]]


def _codes(repair: Repair) -> list[int]:
    return [p.code for name in repair.provinces if (p := find_province(name)) is not None]


def _places(study: Study, repair: Repair, frame: pd.DataFrame) -> list[Place]:
    """The province-years that a repair is about;
    those of all provinces include the nation's, where the file has it."""
    codes = _codes(repair) or [p.code for p in study.provinces]
    national = frame.loc[frame["province"] == 0, "variable"]
    if not repair.provinces and (national == repair.variable).any():
        codes = [0, *codes]
    return [(c, y) for c in codes for y in repair.years or study.years]


def _stale(study: Study, repair: Repair, original: pd.DataFrame, where: Where) -> Iterator[Finding]:
    """Whether the file still holds what the repair corrects; `found` is in the file's unit."""
    places = set(_places(study, repair, original))
    cells = original[_rows(repair, original, places)]
    variable = study.codebook[repair.variable]
    factor = conversion_factor(variable.unit, variable.source_unit) or 1.0
    stored = cells["value"] * factor
    if cells.empty and (repair.action != "set" or repair.found is not None):
        yield Finding(
            "repair-stale",
            "error",
            where,
            "no such cell in the source files",
            "a cell to repair",
            "correct province, year or variable, or remove the repair",
        )
    elif repair.found is not None and not np.isclose(stored, repair.found, rtol=1e-6, atol=0).all():
        shown = ", ".join(f"{v:g}" for v in stored[:3])
        yield Finding(
            "repair-stale",
            "error",
            where,
            f"the cell holds {shown}",
            f"{repair.found:g}, as `found` says",
            "the file was corrected: remove the repair",
        )


def _with_rows(repair: Repair, frame: pd.DataFrame, places: list[Place]) -> pd.DataFrame:
    mine = frame[frame["variable"] == repair.variable]
    there = set(zip(mine["province"], mine["year"], strict=True))
    new = [
        {
            "province": c,
            "year": y,
            "variable": repair.variable,
            "value": np.nan,
            "text": "",
            "file": "repairs.toml",
            "sheet": "",
            "cell": "",
            "flag": "",
            "repair": "",
            "before": np.nan,
        }
        for c, y in places
        if (c, y) not in there
    ]
    return pd.concat([frame, pd.DataFrame(new)], ignore_index=True) if new else frame


def _values(
    study: Study, repair: Repair, frame: pd.DataFrame, places: list[Place]
) -> dict[Place, float]:
    """Place -> its new value, for the places whose value changes hands or is given;
    NaN where there is none to take."""
    mine = frame[frame["variable"] == repair.variable]
    there = zip(mine["province"], mine["year"], strict=True)
    stored = dict(zip(there, mine["value"].astype(float), strict=True))
    match repair.action:
        case "set":
            assert repair.value is not None
            return {place: float(repair.value) for place in places}
        case "drop":
            return {place: float("nan") for place in places if place in stored}
        case "scale":
            assert repair.factor is not None
            return {
                place: stored[place] * float(repair.factor) for place in places if place in stored
            }
        case "shift":
            assert repair.by is not None
            moved = {(c, y): stored.get((c, y - repair.by), float("nan")) for c, y in places}
        case _:
            order = _codes(repair)
            following = dict(zip(order, [*order[1:], order[0]], strict=True))
            moved = {(c, y): stored.get((following[c], y), float("nan")) for c, y in places}
    return {place: value for place, value in moved.items() if place in stored or np.isfinite(value)}


def _told(
    repair: Repair, cells: pd.DataFrame, before: pd.Series, where: Where
) -> Iterator[Finding]:
    changed = int((~np.isclose(cells["value"], before, rtol=1e-12, equal_nan=True)).sum())
    lost = int((cells["value"].isna() & before.notna()).sum()) if repair.action != "drop" else 0
    more = (
        f"; {lost} are empty now, as nothing stood where their value should come from"
        if lost
        else ""
    )
    yield Finding(
        "repaired",
        "note",
        where,
        f"{changed} cell{'s' if changed != 1 else ''} repaired ({repair.action}): "
        f"{repair.reason}{more}",
        "sources without errors",
        "nothing to do: repairs.toml says why",
    )
