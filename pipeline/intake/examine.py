"""Forensics on what files offer, before any study names it:
the same detectors that validation runs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from pipeline.forensics.contradictions import find_contradictions
from pipeline.forensics.decimals import decimals_of
from pipeline.forensics.examine import examine
from pipeline.forensics.growth import Kind
from pipeline.forensics.sources import find_disagreement, find_lagged_index
from pipeline.forensics.suspicion import Grid, Suspicion
from pipeline.intake.offer import Offer
from pipeline.intake.propose import Row
from pipeline.panel.concepts import ORDERED, known_breaks, known_variables
from pipeline.panel.finding import Finding, Severity, Where
from pipeline.panel.places import find_place
from pipeline.panel.prefectures import prefectures
from pipeline.panel.provinces import BY_CODE
from pipeline.panel.units import conversion_factor

_KINDS: dict[str, Kind] = {"amount": "amount", "share": "share", "signed": "signed"}


def place_name(code: int) -> str:
    """What a report calls a unit: English for provinces, Chinese for prefectures,
    the code for counties."""
    if code in BY_CODE:
        return BY_CODE[code].en
    return prefectures()[code].zh if code in prefectures() else str(code)


def examine_offers(offers: Sequence[Offer], rows: Sequence[Row]) -> Iterator[Finding]:
    """Suspicions about every series, about the series of one table together,
    and about two offers of one series."""
    tables: dict[tuple[str, tuple[int, ...], tuple[int, ...]], list[int]] = defaultdict(list)
    for k, offer in enumerate(offers):
        tables[offer.level, offer.codes, offer.years].append(k)
    found: dict[int, list[Suspicion]] = defaultdict(list)
    for members in tables.values():
        names = [rows[k]["variable"] for k in members]
        values = {n: offers[k].values for n, k in zip(names, members, strict=True)}
        kinds: dict[str, Kind] = {
            n: _kind(rows[k]["kind"]) for n, k in zip(names, members, strict=True)
        }
        totals = {
            n: offers[k].national
            for n, k in zip(names, members, strict=True)
            if np.isfinite(offers[k].national).any()
        }
        by_name = dict(zip(names, members, strict=True))
        for name, suspicion in examine(
            values, kinds, {n: decimals_of(x) for n, x in values.items()}, totals
        ):
            found[by_name[name]].append(suspicion)
            yield _finding(offers[by_name[name]], rows[by_name[name]], suspicion)
    for k, suspicions in found.items():
        yield from _label(offers[k], rows[k], suspicions)
    yield from _pairs(offers, rows)
    yield from _definitions(offers, rows)


def _kind(text: str) -> Kind:
    return _KINDS.get(text, "index")


def _finding(offer: Offer, row: Row, suspicion: Suspicion) -> Finding:
    i, t = suspicion.cells[0]
    years = sorted({offer.years[b] for _, b in suspicion.cells})
    units = sorted({a for a, _ in suspicion.cells})
    whole = len(units) > max(3, 0.6 * len(offer.codes))
    cell = None if whole else _address(offer, i, t)
    where = Where(
        offer.file,
        offer.sheet,
        cell,
        province=None if whole else place_name(offer.codes[i]),
        year=None if len(years) > 1 else years[0],
        variable=_variable(row),
    )
    evidence = suspicion.words()
    if len(suspicion.cells) > 1:
        who = (
            f"{len(units)} units"
            if whole
            else ", ".join(place_name(offer.codes[u]) for u in units[:5])
            + ("" if len(units) <= 5 else ", ...")
        )
        evidence += f" ({who}; {years[0] if len(years) == 1 else f'{years[0]}–{years[-1]}'})"
    return Finding(
        suspicion.code,
        suspicion.severity,
        where,
        evidence,
        "numbers that agree with the rest of the panel",
        "look it up in the source; in the study, correct or confirm it in repairs.toml",
    )


def _variable(row: Row) -> str:
    return (
        row["variable"]
        if row["variable"] == row["label_zh"]
        else f"{row['variable']} `{row['header']}`"
    )


def _address(offer: Offer, i: int, t: int) -> str | None:
    """Where the cell stands, in whichever table of the file holds it."""
    for series in (offer.series, *offer.pieces):
        units = [
            k
            for k, text in enumerate(series.places)
            if (p := find_place(text)) is not None and p.code == offer.codes[i]
        ]
        hits = np.flatnonzero(np.isin(series.place, units) & (series.year == offer.years[t]))
        if len(hits):
            return series.address(int(hits[0]))
    return None


def _aligned(a: Offer, b: Offer) -> tuple[Grid, Grid] | None:
    """The two grids on their common units and years; None where they share too little."""
    codes = [c for c in a.codes if c in b.codes]
    years = list(range(min(a.years + b.years), max(a.years + b.years) + 1))
    if len(codes) < 5:
        return None

    def on(offer: Offer) -> Grid:
        grid = np.full((len(codes), len(years)), np.nan)
        rows = [offer.codes.index(c) for c in codes]
        columns = [years.index(y) for y in offer.years]
        grid[:, columns] = offer.values[rows]
        return grid

    return on(a), on(b)


def _label(offer: Offer, row: Row, suspicions: Sequence[Suspicion]) -> Iterator[Finding]:
    """A series that breaks where another series' definition is known to break, and not its own:
    is its label right?"""
    breaks = {offer.years[s.cells[0][1]] for s in suspicions if s.code == "break-level"}
    own = row["concept"] or row["variable"]
    if len(breaks) < 2 or breaks & {b.year for b in known_breaks(own)}:
        return
    others = [
        k
        for k in known_variables().values()
        if k.name != own and breaks <= {b.year for b in known_breaks(k.name)}
    ]
    if others:
        names = " and ".join(f"`{k.name}` ({k.label_zh})" for k in others)
        where = Where(offer.file, offer.sheet, offer.heading, variable=_variable(row))
        yield Finding(
            "label-doubtful",
            "error",
            where,
            f"it breaks in {' and '.join(map(str, sorted(breaks)))}, the years in which {names} "
            f"changed definition; `{row['header']}` did not",
            "a heading that says what is measured",
            "look at the source's table; if the heading is wrong, "
            "give the row the right name in the codebook",
        )


def _pairs(offers: Sequence[Offer], rows: Sequence[Row]) -> Iterator[Finding]:
    """Series that the catalogue knows under one name in two places, in the order that logic gives
    them, and growth indices beside their level."""
    concepts = _by_concept(offers, rows)
    for first, other in [(same[0], k) for same in concepts.values() for k in same[1:]]:
        yield from _disagreements(offers, rows, other, first)
    for small, large in ORDERED:
        if small in concepts and large in concepts:
            yield from _order(offers, rows, concepts[small][0], concepts[large][0], (small, large))
    if "gdp" in concepts:
        for index in concepts.get("gdp_index", []):
            yield from _lags(offers, rows, index, concepts["gdp"][0])


def _by_concept(offers: Sequence[Offer], rows: Sequence[Row]) -> dict[str, list[int]]:
    """The provincial series of each concept of the catalogue."""
    concepts: dict[str, list[int]] = defaultdict(list)
    for k, row in enumerate(rows):
        named = row["variable"] if row["variable"] in known_variables() else ""
        concept = row["concept"] or named
        if concept and offers[k].level == "province":
            concepts[concept].append(k)
    return dict(concepts)


def _beside(
    offers: Sequence[Offer], rows: Sequence[Row], k: int, other: int
) -> tuple[Grid, Grid] | None:
    """Two series on common cells, the first in the unit of the other."""
    factor = conversion_factor(rows[k]["source_unit"], rows[other]["source_unit"])
    pair = _aligned(offers[k], offers[other])
    return None if factor is None or pair is None else (pair[0] * factor, pair[1])


def _disagreements(
    offers: Sequence[Offer], rows: Sequence[Row], k: int, first: int
) -> Iterator[Finding]:
    pair = _beside(offers, rows, k, first)
    at = f"{offers[first].file}, sheet {offers[first].sheet}, {offers[first].heading}"
    for suspicion in find_disagreement(*pair)[:6] if pair else ():
        yield Finding(
            suspicion.code,
            suspicion.severity,
            Where(offers[k].file, offers[k].sheet, variable=_variable(rows[k])),
            f"{suspicion.evidence} (beside {at})",
            "sources that agree",
            "decide for one of them; two vintages of one series never mix",
        )


def _lags(
    offers: Sequence[Offer], rows: Sequence[Row], index: int, level: int
) -> Iterator[Finding]:
    pair = _aligned(offers[index], offers[level])
    for suspicion in find_lagged_index(*pair) if pair else ():
        yield Finding(
            suspicion.code,
            suspicion.severity,
            Where(offers[index].file, offers[index].sheet, variable=_variable(rows[index])),
            suspicion.evidence,
            "the index of the year it is stored under",
            "`shift` it in repairs.toml after a look at the source",
        )


def _order(
    offers: Sequence[Offer], rows: Sequence[Row], a: int, b: int, names: tuple[str, str]
) -> Iterator[Finding]:
    """The worst cell in which a series exceeds the one that it cannot exceed."""
    pair = _beside(offers, rows, a, b)
    suspicion = find_contradictions(*pair, names) if pair else None
    if suspicion is not None:
        codes = [c for c in offers[a].codes if c in offers[b].codes]
        first = min(offers[a].years + offers[b].years)
        i, t = suspicion.cells[0]
        cell = offers[a].codes.index(codes[i]), offers[a].years.index(first + t)
        worst = replace(suspicion, cells=(cell,), sizes=suspicion.sizes[:1])
        yield _finding(offers[a], rows[a], worst)


def _definitions(offers: Sequence[Offer], rows: Sequence[Row]) -> Iterator[Finding]:
    """Breaks of the catalogue inside the years of a series."""
    for offer, row in zip(offers, rows, strict=True):
        concept = row["concept"] or row["variable"]
        for known in known_breaks(concept):
            if offer.years[0] < known.year <= offer.years[-1]:
                doubt = "" if known.status == "read" else " (recalled, still to be confirmed)"
                severity: Severity = "warning" if known.kind == "definition" else "note"
                yield Finding(
                    "definition-break",
                    severity,
                    Where(
                        offer.file,
                        offer.sheet,
                        offer.heading,
                        year=known.year,
                        variable=_variable(row),
                    ),
                    f"{known.en}{doubt}",
                    "one definition throughout",
                    known.remedy_en,
                )
