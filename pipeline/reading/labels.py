"""What the columns of a table are: labels of the rows (place, year, indicator, unit, code) or values."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.panel.places import find_place
from pipeline.panel.units import find_unit
from pipeline.reading.cells import fold, parse_year
from pipeline.reading.headers import Column, column_of_header
from pipeline.reading.rows import is_number

_ROLES = {
    "place": "地区 地区名称 省份 省份名称 省 省市 省区市 省市区 省市自治区 城市 城市名称 地市 市 区县 县 县域 行政区 行政区域 所属省份 所在省份 区域 province prov "
             "province_name provname prvcnm region region_name reg area city county name district",
    "year": "年 年份 年度 时间 统计年度 会计年度 统计截止日期 日期 year yr time date period sgnyear",
    "variable": "指标 指标名称 变量 变量名 变量名称 项目 indicator variable variables item series series_name 指标名",
    "value": "数值 值 数据 指标值 取值 value val obs_value amount",
    "unit": "单位 计量单位 unit units",
    "code": "id 序号 编号 代码 行政区划代码 行政代码 地区代码 地区编码 省份代码 省代码 城市代码 区划代码 县域代码 code adcode region_code prvcd 编码 no",
}  # fmt: skip
_ROLE_OF = {name.replace("_", ""): role for role, names in _ROLES.items() for name in names.split()}


@dataclass(frozen=True)
class Hints:
    """Names of columns that a study declares: they decide before any recognition."""

    place: str | None = None
    year: str | None = None
    variable: str | None = None
    value: str | None = None
    flag: str | None = None

    def role(self, text: str) -> str | None:
        """The role declared for a heading."""
        key = fold(text).lower()
        return next((r for r, n in self.__dict__.items() if n is not None and fold(n).lower() == key), None)


@dataclass(frozen=True)
class Candidate:
    """A column as its header and the first rows of data show it."""

    index: int
    stack: list[tuple[int, str]]
    levels: list[str]
    below: list[Any]

    def share(self, holds: Callable[[Any], bool]) -> float:
        """Share of the filled cells for which something holds."""
        return share(self.below, holds)


def label_columns(candidates: list[Candidate], hints: Hints, across: bool, numbering: set[int]) -> dict[str, int]:
    """Role -> column. Of several columns of places the one with most different units labels the rows; columns of the same
    name beside it begin tables of their own (`place 7`), any other (a province beside cities, a region) is left out."""
    labels: dict[str, int] = {}
    places: list[Candidate] = []
    for c in candidates:
        role = _named_role(c.levels, hints)
        if role == "place":
            places += [c] if hints.place or not c.below or c.share(_is_place) or c.share(is_number) < 1 else []
        elif role is not None:
            labels.setdefault(role, c.index)
        elif c.share(_is_text) >= 0.5 and not _header_key(c, numbering):
            if c.share(_is_place) >= 0.5:
                places.append(c)
            elif c.share(_is_unit) >= 0.8:
                labels.setdefault("unit", c.index)
            elif across and c.share(_is_region) < 0.5:
                labels.setdefault("variable", c.index)
    coded = [c for c in candidates if c.index == labels.get("code") and c.share(_is_place) >= 0.7]
    if not places and coded and not any(column_of_header(c.index, c.stack, numbering).place for c in candidates):
        places.append(coded[0])
        del labels["code"]
    if places:
        declared = [c for c in places if any(hints.role(text) == "place" for text in c.levels)]
        best = max(
            declared or places,
            key=lambda c: (c.share(_is_place) >= 0.3, len({fold(x) for x in c.below if _is_place(x)}), -c.index),
        )
        labels["place"] = best.index
        twins = [c for c in places if c is not best and c.levels == best.levels and c.share(_is_place) >= 0.3]
        if twins:
            first = min([best, *twins], key=lambda c: c.index)
            labels["place"] = first.index
            labels |= {f"place {c.index}": c.index for c in [best, *twins] if c is not first}
    return labels


def _header_key(candidate: Candidate, numbering: set[int]) -> bool:
    """Whether the header itself gives the column a year or a place."""
    column = column_of_header(candidate.index, candidate.stack, numbering)
    return column.year is not None or column.place is not None


def holds_values(candidate: Candidate, across: bool, numbering: set[int]) -> bool:
    """A column of numbers, or of whatever stands under a year or a place; under years also one whose year cannot be read."""
    if _header_key(candidate, numbering):
        return True
    if across:
        return any(ch.isdigit() for text in candidate.levels for ch in text)
    return bool(candidate.levels)


def _named_role(levels: list[str], hints: Hints) -> str | None:
    for text in reversed(levels):
        if role := hints.role(text):
            return role
    for text in reversed(levels):
        role = _ROLE_OF.get(re.sub(r"[\s_]+", "", text).lower())
        if role and getattr(hints, role, None) is None:
            return role
    return None


def years_down(values: list[Column], candidates: list[Candidate]) -> int | None:
    """The first of the columns that holds years without a telling name, or None."""
    for column in values[:3]:
        below = candidates[column.index].below
        years = [parse_year(cell) for cell in below]
        if below and None not in years and (any(isinstance(c, str) for c in below) or len(set(years)) == len(years)):
            return column.index
    return None


def share(cells: list[Any], holds: Callable[[Any], bool]) -> float:
    return sum(map(bool, map(holds, cells))) / len(cells) if cells else 0.0


def _is_place(cell: Any) -> bool:
    place = find_place(fold(cell))
    return place is not None and place.kind != "region"


def _is_region(cell: Any) -> bool:
    place = find_place(fold(cell))
    return place is not None and place.kind == "region"


def _is_unit(cell: Any) -> bool:
    return find_unit(fold(cell)) is not None


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str) and not is_number(cell) and parse_year(cell) is None
