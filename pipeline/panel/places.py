"""Places that data files name: the nation, regional aggregates, provinces, prefectures, counties by
code."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.panel.prefectures import find_prefecture, prefectures
from pipeline.panel.provinces import BY_CODE, find_province, is_national, normal
from pipeline.panel.spelling import LONGEST

Kind = Literal["nation", "region", "province", "prefecture", "county"]
# Aggregates of yearbooks: used for checks at most, never a unit of the panel.
_AGGREGATES = """
东部 中部 西部 东北 东部地区 中部地区 西部地区 东北地区 东部省份 华北 华东 华中 华南 西南
西北 华北地区 华东地区 华中地区 华南地区 西南地区 西北地区 中南 中南地区 沿海 内陆
长江经济带 京津冀 长三角 珠三角 不分地区 east central west northeast easternregion
centralregion westernregion northeasternregion 香港 香港特别行政区 澳门 澳门特别行政区 台湾
台湾省 台湾地区 港澳台 hongkong macao macau taiwan 兵团 新疆生产建设兵团 新疆兵团 中央 地方
全国平均 全国平均水平 省直辖 其他 境外 eastern western northeastern eastchina northchina
southchina northwest southwest
"""
_REGIONS = frozenset(_AGGREGATES.split())


_COUNTED_REGION = re.compile(
    r"(东部|中部|西部|东北|沿海)(地区)?\d+(个)?(省|省市|省区|省区市|省\(市\)|省\(区、市\)|省市区)(平均|合计)?"
)
_PREFIX = re.compile(r"^其中\s*[:：]\s*")
_BILINGUAL = re.compile(r"(?P<zh>[\u4e00-\u9fff\s]+?)\s*(?P<en>[A-Za-z][A-Za-z' .-]+)")


@dataclass(frozen=True)
class Place:
    """A place: its kind, its GB/T 2260 code (0 for the nation and for regions) and the name to
    print."""

    kind: Kind
    code: int
    name: str


@lru_cache(maxsize=65_536)
def find_place(text: str) -> Place | None:
    """The place a text names, or None. A six-digit code of a known province's county is a county.

    A name that a province and a prefecture share (吉林, 海南) is the province unless it says which
    (吉林市).
    """
    if len(text) > LONGEST:
        return None
    text = _PREFIX.sub("", text.strip())
    match = _BILINGUAL.fullmatch(text)
    if match and (one := find_place(match["zh"])) and one == find_place(match["en"]):
        return one
    if re.fullmatch(r"\d{6}\.0", text):
        text = text[:6]
    return _by_name(text) or _by_code(normal(text)) or _named_prefecture(text)


def _by_name(text: str) -> Place | None:
    """The nation, a province or a regional aggregate."""
    if is_national(text):
        return Place("nation", 0, "China")
    if (province := find_province(text)) is not None:
        return Place("province", province.code, province.en)
    key = normal(text)
    if key in _REGIONS or _COUNTED_REGION.fullmatch(key):
        return Place("region", 0, text.strip())
    return None


def _by_code(key: str) -> Place | None:
    """The prefecture or county with a code of six digits, within a known province."""
    if not re.fullmatch(r"[0-9]{6}", key) or int(key) // 10_000 * 10_000 not in BY_CODE:
        return None
    code = int(key)
    if code in prefectures():
        return Place("prefecture", code, prefectures()[code].zh)
    return Place("county", code, key) if code % 100 else None


def _named_prefecture(text: str) -> Place | None:
    key = normal(text)
    found = find_prefecture(text) if len(key) >= 2 and not key.isdigit() else None
    return None if found is None else Place("prefecture", found.code, found.zh)
