"""The 31 provincial units: GB/T 2260 codes, names as people write them, regions, land
neighbours."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.panel.csv_text import csv_rows
from pipeline.panel.spelling import folded


@dataclass(frozen=True)
class Province:
    """One provincial unit. `code` is its GB/T 2260 code; `neighbours` holds the English names of
    units it borders."""

    code: int
    en: str
    zh: str
    zh_full: str
    region: str
    neighbours: tuple[str, ...]


def _rows() -> list[dict[str, str]]:
    return csv_rows(Path(__file__).parent / "provinces.csv")


def _parse(row: dict[str, str]) -> Province:
    neighbours = tuple(row["neighbours"].split("|"))
    return Province(
        int(row["code"]), row["en"], row["zh"], row["zh_full"], row["region"], neighbours
    )


_ROWS = _rows()
# Hainan has no land border: by the convention of spatial studies its neighbour is Guangdong.
PROVINCES: tuple[Province, ...] = tuple(map(_parse, _ROWS))
BY_CODE: dict[int, Province] = {p.code: p for p in PROVINCES}
# North of the Qinling-Huaihe line. Hu Huanyong's line cuts through provinces: by the usual
# convention of whole provinces six lie north-west of it.
NORTH: frozenset[str] = frozenset(r["en"] for r in _ROWS if r["north"] == "1")
NORTHWEST_OF_HU: frozenset[str] = frozenset(r["en"] for r in _ROWS if r["northwest_of_hu"] == "1")
REGIONS: tuple[str, ...] = ("east", "central", "west", "northeast")

# Spellings that are neither the short nor the full name.
_OTHER = {
    "xizang": "Tibet",
    "neimenggu": "Inner Mongolia",
    "neimongol": "Inner Mongolia",
    "nei mongol": "Inner Mongolia",
    "内蒙": "Inner Mongolia",
    "shanxi2": "Shaanxi",
    "shaanxisheng": "Shaanxi",
    "guangxi zhuang": "Guangxi",
    "广西壮族": "Guangxi",
    "宁夏回族": "Ningxia",
    "新疆维吾尔": "Xinjiang",
    "ningxia hui": "Ningxia",
    "xinjiang uygur": "Xinjiang",
    "xinjiang uyghur": "Xinjiang",
}
NATIONAL = frozenset(
    {"全国", "全国总计", "全国合计", "总计", "合计", "china", "national", "nationaltotal", "total"}
)
_SUFFIXES = re.compile(
    r"(province|municipality|(zhuang|hui|uygur|uyghur)?autonomousregion|sheng|shi"
    r"|省|市|(壮族|回族|维吾尔)?自治区)$"
)


def normal(name: str) -> str:
    """Fold width, case, spaces and separators: `\u3000内 蒙 古`, `Inner-Mongolia ` and
    `innermongolia` are one name."""
    return re.sub(r"[\s\-_.·']+", "", folded(name)).lower()


@cache
def _lookup() -> dict[str, Province]:
    table: dict[str, Province] = {}
    by_en = {p.en: p for p in PROVINCES}
    for p in PROVINCES:
        for name in (p.en, p.zh, p.zh_full, str(p.code), str(p.code // 10000)):
            table[normal(name)] = p
    table.update({normal(k): by_en[v] for k, v in _OTHER.items()})
    return table


def find_province(name: str) -> Province | None:
    """The province a text names, or None.

    Accepts short and full Chinese names, English and pinyin names, GB/T 2260 codes; padding, width,
    case and the usual suffixes (省, 市, 自治区, Province) do not matter. Nothing is guessed: a
    misspelt name gives None.
    """
    key = normal(name)
    table = _lookup()
    if key in table:
        return table[key]
    found = table.get(_SUFFIXES.sub("", key))
    # 吉林市 is a city of 吉林.
    city = key.endswith(("市", "shi", "municipality"))
    return None if found is not None and city and not found.zh_full.endswith("市") else found


def nearest_names(name: str, limit: int = 2) -> list[str]:
    """Province names that look like `name`, nearest first: proposed in messages, never applied."""
    from difflib import get_close_matches

    spelled = {normal(s): s for p in PROVINCES for s in (p.en, p.zh, p.zh_full)}
    return [spelled[m] for m in get_close_matches(normal(name), list(spelled), n=limit, cutoff=0.5)]


def is_national(name: str) -> bool:
    """True for a national total, which is a check and never a province."""
    return normal(name) in NATIONAL


def contiguity(codes: Collection[int] | None = None) -> NDArray[np.float64]:
    """Row-standardised contiguity (n, n) of the provinces with these GB/T 2260 codes, by default of
    all 31.

    Rows and columns are in the order of PROVINCES. A province without a neighbour among them has a
    row of zeros.
    """
    among = [p for p in PROVINCES if codes is None or p.code in codes]
    w = np.array([[float(q.en in p.neighbours) for q in among] for p in among])
    neighbours = w.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(w, neighbours, out=np.zeros_like(w), where=neighbours > 0))
