"""Units of the yearbooks and their conversion: a small typed table, closed on purpose."""

import re
import unicodedata
from dataclasses import dataclass


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
    "元": "yuan", "cny": "yuan", "rmb": "yuan", "万元": "10k yuan", "亿元": "100m yuan", "万人": "10k persons",
    "人": "person", "人年": "person-year", "户": "household", "万户": "10k households", "件": "piece", "个": "piece",
    "项": "piece", "万个": "10k", "万件": "10k", "公里": "km", "千米": "km", "万公里": "10k km", "平方公里": "km2",
    "万平方公里": "10k km2", "千瓦": "kw", "万千瓦": "10k kw", "吨": "tonne", "万吨": "10k tonnes",
    "亿立方米": "100m m3", "万吨标准煤": "10k tce", "万张": "10k beds", "千公顷": "1000 ha", "万公顷": "10k ha", "年": "year", "percent": "%", "％": "%", "比例": "share", "1": "share",
    "‰": "per mille", "比值": "ratio", "指数": "index", "上年=100": "previous year = 100",
    "prev. year=100": "previous year = 100", "万户数": "10k households",
}  # fmt: skip


def find_unit(text: str) -> Unit | None:
    """The unit a text names (English or Chinese), or None."""
    key = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()
    return _UNITS.get(_SPELLINGS.get(key, key))


def known_units() -> list[str]:
    """Names a codebook may use, for messages."""
    return sorted(_UNITS)


def conversion_factor(source: str, target: str) -> float | None:
    """What a number in `source` units is multiplied by to be in `target` units; None if their dimensions differ."""
    a, b = find_unit(source), find_unit(target)
    if a is None or b is None or a.dimension != b.dimension:
        return None
    return a.factor / b.factor
