"""What files offer: every series with its units, years and numbers, and what is wrong with them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.forensics.suspicion import Grid
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.places import Place, find_place
from pipeline.panel.prefectures import ambiguous, find_prefecture, former_name, nearest_prefectures
from pipeline.panel.provinces import BY_CODE, nearest_names
from pipeline.panel.units import conversion_factor
from pipeline.reading.cells import CellError, fold, parse_number, parse_quantity, split_heading
from pipeline.reading.containers import FORMATS, read_sheets
from pipeline.reading.series import Contents, Series, read_series


@dataclass(frozen=True)
class Offer:
    """One series that the files offer.

    level:  what its units are: province, prefecture or county
    codes:  GB/T 2260 codes of its units, the rows of `values`; years: its columns
    values: numbers as the file writes them; national: (years,) the nation's
    series: the cells it was read from; pieces: of other tables of the file that go on with it
    """

    file: str
    sheet: str
    heading: str
    names: tuple[str, ...]
    unit: str | None
    titled: bool
    level: str
    codes: tuple[int, ...]
    years: tuple[int, ...]
    values: Grid
    national: Grid
    series: Series
    pieces: tuple[Series, ...] = ()

    @property
    def filled(self) -> float:
        """Share of cells that hold a number."""
        return float(np.isfinite(self.values).mean())

    @property
    def label(self) -> str:
        """What the nearest heading calls it, without the unit."""
        return split_heading(self.names[0])[0]


@dataclass
class Survey:
    """All that was offered and found."""

    offers: list[Offer] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def find_files(paths: list[Path]) -> list[Path]:
    """Files named, and those below folders named, in order;
    Rejected where nothing is there that could be read."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        found += [
            p
            for p in inside
            if not path.is_dir()
            or (p.suffix.lower() in FORMATS and not p.name.startswith(("~$", ".")))
        ]
    if not found:
        shown = ", ".join(map(str, paths)) or "nothing"
        raise Rejected(
            [
                Finding(
                    "no-files",
                    "error",
                    Where(file=shown),
                    "no data file",
                    f"files ending in {' '.join(FORMATS)}",
                    'name files or folders: make import FILES="a.xlsx folder" STUDY=mine',
                )
            ]
        )
    return list(dict.fromkeys(found))


def survey(paths: list[Path], root: Path | None = None) -> Survey:
    """Read every file; names are relative to `root` where the files lie below it."""
    out = Survey()
    for path in paths:
        name = (
            path.relative_to(root).as_posix()
            if root is not None and path.is_relative_to(root)
            else path.name
        )
        out.files.append(name)
        try:
            contents = read_series(read_sheets(path))
        except Rejected as rejected:
            out.findings += rejected.findings
            continue
        _take(out, contents, name, path.name)
    return out


def _take(out: Survey, contents: Contents, name: str, short: str) -> None:
    told: set[tuple[str, str]] = set()
    for unread in contents.unread:
        if (f"{unread.file} {unread.sheet}", unread.text) in told:
            continue
        told.add((f"{unread.file} {unread.sheet}", unread.text))
        where = Where(file=unread.file, sheet=unread.sheet, cell=unread.cell or None)
        if unread.kind == "year":
            out.findings.append(
                Finding(
                    "not-a-year",
                    "warning",
                    where,
                    f"`{unread.text}`" if unread.text else "an empty cell",
                    "a year such as 2011 or 2011年",
                    "correct the cell",
                )
            )
        elif unread.kind in ("heading", "label"):
            out.findings.append(
                Finding(
                    "no-heading",
                    "warning",
                    where,
                    unread.text,
                    "a heading above every column",
                    "write one, or delete the column",
                )
            )
        else:
            out.findings.append(
                Finding(
                    "table-unread",
                    "warning",
                    where,
                    unread.text,
                    "a table with provinces and years",
                    "say the year or the province in a title above the table or in "
                    "the sheet's name",
                )
            )
    for series in contents.series:
        offer = _offer(series, name + series.file.removeprefix(short), out.findings, told)
        if offer is not None:
            _join(out.offers, offer)
    for table in contents.tables:
        counts = {c: n for c, n in table.sheet.formulas.items() if n >= 0.5 * len(table.rows)}
        if counts and ("formulas", table.sheet.name) not in told:
            told.add(("formulas", table.sheet.name))
            heads = [
                split_heading(c.names[0])[0] for c in table.columns if c.index in counts and c.names
            ]
            out.findings.append(
                Finding(
                    "formula-columns",
                    "note",
                    Where(file=table.sheet.file, sheet=table.sheet.name),
                    f"columns reckoned by formulas: {', '.join(heads[:8])}",
                    "numbers as the source published them",
                    "prefer the columns they are made from; an error in one of those "
                    "is in these too",
                )
            )


def _join(offers: list[Offer], new: Offer) -> None:
    """Add an offer, or join it to one of the same file, heading and unit whose cells are others: a
    table a year, a sheet a province, halves side by side are one series in pieces."""
    for k, old in enumerate(offers):
        if (old.file, old.names, old.unit, old.level, old.titled) != (
            new.file,
            new.names,
            new.unit,
            new.level,
            new.titled,
        ):
            continue
        codes, years = sorted({*old.codes, *new.codes}), sorted({*old.years, *new.years})
        grids = [np.full((len(codes), len(years)), np.nan) for _ in range(2)]
        national = [np.full(len(years), np.nan) for _ in range(2)]
        for part, grid, nation in zip((old, new), grids, national, strict=True):
            grid[
                np.ix_([codes.index(c) for c in part.codes], [years.index(y) for y in part.years])
            ] = part.values
            nation[[years.index(y) for y in part.years]] = part.national
        if not (np.isfinite(grids[0]) & np.isfinite(grids[1])).any():
            values, total = (np.where(np.isfinite(a), a, b) for a, b in (grids, national))
            pieces = (*old.pieces, new.series)
            offers[k] = replace(
                old,
                codes=tuple(codes),
                years=tuple(years),
                values=values,
                national=total,
                pieces=pieces,
            )
            return
    offers.append(new)


def _offer(
    series: Series, file: str, findings: list[Finding], told: set[tuple[str, str]]
) -> Offer | None:
    """The series on a grid of its units and years; None where it holds no numbers."""
    numbers, unit = to_numbers(series, findings)
    places = [find_place(text) for text in series.places]
    kinds = Counter(
        p.kind for p in places if p is not None and p.kind in ("province", "prefecture", "county")
    )
    if not np.isfinite(numbers).any():
        return None
    if not kinds:
        findings.append(
            Finding(
                "no-units",
                "warning",
                Where(file=series.file, sheet=series.sheet, cell=series.heading),
                "none of the labels is a province, prefecture or county: "
                f"{', '.join(series.places[:5])}",
                "names or codes of units",
                "see whether another column holds them",
            )
        )
        return None
    level = max(kinds, key=lambda k: (kinds[k], k == "province"))
    findings += _unknown(series, places, level, told)
    code = np.array(
        [p.code if p is not None and p.kind in (level, "nation") else -1 for p in places],
        dtype=np.int64,
    )[series.place]
    known = (code >= 0) & (series.year > 0)
    years = np.unique(series.year[known])
    codes = np.unique(code[known & (code > 0)])
    if not len(codes) or not len(years):
        return None
    findings += _twice(series, code, known, told)
    grid = np.full((len(codes) + 1, len(years)), np.nan)
    rows = np.where(code == 0, len(codes), np.searchsorted(codes, code))
    # The first of two cells of one place and year counts, as in a study.
    order = np.flatnonzero(known)[::-1]
    grid[rows[order], np.searchsorted(years, series.year[order])] = numbers[order]
    return Offer(
        file,
        series.sheet,
        series.heading,
        series.names,
        unit,
        series.titled,
        level,
        tuple(map(int, codes)),
        tuple(map(int, years)),
        grid[:-1],
        grid[-1],
        series,
    )


def to_numbers(series: Series, findings: list[Finding]) -> tuple[Grid, str | None]:
    """The cells as numbers, NaN where missing, and their unit:
    the heading's, else the one most cells carry themselves.

    A cell with a unit of its own is converted; what is no number, or of another dimension, is told
    once a series.
    """
    cells = series.cells
    numbers = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").to_numpy(float).copy()
    odd: dict[str, list[tuple[int, str]]] = {"not-a-number": [], "unit-mixed": []}
    slow = [
        (k, _slow(cells[k], series.unit)) for k in map(int, np.flatnonzero(~np.isfinite(numbers)))
    ]
    inside = Counter(value[1] for _, value in slow if isinstance(value, tuple))
    unit = series.unit or (inside.most_common(1)[0][0] if inside else None)
    for k, value in slow:
        numbers[k] = np.nan
        if isinstance(value, tuple):
            factor = conversion_factor(value[1], unit) if unit else None
            numbers[k] = np.nan if factor is None else value[0] * factor
            if factor is None:
                odd["unit-mixed"].append((k, f"`{fold(cells[k])}` among numbers in {unit}"))
        elif isinstance(value, str):
            odd["not-a-number"].append((k, value))
        else:
            numbers[k] = np.nan if value is None else value
    for code, cases in odd.items():
        if cases and (np.isfinite(numbers).any() or series.unit):
            more = f", and {len(cases) - 1} more" if len(cases) > 1 else ""
            where = Where(file=series.file, sheet=series.sheet, cell=series.address(cases[0][0]))
            findings.append(
                Finding(
                    code,
                    "warning",
                    where,
                    cases[0][1] + more,
                    "a number, or an empty cell",
                    "type the number, or empty the cell",
                )
            )
    return numbers, unit


def _slow(cell: Any, unit: str | None) -> float | str | tuple[float, str] | None:
    """The number in a cell, None for a missing mark, number and unit where it holds both,
    else what it is."""
    try:
        return parse_number(cell, percent=unit == "%")
    except CellError as error:
        return parse_quantity(cell) or str(error)


def _unknown(
    series: Series, places: list[Place | None], level: str, told: set[tuple[str, str]]
) -> Iterator[Finding]:
    """Names of no place: proposals by likeness, the fate of former prefectures,
    and romanised names that two units share."""
    for i, (text, place) in enumerate(zip(series.places, places, strict=True)):
        shared = (
            place is not None
            and place.kind == "province"
            and level == "prefecture"
            and find_prefecture(f"{text}市") is not None
        )
        if (
            place is not None
            and place.kind in (level, "nation", "region", "province")
            and not shared
        ):
            continue
        if ("place", text) in told:
            continue
        told.add(("place", text))
        where = Where(
            file=series.file,
            sheet=series.sheet,
            cell=series.place_address(int(np.flatnonzero(series.place == i)[0])),
        )
        count = int((series.place == i).sum())
        shown = (
            f"`{text}` ({count} cell{'s' if count > 1 else ''})"
            if text
            else "an empty cell where the place should be"
        )
        if place is not None:
            yield Finding(
                "other-level",
                "note",
                where,
                f"{shown} is a {place.kind}",
                f"a {level}",
                "the row is left out",
            )
            continue
        if changes := former_name(text):
            fate = "; ".join(f"{c.kind} into {c.zh_new} in {c.year}" for c in changes[:3])
            yield Finding(
                "former-name",
                "error",
                where,
                f"{shown}: {fate}",
                "units that exist in all years",
                "join the years under the later name; where a unit was merged or split, "
                "see its note in prefecture_history.csv",
            )
            continue
        if namesakes := ambiguous(text):
            yield Finding(
                "ambiguous-name",
                "error",
                where,
                f"{shown} is {' or '.join(p.zh_full for p in namesakes)}",
                "one unit",
                "write the Chinese name or the code",
            )
            continue
        close = nearest_names(text) if level == "province" else nearest_prefectures(text)
        remedy = (
            f"did you mean {' or '.join(close)}? Correct the name in every row"
            if close
            else "correct the name, or delete the row"
        )
        yield Finding("unknown-place", "error", where, shown, f"the name of a {level}", remedy)


def _twice(series: Series, code: Any, known: Any, told: set[tuple[str, str]]) -> Iterator[Finding]:
    """One place and year in two cells of a series."""
    keys = code[known] * 10_000 + series.year[known]
    unique, first, counts = np.unique(keys, return_index=True, return_counts=True)
    again = np.flatnonzero(counts > 1)
    if not len(again) or ("twice", f"{series.file} {series.sheet} {len(again)}") in told:
        return
    told.add(("twice", f"{series.file} {series.sheet} {len(again)}"))
    at = int(np.flatnonzero(known)[first[again[0]]])
    place, year = divmod(int(unique[again[0]]), 10_000)
    name = BY_CODE[place].en if place in BY_CODE else str(place)
    yield Finding(
        "duplicate",
        "error",
        Where(
            file=series.file,
            sheet=series.sheet,
            cell=series.address(at),
            province=name,
            year=year,
            variable=fold(series.names[0]),
        ),
        f"{len(again)} places and years stand twice in this series",
        "each once",
        "delete the repeated rows, or correct the year or name",
    )
