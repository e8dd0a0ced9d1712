"""The 31 provincial units: GB/T 2260 codes, names as people write them, regions, land
neighbours."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray


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


# Hainan has no land border: by the convention of spatial studies its neighbour is Guangdong.
_TABLE = """
110000|Beijing|北京|北京市|east|Tianjin Hebei
120000|Tianjin|天津|天津市|east|Beijing Hebei
130000|Hebei|河北|河北省|east|Beijing Tianjin Shanxi Inner_Mongolia Liaoning Shandong Henan
140000|Shanxi|山西|山西省|central|Hebei Inner_Mongolia Henan Shaanxi
150000|Inner Mongolia|内蒙古|内蒙古自治区|west|Hebei Shanxi Liaoning Jilin Heilongjiang Shaanxi Gansu Ningxia
210000|Liaoning|辽宁|辽宁省|northeast|Hebei Inner_Mongolia Jilin
220000|Jilin|吉林|吉林省|northeast|Inner_Mongolia Liaoning Heilongjiang
230000|Heilongjiang|黑龙江|黑龙江省|northeast|Inner_Mongolia Jilin
310000|Shanghai|上海|上海市|east|Jiangsu Zhejiang
320000|Jiangsu|江苏|江苏省|east|Shanghai Zhejiang Anhui Shandong
330000|Zhejiang|浙江|浙江省|east|Shanghai Jiangsu Anhui Fujian Jiangxi
340000|Anhui|安徽|安徽省|central|Jiangsu Zhejiang Jiangxi Shandong Henan Hubei
350000|Fujian|福建|福建省|east|Zhejiang Jiangxi Guangdong
360000|Jiangxi|江西|江西省|central|Zhejiang Anhui Fujian Hubei Hunan Guangdong
370000|Shandong|山东|山东省|east|Hebei Jiangsu Anhui Henan
410000|Henan|河南|河南省|central|Hebei Shanxi Anhui Shandong Hubei Shaanxi
420000|Hubei|湖北|湖北省|central|Anhui Jiangxi Henan Hunan Chongqing Shaanxi
430000|Hunan|湖南|湖南省|central|Jiangxi Hubei Guangdong Guangxi Chongqing Guizhou
440000|Guangdong|广东|广东省|east|Fujian Jiangxi Hunan Guangxi Hainan
450000|Guangxi|广西|广西壮族自治区|west|Hunan Guangdong Guizhou Yunnan
460000|Hainan|海南|海南省|east|Guangdong
500000|Chongqing|重庆|重庆市|west|Hubei Hunan Sichuan Guizhou Shaanxi
510000|Sichuan|四川|四川省|west|Chongqing Guizhou Yunnan Tibet Shaanxi Gansu Qinghai
520000|Guizhou|贵州|贵州省|west|Hunan Guangxi Chongqing Sichuan Yunnan
530000|Yunnan|云南|云南省|west|Guangxi Sichuan Guizhou Tibet
540000|Tibet|西藏|西藏自治区|west|Sichuan Yunnan Qinghai Xinjiang
610000|Shaanxi|陕西|陕西省|west|Shanxi Inner_Mongolia Henan Hubei Chongqing Sichuan Gansu Ningxia
620000|Gansu|甘肃|甘肃省|west|Inner_Mongolia Sichuan Shaanxi Qinghai Ningxia Xinjiang
630000|Qinghai|青海|青海省|west|Sichuan Tibet Gansu Xinjiang
640000|Ningxia|宁夏|宁夏回族自治区|west|Inner_Mongolia Shaanxi Gansu
650000|Xinjiang|新疆|新疆维吾尔自治区|west|Tibet Gansu Qinghai
"""


def _parse(line: str) -> Province:
    code, en, zh, zh_full, region, neighbours = line.split("|")
    return Province(
        int(code), en, zh, zh_full, region, tuple(n.replace("_", " ") for n in neighbours.split())
    )


PROVINCES: tuple[Province, ...] = tuple(_parse(line) for line in _TABLE.strip().splitlines())
BY_CODE: dict[int, Province] = {p.code: p for p in PROVINCES}
# North of the Qinling-Huaihe line. Hu Huanyong's line cuts through provinces: by the usual
# convention of whole provinces these six lie north-west of it.
NORTH: frozenset[str] = frozenset(
    {
        "Beijing",
        "Tianjin",
        "Hebei",
        "Shanxi",
        "Inner Mongolia",
        "Liaoning",
        "Jilin",
        "Heilongjiang",
        "Shandong",
        "Henan",
        "Shaanxi",
        "Gansu",
        "Qinghai",
        "Ningxia",
        "Xinjiang",
    }
)
NORTHWEST_OF_HU: frozenset[str] = frozenset(
    {"Inner Mongolia", "Gansu", "Qinghai", "Ningxia", "Xinjiang", "Tibet"}
)
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
    r"(province|municipality|(zhuang|hui|uygur|uyghur)?autonomousregion|sheng|shi|省|市|(壮族|回族|维吾尔)?自治区)$"
)


def normal(name: str) -> str:
    """Fold width, case, spaces and separators: `\u3000内 蒙 古`, `Inner-Mongolia ` and
    `innermongolia` are one name."""
    return re.sub(r"[\s\-_.·']+", "", unicodedata.normalize("NFKC", name)).lower()


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
    city = key.endswith(("市", "shi", "municipality"))
    return (
        None if found is not None and city and not found.zh_full.endswith("市") else found
    )  # 吉林市 is a city of 吉林


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
    return np.divide(w, neighbours, out=np.zeros_like(w), where=neighbours > 0)
