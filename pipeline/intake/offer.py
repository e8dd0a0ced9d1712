"""What files offer: every series with its units, years and numbers, and what is wrong with them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from pipeline.forensics.suspicion import Grid
from pipeline.intake.cell_numbers import to_numbers
from pipeline.intake.place_findings import twice, unknown_places
from pipeline.intake.told import Told
from pipeline.panel.characters import one_line, visible
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.places import Place, find_place
from pipeline.reading.body import Unread
from pipeline.reading.cells import split_heading
from pipeline.reading.containers import FORMATS, read_sheets
from pipeline.reading.series import Contents, Series, read_series
from pipeline.reading.table import Table


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
    def key(self) -> tuple[str, tuple[str, ...], str | None, str, bool]:
        """What two tables must have in common to be pieces of one series."""
        return self.file, self.names, self.unit, self.level, self.titled

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
    found = [file for path in paths for file in ([path] if not path.is_dir() else _inside(path))]
    if not found:
        shown = ", ".join(map(str, paths)) or "nothing"
        nothing = Finding(
            "no-files",
            "error",
            Where(file=shown),
            "no data file",
            f"files ending in {' '.join(FORMATS)}",
            'name files or folders: make import FILES="a.xlsx folder" STUDY=mine',
        )
        raise Rejected([nothing])
    return list(dict.fromkeys(found))


def _inside(folder: Path) -> list[Path]:
    """The files of known formats below a folder, hidden and lock files left out."""
    return [
        p
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.suffix.lower() in FORMATS and not p.name.startswith(("~$", "."))
    ]


def _unnamed(name: str) -> Finding:
    """A file whose name no spec could hold."""
    return Finding(
        "file-name",
        "error",
        Where(file=visible(name)),
        "control characters, or bytes that are no text, in the name of the file",
        "a name that can be written into study.toml",
        "rename the file",
    )


def survey(paths: list[Path], root: Path | None = None) -> Survey:
    """Read every file; names are relative to `root` where the files lie below it."""
    out = Survey()
    for path in paths:
        inside = root is not None and path.is_relative_to(root)
        name = path.relative_to(root).as_posix() if root and inside else path.name
        if one_line(name) != name:
            out.findings.append(_unnamed(name))
            continue
        out.files.append(name)
        try:
            contents = read_series(read_sheets(path))
        except Rejected as rejected:
            out.findings += rejected.findings
            continue
        _take(out, contents, name, path.name)
    return out


# Kind of what could not be read -> code of the finding, what is expected, what to do.
_UNREAD = {
    "year": ("not-a-year", "a year such as 2011 or 2011年", "correct the cell"),
    "heading": (
        "no-heading",
        "a heading above every column",
        "write one, or delete the column",
    ),
    "label": (
        "no-heading",
        "a heading above every column",
        "write one, or delete the column",
    ),
    "axis": (
        "table-unread",
        "a table with provinces and years",
        "say the year or the province in a title above the table or in the sheet's name",
    ),
}


def _take(out: Survey, contents: Contents, name: str, short: str) -> None:
    told = Told()
    out.findings += [
        _unread(unread)
        for unread in contents.unread
        if told.first("unread", unread.file, unread.sheet, unread.text)
    ]
    for series in contents.series:
        offer = _offer(series, name + series.file.removeprefix(short), out.findings, told)
        if offer is not None:
            _join(out.offers, offer)
    for table in contents.tables:
        out.findings += _formulas(table, told)


def _unread(unread: Unread) -> Finding:
    code, expected, remedy = _UNREAD[unread.kind]
    where = Where(file=unread.file, sheet=unread.sheet, cell=unread.cell or None)
    found = unread.text
    if unread.kind == "year":
        found = f"`{unread.text}`" if unread.text else "an empty cell"
    return Finding(code, "warning", where, found, expected, remedy)


def _formulas(table: Table, told: Told) -> Iterator[Finding]:
    """A note on the columns of a table that its sheet reckons, once a sheet."""
    counted = table.sheet.formulas.items()
    reckoned = {c for c, n in counted if n >= 0.5 * len(table.rows)}
    if reckoned and told.first("formulas", table.sheet.name):
        columns = [c for c in table.columns if c.index in reckoned and c.names]
        heads = [split_heading(c.names[0])[0] for c in columns]
        yield Finding(
            "formula-columns",
            "note",
            Where(file=table.sheet.file, sheet=table.sheet.name),
            f"columns reckoned by formulas: {', '.join(heads[:8])}",
            "numbers as the source published them",
            "prefer the columns they are made from; an error in one of those is in these too",
        )


def _join(offers: list[Offer], new: Offer) -> None:
    """Add an offer, or join it to one of the same file, heading and unit whose cells are others: a
    table a year, a sheet a province, halves side by side are one series in pieces."""
    for k, old in enumerate(offers):
        both = _joined(old, new) if old.key == new.key else None
        if both is not None:
            offers[k] = both
            return
    offers.append(new)


def _joined(old: Offer, new: Offer) -> Offer | None:
    """One offer out of two; None where both have a value for one cell."""
    codes, years = sorted({*old.codes, *new.codes}), sorted({*old.years, *new.years})
    grids = np.full((2, len(codes), len(years)), np.nan)
    national = np.full((2, len(years)), np.nan)
    for k, part in enumerate((old, new)):
        rows, columns = [codes.index(c) for c in part.codes], [years.index(y) for y in part.years]
        grids[k][np.ix_(rows, columns)] = part.values
        national[k, columns] = part.national
    if np.isfinite(grids).all(axis=0).any():
        return None
    values, total = (np.where(np.isfinite(a[0]), a[0], a[1]) for a in (grids, national))
    return replace(
        old,
        codes=tuple(codes),
        years=tuple(years),
        values=values,
        national=total,
        pieces=(*old.pieces, new.series),
    )


def _offer(series: Series, file: str, findings: list[Finding], told: Told) -> Offer | None:
    """The series on a grid of its units and years; None where it holds no numbers."""
    numbers, unit = to_numbers(series, findings)
    if not np.isfinite(numbers).any():
        return None
    places = [find_place(text) for text in series.places]
    level = _level(places)
    if level is None:
        findings.append(_no_units(series))
        return None
    findings += unknown_places(series, places, level, told)
    kinds = (level, "nation")
    codes_of = [p.code if p is not None and p.kind in kinds else -1 for p in places]
    code = np.array(codes_of, dtype=np.int64)[series.place]
    known = (code >= 0) & (series.year > 0)
    years = np.unique(series.year[known])
    codes = np.unique(code[known & (code > 0)])
    if not len(codes) or not len(years):
        return None
    findings += twice(series, code, known, told)
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


def _level(places: Sequence[Place | None]) -> str | None:
    """What most of the places are: province, prefecture or county."""
    kinds = Counter(p.kind for p in places if p and p.kind in ("province", "prefecture", "county"))
    return max(kinds, key=lambda k: (kinds[k], k == "province")) if kinds else None


def _no_units(series: Series) -> Finding:
    return Finding(
        "no-units",
        "warning",
        Where(file=series.file, sheet=series.sheet, cell=series.heading),
        f"none of the labels is a province, prefecture or county: {', '.join(series.places[:5])}",
        "names or codes of units",
        "see whether another column holds them",
    )
