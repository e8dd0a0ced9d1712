"""What a variable measures, whatever a file calls it, and in which years its definition changed.

`known_variables.csv` names the series that provincial studies use, with their headings in Chinese
and English; `definition_breaks.csv` is the catalogue of definition changes and census revisions,
each with its source and whether that source was read or only recalled.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal, Protocol, cast

from pipeline.panel.csv_text import csv_rows
from pipeline.panel.spelling import folded
from pipeline.panel.units import find_unit

_HERE = Path(__file__).parent
SeriesKind = Literal["amount", "signed", "share", "index"]
Use = Literal["indicator", "scale"]
BreakKind = Literal["definition", "vintage"]
Status = Literal["read", "recalled"]


@dataclass(frozen=True)
class KnownVariable:
    """A series that studies use: its name in specs, labels, unit, kind and use, believable range,
    other headings."""

    name: str
    label_en: str
    label_zh: str
    unit: str
    kind: SeriesKind
    use: Use
    aliases: tuple[str, ...]
    minimum: str
    maximum: str
    jump: str


@dataclass(frozen=True)
class DefinitionBreak:
    """From `year` on the series is something else (`definition`), or was revised afterwards
    (`vintage`).

    status: `read` where the source was read when the catalogue was made, `recalled` where it still
    has to be confirmed
    """

    id: str
    concepts: tuple[str, ...]
    year: int
    kind: BreakKind
    en: str
    zh: str
    remedy_en: str
    remedy_zh: str
    source: str
    status: Status


# (smaller, larger) of known series: parts and wholes, and what holds in every province of China.
ORDERED: tuple[tuple[str, str], ...] = (
    ("urban_pop", "pop"),
    ("rural_pop", "pop"),
    ("va_primary", "gdp"),
    ("va_secondary", "gdp"),
    ("va_tertiary", "gdp"),
    ("emp_primary", "emp_total"),
    ("emp_secondary", "emp_total"),
    ("emp_tertiary", "emp_total"),
    ("emp_total", "pop"),
    ("income_rural", "income_urban"),
    ("income_rural", "income_all"),
    ("income_all", "income_urban"),
    ("consumption_rural", "consumption_urban"),
    ("patents", "patent_grant"),
    ("fiscal_edu", "fiscal_expenditure"),
    ("fiscal_scitech", "fiscal_expenditure"),
    ("fiscal_agri", "fiscal_expenditure"),
    ("broadband_users", "broadband_ports"),
    ("rd_expenditure", "gdp"),
)


class _Named(Protocol):
    @property
    def variable(self) -> str: ...
    @property
    def concept(self) -> str: ...


@cache
def known_variables() -> dict[str, KnownVariable]:
    """The catalogue of series by name."""
    return {
        r["name"]: KnownVariable(
            r["name"],
            r["label_en"],
            r["label_zh"],
            r["unit"],
            cast(SeriesKind, r["kind"]),
            cast(Use, r["use"]),
            tuple(filter(None, (r["aliases_zh"] + "|" + r["aliases_en"]).split("|"))),
            r["minimum"],
            r["maximum"],
            r["jump"],
        )
        for r in csv_rows(_HERE / "known_variables.csv")
    }


@cache
def definition_breaks() -> tuple[DefinitionBreak, ...]:
    """The catalogue of breaks, in the order of the file."""
    return tuple(
        DefinitionBreak(
            r["id"],
            tuple(filter(None, r["concepts"].split("|"))),
            int(r["year"]),
            cast(BreakKind, r["kind"]),
            r["en"],
            r["zh"],
            r["remedy_en"],
            r["remedy_zh"],
            r["source"],
            cast(Status, r["status"]),
        )
        for r in csv_rows(_HERE / "definition_breaks.csv")
    )


def known_breaks(concept: str) -> list[DefinitionBreak]:
    """Breaks of a concept by year; none for the empty concept."""
    return sorted(
        (b for b in definition_breaks() if concept and concept in b.concepts), key=lambda b: b.year
    )


def concept_of(variable: _Named) -> str:
    """What a codebook's variable measures: its declared concept, or its own name where that is a
    known one."""
    return variable.concept or (variable.variable if variable.variable in known_variables() else "")


def heading_key(text: str) -> str:
    """A heading without width, case, spaces, units and punctuation: what two spellings of one
    heading share."""
    text = folded(text).lower()
    text = re.sub(
        r"[(（\[][^()（）\[\]]*[)）\]]", lambda m: "" if find_unit(m[0][1:-1]) else m[0], text
    )
    return re.sub(r"[\s_,，.、:：;；()（）\[\]·'’\"/&-]+", "", text)


@cache
def _headings() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for known in known_variables().values():
        for text in dict.fromkeys((known.name, known.label_en, known.label_zh, *known.aliases)):
            names = table.setdefault(heading_key(text), [])
            if known.name not in names:
                names.append(known.name)
    return table


def match_heading(text: str) -> list[str]:
    """Known variables that a heading names exactly, spelling aside."""
    return list(_headings().get(heading_key(text), []))


def propose_heading(text: str) -> list[str]:
    """Known variables whose headings look like this one, likeliest first: to be asked about, never
    applied."""
    key, headings = heading_key(text), _headings()
    near = get_close_matches(key, list(headings), n=4, cutoff=0.6)
    inside = sorted((h for h in headings if _contained(h, key)), key=len, reverse=True)
    names = (name for h in [*near, *inside[:3]] for name in headings[h])
    return list(dict.fromkeys(names))[:3]


def _contained(heading: str, key: str) -> bool:
    """Whether one of two headings of four or more letters stands in the other."""
    return len(heading) >= 4 and (heading in key or (len(key) >= 4 and key in heading))
