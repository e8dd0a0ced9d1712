"""What is wrong with the places of a series: names of no unit, cells that stand twice."""

from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.forensics.suspicion import Flags
from pipeline.intake.told import Told
from pipeline.panel.finding import Finding, Where
from pipeline.panel.places import Place
from pipeline.panel.prefectures import ambiguous, find_prefecture, former_name, nearest_prefectures
from pipeline.panel.provinces import BY_CODE, nearest_names
from pipeline.reading.body import Ints
from pipeline.reading.cells import fold
from pipeline.reading.series import Series


def unknown_places(
    series: Series, places: Sequence[Place | None], level: str, told: Told
) -> Iterator[Finding]:
    """Names of no place: proposals by likeness, the fate of former prefectures,
    and romanised names that two units share."""
    for i, (text, place) in enumerate(zip(series.places, places, strict=True)):
        if not _fits(text, place, level) and told.first("place", text):
            yield _misplaced(series, i, place, level)


def _fits(text: str, place: Place | None, level: str) -> bool:
    """Whether a text names a unit of the level, or what may stand among them: nation, region,
    province. Among prefectures a province's name may be a city's (Jilin)."""
    if place is None or place.kind not in (level, "nation", "region", "province"):
        return False
    both = place.kind == "province" and level == "prefecture"
    return not both or find_prefecture(f"{text}市") is None


def _misplaced(series: Series, i: int, place: Place | None, level: str) -> Finding:
    text = series.places[i]
    cells = np.flatnonzero(series.place == i)
    where = Where(file=series.file, sheet=series.sheet, cell=series.place_address(int(cells[0])))
    shown = (
        f"`{text}` ({len(cells)} cell{'s' if len(cells) > 1 else ''})"
        if text
        else "an empty cell where the place should be"
    )
    if place is not None:
        found = f"{shown} is a {place.kind}"
        return Finding("other-level", "note", where, found, f"a {level}", "the row is left out")
    return (
        _former(text, where, shown)
        or _shared(text, where, shown)
        or _like(text, where, shown, level)
    )


def _former(text: str, where: Where, shown: str) -> Finding | None:
    changes = former_name(text)
    if not changes:
        return None
    fate = "; ".join(f"{c.kind} into {c.zh_new} in {c.year}" for c in changes[:3])
    return Finding(
        "former-name",
        "error",
        where,
        f"{shown}: {fate}",
        "units that exist in all years",
        "join the years under the later name; where a unit was merged or split, "
        "see its note in prefecture_history.csv",
    )


def _shared(text: str, where: Where, shown: str) -> Finding | None:
    namesakes = ambiguous(text)
    if not namesakes:
        return None
    return Finding(
        "ambiguous-name",
        "error",
        where,
        f"{shown} is {' or '.join(p.zh_full for p in namesakes)}",
        "one unit",
        "write the Chinese name or the code",
    )


def _like(text: str, where: Where, shown: str, level: str) -> Finding:
    close = nearest_names(text) if level == "province" else nearest_prefectures(text)
    remedy = (
        f"did you mean {' or '.join(close)}? Correct the name in every row"
        if close
        else "correct the name, or delete the row"
    )
    return Finding("unknown-place", "error", where, shown, f"the name of a {level}", remedy)


def twice(series: Series, code: Ints, known: Flags, told: Told) -> Iterator[Finding]:
    """One place and year in two cells of a series."""
    keys = code[known] * 10_000 + series.year[known]
    unique, first, counts = np.unique(keys, return_index=True, return_counts=True)
    again = np.flatnonzero(counts > 1)
    if not len(again) or not told.first("twice", series.file, series.sheet, str(len(again))):
        return
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
