"""Where the tables of a sheet are, recognised by content: their headers, label columns and rows.

A panel's cell has a place, a year and an indicator. In a file each of the three stands in the header above the cell, in a
label column beside it, in a title above the table, or in the name of the sheet. This covers exports with years across,
yearbook sheets with stacked headers, blocks per province, provinces across, long tables, and their mixtures.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pipeline.panel.places import find_place
from pipeline.panel.units import find_unit
from pipeline.reading.cells import fold, parse_year, split_heading
from pipeline.reading.rows import (
    NOTE,
    UNIT,
    Row,
    is_names,
    is_number,
    is_numbering,
    is_place_header,
    is_year_header,
    look,
    unit_in,
)
from pipeline.reading.sheet import Sheet

_SAMPLE = 60
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
_STEM_YEAR = re.compile(r"^(?P<stem>.*?[^\d])_?(?P<year>(?:19|20)\d{2})$")
_TITLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年?(?!\d)(?!\s*[-—–至到~])")
_PLACE_TITLE = re.compile(r"^(?:地区|省份|省|region|province|area)\s*[::]\s*(.+)$", re.IGNORECASE)
_SKIPPED_TITLE = re.compile(r"^(数据库|时间|频率|database|time|period)\s*[::]", re.IGNORECASE)


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
class Column:
    """A column of values: the year or place its header gives it, its names from the nearest up, its unit."""

    index: int
    year: int | None
    place: str | None
    names: tuple[str, ...]
    unit: str | None
    head: tuple[int, int]


@dataclass
class Table:
    """One table of a sheet. `labels`: role -> column; `title_*`: what its titles give for the whole table; `headless`:
    columns of numbers without a heading, which are told and not taken."""

    sheet: Sheet
    header: list[int]
    labels: dict[str, int] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    title_names: tuple[str, ...] = ()
    title_place: str | None = None
    title_year: int | None = None
    title_unit: str | None = None
    title_cell: tuple[int, int] | None = None
    headless: list[int] = field(default_factory=list)

    def taken(self) -> set[int]:
        """The columns that the table reads."""
        return {*self.labels.values(), *(c.index for c in self.columns)}

    def has(self, axis: str) -> bool:
        """Whether the table itself says the axis `place`, `year` or `variable`, by header, label column or title."""
        if axis in self.labels:
            return True
        if axis == "variable":
            return bool(self.title_names) or any(c.names for c in self.columns)
        return getattr(self, f"title_{axis}") is not None or any(getattr(c, axis) is not None for c in self.columns)


def find_tables(sheet: Sheet, hints: Hints = Hints()) -> list[Table]:
    """The tables of a sheet in the order in which they stand in it."""
    tables: list[Table] = []
    current: Table | None = None
    titles: list[tuple[int, int]] = []
    unit: str | None = None
    year: int | None = None
    known: dict[tuple[Any, Any], bool] = {}
    r = 0
    while r < len(sheet.rows):
        row = sheet.rows[r]
        if current is not None and _goes_on(current, row, known):
            current.rows.append(r)
            titles = []
            r += 1
            continue
        seen = look(row)
        if not seen.filled:
            r += 1
            continue
        size = (sheet.header if r == 0 else 0) if sheet.header else _header_at(sheet, r, seen, hints)
        if size:
            current = _open(sheet, r, size, hints)
            unit, year = _read_titles(current, titles, unit, year)
            tables += [t for t in _split(current) if t.columns]
            known, titles = {}, []
            r += size
            continue
        if _is_title(row, seen):
            titles += [(r, c) for c in seen.filled]
        elif current is not None and not NOTE.match(fold(row[seen.filled[0]])):
            current.rows.append(r)
            titles = []
        r += 1
    for table in tables:
        if table.labels.get("place") is not None:
            _fill_merged(table)
    for table in tables:
        table.headless = _headless(table, [c for other in tables if other.rows is table.rows for c in other.taken()])
    return [t for t in tables if t.rows]


def _headless(table: Table, taken: list[int]) -> list[int]:
    """Columns of numbers in the table's rows that no heading names."""
    rows = [table.sheet.rows[r] for r in table.rows[:_SAMPLE]]
    out = []
    for c in range(max((len(row) for row in rows), default=0)):
        if c not in taken and not any(
            c < len(table.sheet.rows[r]) and fold(table.sheet.rows[r][c]) for r in table.header
        ):
            cells = [row[c] for row in rows if c < len(row) and fold(row[c])]
            if len(cells) >= 0.5 * len(rows) and _share(cells, is_number) >= 0.5:
                out.append(c)
    return out


def _goes_on(table: Table, row: list[Any], known: dict[tuple[Any, Any], bool]) -> bool:
    """A quick look: the label columns hold a place and a year as in the rows before."""
    p, y = table.labels.get("place"), table.labels.get("year")
    if p is None or y is None or max(p, y) >= len(row):
        return False
    key = (row[p], row[y])
    if key not in known:
        known[key] = bool(fold(row[p])) and find_place(fold(row[p])) is not None and parse_year(row[y]) is not None
    return known[key]


def _is_title(row: list[Any], seen: Row) -> bool:
    """A text that stands alone, or beside the unit of the table."""
    if len(seen.texts) != len(seen.filled) or NOTE.match(fold(row[seen.filled[0]])):
        return False
    return len(seen.filled) == 1 or (len(seen.filled) <= 3 and any(UNIT.match(fold(row[c])) for c in seen.filled))


def _header_at(sheet: Sheet, r: int, seen: Row, hints: Hints) -> int:
    """How many rows of a header begin here; 0 where none does. Data must follow within two rows."""
    at, size, heads = r, 0, 0
    while at < len(sheet.rows) and size < 8:
        look_here = seen if at == r else look(sheet.rows[at])
        row = sheet.rows[at]
        if _is_title(row, look_here) and not (size and unit_in(row[look_here.filled[0]])):
            break
        if is_year_header(row, look_here) or is_place_header(row, look_here) or is_names(look_here):
            heads += 1
        elif not (size and (is_numbering(row, look_here) or (
                len(look_here.texts) == len(look_here.filled) == 1 and unit_in(row[look_here.filled[0]])))):  # fmt: skip
            break
        size += 1
        at += 1
    if not heads:
        return 0
    for row in sheet.rows[at : at + 2]:
        below = look(row)
        if below.filled:
            led = below.places or below.years or below.texts or below.numbers
            return size if led and (below.numbers or below.places or below.years or hints != Hints()) else 0
    return 0


def _stacks(sheet: Sheet, top: int, size: int) -> list[list[tuple[int, str]]]:
    """For each column the (row, text) of its header from the top down, merged cells repeated under their range."""
    width = max(len(row) for row in sheet.rows[top : top + size + _SAMPLE])
    grid = [[fold(row[c]) if c < len(row) else "" for c in range(width)] for row in sheet.rows[top : top + size]]
    inside = [m for m in sheet.merged if top <= m[0] and m[2] < top + size]
    for t, left, bottom, right in inside:
        for r in range(t, bottom + 1):
            for c in range(left, min(right + 1, width)):
                if r == t or c != left:
                    grid[r - top][c] = grid[t - top][left] if r == t else grid[r - top][c]
    if not inside:  # text files keep a merged heading in its first column only
        leaf = grid[-1]
        for row in grid[:-1]:
            last, spread = "", False
            for c in range(width):
                if row[c]:
                    last, spread = row[c], c > 0 and any(row[:c])
                elif last and spread and leaf[c]:
                    row[c] = last
    stacks = []
    for c in range(width):
        stack: list[tuple[int, str]] = []
        for r, row in enumerate(grid):
            if row[c] and (not stack or stack[-1][1] != row[c]):
                stack.append((top + r, row[c]))
        stacks.append(stack)
    return stacks


@dataclass(frozen=True)
class _Candidate:
    """A column as its header and the first rows of data show it."""

    index: int
    stack: list[tuple[int, str]]
    levels: list[str]
    below: list[Any]

    def share(self, holds: Callable[[Any], bool]) -> float:
        """Share of the filled cells for which something holds."""
        return _share(self.below, holds)


def _open(sheet: Sheet, top: int, size: int, hints: Hints) -> Table:
    """The table whose header has `size` rows from `top`: roles of its columns, from names first, then from content."""
    sample = [row for row in sheet.rows[top + size : top + size + _SAMPLE] if any(fold(c) for c in row)]
    table = Table(sheet, list(range(top, top + size)))
    looks = {r: look(sheet.rows[r]) for r in table.header}
    numbering = {r for r, seen in looks.items() if is_numbering(sheet.rows[r], seen)}
    across = any(
        is_year_header(sheet.rows[r], seen) or is_place_header(sheet.rows[r], seen) for r, seen in looks.items()
    )
    candidates = [
        _Candidate(c, stack, [text for r, text in stack if r not in numbering], [row[c] for row in sample if c < len(row) and fold(row[c])])
        for c, stack in enumerate(_stacks(sheet, top, size))
    ]  # fmt: skip
    table.labels = _label_columns(candidates, hints, across, numbering)
    values = [_column(c.index, c.stack, numbering) for c in candidates
              if c.index not in table.labels.values() and _holds_values(c, across, numbering)]  # fmt: skip
    if "year" not in table.labels and not any(v.year for v in values):
        values = _years_down(table, values, candidates)
    if "variable" in table.labels and "value" not in table.labels and not across:
        numeric = [v for v in values if candidates[v.index].share(is_number) >= 0.5]
        if len(numeric) == 1:
            table.labels["value"] = numeric[0].index
    if "value" in table.labels and "variable" in table.labels:
        c = table.labels["value"]
        values = [Column(c, None, None, (), None, (top, c))]
    elif "value" in table.labels:
        c = table.labels.pop("value")
        values = sorted([*values, _column(c, candidates[c].stack, numbering)], key=lambda v: v.index)
    table.columns = _stem_years(table, values)
    return table


def _label_columns(candidates: list[_Candidate], hints: Hints, across: bool, numbering: set[int]) -> dict[str, int]:
    """Role -> column. Of several columns of places the one with most different units labels the rows; columns of the same
    name beside it begin tables of their own (`place 7`), any other (a province beside cities, a region) is left out."""
    labels: dict[str, int] = {}
    places: list[_Candidate] = []
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
    if not places and coded and not any(_column(c.index, c.stack, numbering).place for c in candidates):
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


def _header_key(candidate: _Candidate, numbering: set[int]) -> bool:
    """Whether the header itself gives the column a year or a place."""
    column = _column(candidate.index, candidate.stack, numbering)
    return column.year is not None or column.place is not None


def _holds_values(candidate: _Candidate, across: bool, numbering: set[int]) -> bool:
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


def _years_down(table: Table, values: list[Column], candidates: list[_Candidate]) -> list[Column]:
    """A first column of years without a telling name."""
    for column in values[:3]:
        below = candidates[column.index].below
        years = [parse_year(cell) for cell in below]
        if below and None not in years and (any(isinstance(c, str) for c in below) or len(set(years)) == len(years)):
            table.labels["year"] = column.index
            return [v for v in values if v is not column]
    return values


def _share(cells: list[Any], holds: Callable[[Any], bool]) -> float:
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


def _column(c: int, stack: list[tuple[int, str]], numbering: set[int]) -> Column:
    """Year, place, unit and names out of a column's header."""
    year: int | None = None
    place: str | None = None
    unit: str | None = None
    names: list[str] = []
    head = (stack[-1][0] if stack else 0, c)
    for r, text in stack:
        if r in numbering:
            continue
        if parse_year(text) is not None:
            year = parse_year(text)
        elif find_place(text) is not None:
            place = text
        elif len(stack) > 1 and (alone := unit_in(text)):
            unit = alone
        else:
            names.append(text)
            head = (r, c)
    names.reverse()
    if unit is None and names:
        unit = split_heading(names[0])[1]
    if len(names) > 1:
        names.append("·".join(reversed(names)))
    return Column(c, year, place, tuple(names), unit, head)


def _stem_years(table: Table, values: list[Column]) -> list[Column]:
    """Names that end in a year (gdp2010, gdp2011), where the table has no other years."""
    if table.has("year") or any(v.year for v in values):
        return values
    matches = {v.index: m for v in values if v.names and (m := _STEM_YEAR.match(v.names[0]))}
    stems = Counter(m["stem"] for m in matches.values())
    return [
        Column(v.index, int(m["year"]), v.place, (m["stem"].rstrip("_ "), *v.names[1:]), v.unit, v.head)
        if (m := matches.get(v.index)) and stems[m["stem"]] >= 2 else v
        for v in values
    ]  # fmt: skip


def _read_titles(
    table: Table, titles: list[tuple[int, int]], unit: str | None, year: int | None
) -> tuple[str | None, int | None]:
    """What the titles above say, the nearest first; a unit or a year holds for the tables below it too."""
    for r, c in reversed(titles):
        text = fold(table.sheet.rows[r][c])
        if match := UNIT.match(text):
            unit = match["unit"]
        elif _SKIPPED_TITLE.match(text):
            continue
        elif (match := _PLACE_TITLE.match(text)) and find_place(match[1]):
            table.title_place = table.title_place or match[1]
        elif find_place(text):
            table.title_place = table.title_place or text
        elif parse_year(text) is not None:
            year = parse_year(text)
        else:
            if years := _TITLE_YEAR.findall(text):
                year = int(years[-1]) if len(set(years)) == 1 else year
            if not table.title_names:
                table.title_names, table.title_cell = (text,), (r, c)
    table.title_unit, table.title_year = unit, year
    return unit, year


def _split(table: Table) -> Iterator[Table]:
    """Tables that stand side by side, each with a place column of its own, one by one; they share their rows."""
    starts = sorted(c for role, c in table.labels.items() if role == "place" or role.startswith("place "))
    names = {fold(table.sheet.rows[table.header[-1]][c]) for c in starts if c < len(table.sheet.rows[table.header[-1]])}
    extra = [role for role in table.labels if role.startswith("place ")]
    between = all(any(a < v.index < b for v in table.columns) for a, b in pairwise(starts))
    if len(starts) < 2 or len(names) > 1 or not between:
        for role in extra:
            del table.labels[role]
        yield table
        return
    shared = {r: c for r, c in table.labels.items() if not r.startswith("place") and c < starts[0]}
    for a, b in zip(starts, [*starts[1:], 10**9], strict=True):
        labels = (
            shared | {r: c for r, c in table.labels.items() if not r.startswith("place") and a < c < b} | {"place": a}
        )
        part = Table(table.sheet, table.header, labels, [v for v in table.columns if a < v.index < b], table.rows,
                     table.title_names, table.title_place, table.title_year, table.title_unit, table.title_cell)  # fmt: skip
        yield part


def _fill_merged(table: Table) -> None:
    """Repeat a merged label in the rows of its range: the file itself says that they are one."""
    rows = table.sheet.rows
    for top, left, bottom, right in table.sheet.merged:
        if left == right and left in table.labels.values() and bottom > top:
            for r in range(top + 1, bottom + 1):
                if r < len(rows) and left < len(rows[r]) and not fold(rows[r][left]):
                    rows[r][left] = rows[top][left]
