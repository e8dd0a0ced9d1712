"""The 333 prefecture-level units of GB/T 2260 and what became of those that were renamed, merged or
dissolved.

`prefectures.csv` holds the codes in force since 2019. `prefecture_history.csv` holds every change
since 1988 with its source, compared over three public compilations of the annual code lists.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.panel.csv_text import csv_rows
from pipeline.panel.provinces import normal

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Prefecture:
    """One unit of prefecture level: code, short and full Chinese name, romanised name, other
    spellings."""

    code: int
    zh: str
    zh_full: str
    en: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """What happened to a unit: `kind` is renamed, upgraded, recoded, merged, dissolved or
    separated, in `year`.

    A code is 0 where the unit had none of its own in the lists.
    """

    code_old: int
    zh_old: str
    kind: str
    year: int
    code_new: int
    zh_new: str
    note: str
    source: str


@cache
def prefectures() -> dict[int, Prefecture]:
    """The units by code."""
    return {
        int(r["code"]): Prefecture(
            int(r["code"]),
            r["zh"],
            r["zh_full"],
            r["en"],
            tuple(filter(None, r["aliases"].split("|"))),
        )
        for r in csv_rows(_HERE / "prefectures.csv")
    }


@cache
def history() -> tuple[Change, ...]:
    """All changes since 1988, by year."""
    return tuple(
        Change(
            int(r["code_old"] or 0),
            r["zh_old"],
            r["kind"],
            int(r["year"]),
            int(r["code_new"] or 0),
            r["zh_new"],
            r["note"],
            r["source"],
        )
        for r in csv_rows(_HERE / "prefecture_history.csv")
    )


@cache
def _spellings() -> dict[str, list[Prefecture]]:
    table: dict[str, list[Prefecture]] = {}
    for unit in prefectures().values():
        for name in {normal(n) for n in (unit.zh, unit.zh_full, unit.en, *unit.aliases)}:
            table.setdefault(name, []).append(unit)
    return table


def find_prefecture(name: str) -> Prefecture | None:
    """The unit a text names today; None for unknown names and for romanised ones that two units
    share (Fuzhou, Suzhou)."""
    found = _spellings().get(normal(name), [])
    return found[0] if len(found) == 1 else None


def former_name(name: str) -> list[Change]:
    """What became of a unit that a text names by a name it no longer bears (襄樊, 巢湖市, 莱芜市);
    empty for others."""
    key = normal(name)
    return [
        c
        for c in history()
        if key in (normal(c.zh_old), normal(c.zh_old).removesuffix("市").removesuffix("地区"))
        and find_prefecture(name) is None
    ]


def ambiguous(name: str) -> list[Prefecture]:
    """The units that share a romanised name; empty where it is unique or unknown."""
    found = _spellings().get(normal(name), [])
    return found if len(found) > 1 else []


def nearest_prefectures(name: str, limit: int = 2) -> list[str]:
    """Prefectures whose names look like `name`, nearest first: proposed in messages, never
    applied."""
    from difflib import get_close_matches

    close = get_close_matches(normal(name), list(_spellings()), n=limit, cutoff=0.5)
    return list(dict.fromkeys(unit.zh for key in close for unit in _spellings()[key]))
