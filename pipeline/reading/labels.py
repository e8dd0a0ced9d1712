"""What the columns of a table are: labels of the rows (place, year, indicator, unit,
code) or values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.panel.places import find_place
from pipeline.panel.units import find_unit
from pipeline.reading.cells import fold, parse_year
from pipeline.reading.headers import Column, column_of_header
from pipeline.reading.roles import role_of
from pipeline.reading.rows import is_number


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
        return next(
            (r for r, n in self.__dict__.items() if n is not None and fold(n).lower() == key), None
        )


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


def label_columns(
    candidates: list[Candidate], hints: Hints, across: bool, numbering: set[int]
) -> dict[str, int]:
    """Role -> column.

    Of several columns of places the one with most different units labels the rows; columns of the
    same name beside it begin tables of their own (`place 7`), any other (a province beside cities,
    a region) is left out.
    """
    labels: dict[str, int] = {}
    places: list[Candidate] = []
    for c in candidates:
        role = _named_role(c.levels, hints)
        if (role == "variable" and not hints.variable and c.below and c.share(_is_text) < 0.5) or (
            role == "year"
            and not hints.year
            and c.below
            and c.share(_is_year) < 0.5
            and c.share(is_number) > 0.5
        ):
            role = None  # a number called item, a dummy called period
        if role == "place":
            places += (
                [c]
                if hints.place or not c.below or c.share(_is_place) or c.share(is_number) < 1
                else []
            )
        elif role is not None:
            labels.setdefault(role, c.index)
        elif c.share(_is_text) >= 0.5 and not _header_key(c, numbering):
            if c.share(_is_place) >= 0.5:
                places.append(c)
            elif c.share(_is_unit) >= 0.8:
                labels.setdefault("unit", c.index)
            elif (
                across
                and c.share(_is_region) < 0.5
                and not any(_header_key(x, numbering) for x in candidates[: c.index])
            ):
                labels.setdefault("variable", c.index)
    coded = [c for c in candidates if c.index == labels.get("code") and c.share(_is_place) >= 0.7]
    if (
        not places
        and coded
        and not any(column_of_header(c.index, c.stack, numbering).place for c in candidates)
    ):
        places.append(coded[0])
        del labels["code"]
    if places:
        declared = [c for c in places if any(hints.role(text) == "place" for text in c.levels)]
        best = max(
            declared or places,
            key=lambda c: (
                c.share(_is_place) >= 0.3,
                len({fold(x) for x in c.below if _is_place(x)}),
                -c.index,
            ),
        )
        labels["place"] = best.index
        twins = [
            c for c in places if c is not best and c.share(_is_place) >= 0.3 and _beside(best, c)
        ]
        if twins:
            first = min([best, *twins], key=lambda c: c.index)
            labels["place"] = first.index
            labels |= {f"place {c.index}": c.index for c in [best, *twins] if c is not first}
    return labels


def _beside(one: Candidate, other: Candidate) -> bool:
    """Two columns that list different units of one kind row by row:
    halves of a table, or tables, side by side."""
    if abs(one.index - other.index) < 2:
        return False
    pairs = [
        (find_place(fold(a)), find_place(fold(b)))
        for a, b in zip(one.below, other.below, strict=False)
    ]
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    return bool(both) and sum(a.kind == b.kind and a.code != b.code for a, b in both) >= 0.5 * len(
        both
    )


def _header_key(candidate: Candidate, numbering: set[int]) -> bool:
    """Whether the header itself gives the column a year or a place."""
    column = column_of_header(candidate.index, candidate.stack, numbering)
    return column.year is not None or column.place is not None


def holds_values(candidate: Candidate, across: bool, numbering: set[int]) -> bool:
    """A column of numbers, or of whatever stands under a year or a place;
    under years also one whose year cannot be read."""
    if _header_key(candidate, numbering):
        return True
    if across:
        return any(ch.isdigit() for text in candidate.levels for ch in text)
    return bool(candidate.levels)


def _named_role(levels: list[str], hints: Hints) -> str | None:
    for text in reversed(levels):
        if role := hints.role(text):
            return role
    roles = [role_of(text) for text in reversed(levels)]
    known = [role for role in roles if role and getattr(hints, role, None) is None]
    return next(
        (role for role in known if role != "unit"), known[0] if known else None
    )  # 单位 may head a row of units


def years_down(values: list[Column], candidates: list[Candidate]) -> int | None:
    """The first of the columns that holds years without a telling name, or None."""
    bare = [c.index for c in candidates[:2] if not c.levels]
    for index in [*bare, *(v.index for v in values[:3])]:
        below = candidates[index].below
        years = [parse_year(cell) for cell in below]
        if (
            below
            and None not in years
            and (any(isinstance(c, str) for c in below) or len(set(years)) == len(years))
        ):
            return index
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


def _is_year(cell: Any) -> bool:
    return parse_year(cell) is not None


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str) and not is_number(cell) and parse_year(cell) is None
