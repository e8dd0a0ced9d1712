"""Units of the yearbooks and their conversion: a small typed table, closed on purpose."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.panel.spelling import folded


@dataclass(frozen=True)
class Unit:
    """A unit: its dimension, its size in the dimension's base unit, and how a table prints it."""

    dimension: str
    factor: float
    en: str
    zh: str


_UNITS: dict[str, Unit] = {
    "yuan": Unit("money", 1.0, "CNY", "元"),
    "10k yuan": Unit("money", 1e4, "CNY 10k", "万元"),
    "100m yuan": Unit("money", 1e8, "CNY 100m", "亿元"),
    "person": Unit("persons", 1.0, "persons", "人"),
    "10k persons": Unit("persons", 1e4, "10k persons", "万人"),
    "person-year": Unit("persons-year", 1.0, "person-years", "人年"),
    "household": Unit("households", 1.0, "households", "户"),
    "10k households": Unit("households", 1e4, "10k households", "万户"),
    "piece": Unit("count", 1.0, "pieces", "件"),
    "10k": Unit("count", 1e4, "10k", "万个"),
    "km": Unit("length", 1.0, "km", "公里"),
    "10k km": Unit("length", 1e4, "10k km", "万公里"),
    "km2": Unit("area", 1.0, "km²", "平方公里"),
    "10k km2": Unit("area", 1e4, "10k km²", "万平方公里"),
    "kw": Unit("power", 1.0, "kW", "千瓦"),
    "10k kw": Unit("power", 1e4, "10k kW", "万千瓦"),
    "tonne": Unit("mass", 1.0, "t", "吨"),
    "10k tonnes": Unit("mass", 1e4, "10k t", "万吨"),
    "10k tce": Unit("energy", 1e4, "10k tce", "万吨标准煤"),
    "10k beds": Unit("beds", 1e4, "10k beds", "万张"),
    "1000 ha": Unit("land", 1e3, "1,000 ha", "千公顷"),
    "10k ha": Unit("land", 1e4, "10k ha", "万公顷"),
    "100m m3": Unit("volume", 1e8, "100m m³", "亿立方米"),
    "year": Unit("time", 1.0, "years", "年"),
    "share": Unit("ratio", 1.0, "share", "比例"),
    "%": Unit("ratio", 0.01, "%", "%"),
    "per mille": Unit("ratio", 0.001, "‰", "‰"),
    "ratio": Unit("plain", 1.0, "ratio", "比值"),
    "index": Unit("index", 1.0, "index", "指数"),
    "previous year = 100": Unit("chain", 1.0, "previous year = 100", "上年=100"),
}
_SPELLINGS: dict[str, str] = {
    "元": "yuan",
    "cny": "yuan",
    "rmb": "yuan",
    "万元": "10k yuan",
    "亿元": "100m yuan",
    "万人": "10k persons",
    "人": "person",
    "人年": "person-year",
    "户": "household",
    "万户": "10k households",
    "件": "piece",
    "个": "piece",
    "项": "piece",
    "万个": "10k",
    "万件": "10k",
    "公里": "km",
    "千米": "km",
    "万公里": "10k km",
    "平方公里": "km2",
    "万平方公里": "10k km2",
    "千瓦": "kw",
    "万千瓦": "10k kw",
    "吨": "tonne",
    "万吨": "10k tonnes",
    "亿立方米": "100m m3",
    "万吨标准煤": "10k tce",
    "万张": "10k beds",
    "千公顷": "1000 ha",
    "万公顷": "10k ha",
    "年": "year",
    "percent": "%",
    "％": "%",
    "比例": "share",
    "‰": "per mille",
    "比值": "ratio",
    "指数": "index",
    "上年=100": "previous year = 100",
    "上年同期=100": "previous year = 100",
    "preceding year=100": "previous year = 100",
    "preceding year = 100": "previous year = 100",
    "prev. year=100": "previous year = 100",
    "万户数": "10k households",
}


# What a multiple stands before: 万元, 亿元, 10,000 yuan. Words of counting (台, 所, 家, units) are
# one dimension, as nobody converts between them; persons, households and beds are their own, so
# that a head count is never divided by itself.
_BASES: dict[str, tuple[str, float]] = {
    "元": ("money", 1.0),
    "yuan": ("money", 1.0),
    "cny": ("money", 1.0),
    "rmb": ("money", 1.0),
    "人民币": ("money", 1.0),
    "美元": ("money in US$", 1.0),
    "usd": ("money in US$", 1.0),
    "us$": ("money in US$", 1.0),
    "us dollars": ("money in US$", 1.0),
    "人": ("persons", 1.0),
    "person": ("persons", 1.0),
    "persons": ("persons", 1.0),
    "people": ("persons", 1.0),
    "人年": ("persons-year", 1.0),
    "人/年": ("persons-year", 1.0),
    "person-year": ("persons-year", 1.0),
    "person-years": ("persons-year", 1.0),
    "man-years": ("persons-year", 1.0),
    "人次": ("visits", 1.0),
    "person-times": ("visits", 1.0),
    "户": ("households", 1.0),
    "household": ("households", 1.0),
    "households": ("households", 1.0),
    **dict.fromkeys(
        (
            "件",
            "个",
            "项",
            "台",
            "部",
            "辆",
            "所",
            "家",
            "座",
            "处",
            "套",
            "艘",
            "册",
            "只",
            "头",
            "篇",
            "种",
            "条",
            "路",
            "户数",
            "台(部)",
            "台/部",
            "piece",
            "pieces",
            "unit",
            "units",
            "sets",
            "items",
            "cases",
        ),
        ("count", 1.0),
    ),
    "张": ("beds", 1.0),
    "床": ("beds", 1.0),
    "bed": ("beds", 1.0),
    "beds": ("beds", 1.0),
    "公里": ("length", 1.0),
    "千米": ("length", 1.0),
    "km": ("length", 1.0),
    "kilometers": ("length", 1.0),
    "米": ("length", 1e-3),
    "m": ("length", 1e-3),
    "平方公里": ("area", 1.0),
    "平方千米": ("area", 1.0),
    "km2": ("area", 1.0),
    "sq.km": ("area", 1.0),
    "sq km": ("area", 1.0),
    "平方米": ("area", 1e-6),
    "m2": ("area", 1e-6),
    "sq.m": ("area", 1e-6),
    "公顷": ("land", 1.0),
    "hectare": ("land", 1.0),
    "hectares": ("land", 1.0),
    "ha": ("land", 1.0),
    "亩": ("land", 1 / 15),
    "mu": ("land", 1 / 15),
    "千瓦": ("power", 1.0),
    "kw": ("power", 1.0),
    "瓦": ("power", 1e-3),
    "千瓦时": ("electricity", 1.0),
    "度": ("electricity", 1.0),
    "kwh": ("electricity", 1.0),
    "kw.h": ("electricity", 1.0),
    "吨": ("mass", 1.0),
    "tonne": ("mass", 1.0),
    "tonnes": ("mass", 1.0),
    "ton": ("mass", 1.0),
    "tons": ("mass", 1.0),
    "t": ("mass", 1.0),
    "公斤": ("mass", 1e-3),
    "千克": ("mass", 1e-3),
    "kg": ("mass", 1e-3),
    "克": ("mass", 1e-6),
    "吨标准煤": ("energy", 1.0),
    "tce": ("energy", 1.0),
    "tons of sce": ("energy", 1.0),
    "tonnes of sce": ("energy", 1.0),
    "立方米": ("volume", 1.0),
    "m3": ("volume", 1.0),
    "cu.m": ("volume", 1.0),
    "吨公里": ("freight", 1.0),
    "人公里": ("travel", 1.0),
    "倍": ("plain", 1.0),
    "times": ("plain", 1.0),
    "岁": ("time", 1.0),
    "天": ("days", 1.0),
    "日": ("days", 1.0),
    "次": ("count", 1.0),
    "升": ("volume", 1e-3),
    "斤": ("mass", 5e-4),
    "kilowatt-hours": ("electricity", 1.0),
    "dollars": ("money in US$", 1.0),
    "年": ("time", 1.0),
    "year": ("time", 1.0),
    "years": ("time", 1.0),
    "小时": ("hours", 1.0),
    "分钟": ("hours", 1 / 60),
}
_MULTIPLES = {
    "万亿": 1e12,
    "十亿": 1e9,
    "亿": 1e8,
    "千万": 1e7,
    "百万": 1e6,
    "万": 1e4,
    "千": 1e3,
    "百": 1e2,
    "10,000": 1e4,
    "10 000": 1e4,
    "10000": 1e4,
    "10k": 1e4,
    "ten thousand": 1e4,
    "100 million": 1e8,
    "100m": 1e8,
    "100 000 000": 1e8,
    "million": 1e6,
    "billion": 1e9,
    "thousand": 1e3,
    "1,000": 1e3,
    "1000": 1e3,
    "1 000": 1e3,
    "100": 1e2,
    "trillion": 1e12,
}
_BY_LENGTH = sorted(_MULTIPLES, key=len, reverse=True)


def _simple(key: str) -> tuple[str, float] | None:
    """Dimension and size of a unit with its multiple (万元, 10,000 persons); None for what is not
    known."""
    unit = _UNITS.get(_SPELLINGS.get(key, key))
    if unit is not None:
        return unit.dimension, unit.factor
    if key in _BASES:
        return _BASES[key]
    for multiple in _BY_LENGTH:
        rest = key.removeprefix(multiple).strip()
        if rest != key and rest in _BASES:
            dimension, factor = _BASES[rest]
            return dimension, factor * _MULTIPLES[multiple]
    return None


@lru_cache(maxsize=4096)
def find_unit(text: str) -> Unit | None:
    """The unit a text names (English or Chinese), or None.

    Multiples (万, 亿, 10,000, 100 million) and one division (元/人, yuan per person, 件/万人) are
    worked out; dimensions are kept, so that nothing converts into something else.
    """
    key = re.sub(r"\s+", " ", folded(text)).strip().lower()
    unit = _UNITS.get(_SPELLINGS.get(key, key))
    if unit is not None:
        return unit
    if (simple := _simple(key)) is not None:
        return Unit(*simple, text.strip(), text.strip())
    for mark in ("/", " per ", "每"):
        upper, found, lower = key.partition(mark)
        if found and (a := _simple(upper.strip())) and (b := _simple(lower.strip())):
            return Unit(f"{a[0]}/{b[0]}", a[1] / b[1], text.strip(), text.strip())
    return None


def known_units() -> list[str]:
    """Names a codebook may use, for messages."""
    return sorted(_UNITS)


def conversion_factor(source: str, target: str) -> float | None:
    """What turns a number in `source` units into `target` units; None across dimensions."""
    a, b = find_unit(source), find_unit(target)
    if a is None or b is None or a.dimension != b.dimension:
        return None
    return a.factor / b.factor
