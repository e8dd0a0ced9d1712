"""Repairs that the study declares, applied to the raw cells; every repaired cell keeps what it was and why."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.panel.finding import Finding, Where
from pipeline.panel.provinces import find_province
from pipeline.study import Study
from pipeline.study.schema import Repair


def apply_repairs(study: Study, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The raw panel with its repairs made, and what was found on the way: repairs that no longer fit their cell.

    Adds the columns `repair` (empty, or action and reason) and `before` (the value in the file, codebook units). Cells that
    a repair drops keep their row with a missing value; cells that `set` fills where the file has none get a row of their own.
    """
    frame = frame.assign(repair="", before=np.nan)
    findings: list[Finding] = []
    for i, repair in enumerate(study.repairs):
        rows = _rows(study, repair, frame)
        where = Where(file=str(study.paths.specs / "repairs.toml"), key=f"repair.{i}", variable=repair.variable)
        findings += _stale(repair, frame[rows], where)
        if repair.action == "confirm" or any(f.where == where for f in findings):
            continue
        if repair.action == "set":
            frame = _with_missing_rows(study, repair, frame)
            rows = _rows(study, repair, frame)
        before = frame.loc[rows, "value"].copy()
        after = _values(study, repair, frame, rows)
        untouched = frame.loc[rows, "repair"] == ""
        frame.loc[rows, "before"] = frame.loc[rows, "before"].where(~untouched, before)
        frame.loc[rows, "value"] = after
        note = f"{repair.action}: {repair.reason}" + (f" ({repair.source})" if repair.source else "")
        frame.loc[rows, "repair"] = [f"{old}; {note}" if old else note for old in frame.loc[rows, "repair"]]
        findings += _told(repair, frame[rows], before, where)
    return frame, findings


def _codes(repair: Repair) -> list[int]:
    return [p.code for name in repair.provinces if (p := find_province(name)) is not None]


def _rows(study: Study, repair: Repair, frame: pd.DataFrame) -> pd.Series:
    codes = _codes(repair) or [p.code for p in study.provinces]
    return ((frame["variable"] == repair.variable) & frame["province"].isin(codes)
            & frame["year"].isin(repair.years or study.years))  # fmt: skip


def _stale(repair: Repair, cells: pd.DataFrame, where: Where) -> Iterator[Finding]:
    if cells.empty and repair.action != "set":
        yield Finding("repair-stale", "error", where, "no such cell in the source files", "a cell to repair",
                      "correct province, year or variable, or remove the repair")  # fmt: skip
    elif repair.found is not None and not np.isclose(cells["value"], repair.found, rtol=1e-6).all():
        shown = ", ".join(f"{v:g}" for v in cells["value"][:3])
        yield Finding("repair-stale", "error", where, f"the cell holds {shown}", f"{repair.found:g}, as `found` says",
                      "the file was corrected: remove the repair")  # fmt: skip


def _with_missing_rows(study: Study, repair: Repair, frame: pd.DataFrame) -> pd.DataFrame:
    there = set(
        zip(
            frame.loc[_rows(study, repair, frame), "province"],
            frame.loc[_rows(study, repair, frame), "year"],
            strict=True,
        )
    )
    new = [{"province": c, "year": y, "variable": repair.variable, "value": np.nan, "text": "", "file": "repairs.toml",
            "sheet": "", "cell": "", "flag": "", "repair": "", "before": np.nan}
           for c in _codes(repair) for y in repair.years if (c, y) not in there]  # fmt: skip
    return pd.concat([frame, pd.DataFrame(new)], ignore_index=True) if new else frame


def _values(study: Study, repair: Repair, frame: pd.DataFrame, rows: pd.Series) -> pd.Series:
    """The new values of the rows, in their order."""
    cells = frame[rows]
    if repair.action == "set":
        return pd.Series(float(repair.value or 0.0), cells.index)
    if repair.action == "drop":
        return pd.Series(np.nan, cells.index)
    if repair.action == "scale":
        return cells["value"] * float(repair.factor or 1.0)
    whole = frame[frame["variable"] == repair.variable]
    stored = dict(zip(zip(whole["province"], whole["year"], strict=True), whole["value"], strict=True))
    if repair.action == "shift":
        places = [(p, y - int(repair.by or 0)) for p, y in zip(cells["province"], cells["year"], strict=True)]
    else:
        order = _codes(repair)
        following = dict(zip(order, [*order[1:], order[0]], strict=True))
        places = [(following[p], y) for p, y in zip(cells["province"], cells["year"], strict=True)]
    return pd.Series([stored.get(place, np.nan) for place in places], cells.index)


def _told(repair: Repair, cells: pd.DataFrame, before: pd.Series, where: Where) -> Iterator[Finding]:
    changed = int((~np.isclose(cells["value"], before, rtol=1e-12, equal_nan=True)).sum())
    yield Finding("repaired", "note", where, f"{changed} cell{'s' if changed != 1 else ''} repaired ({repair.action}): {repair.reason}",
                  "sources without errors", "nothing to do: repairs.toml says why")  # fmt: skip
