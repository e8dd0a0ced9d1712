"""What the columns of a table are: labels of the rows (place, year, indicator, unit,
code) or values."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.panel.places import find_place
from pipeline.panel.units import find_unit
from pipeline.reading.cells import fold, parse_year
from pipeline.reading.headers import Column
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
        named = {fold(name).lower(): role for role, name in reversed(vars(self).items()) if name}
        return named.get(key)


@dataclass(frozen=True)
class Candidate:
    """A column as its header and the first rows of data show it.

    levels: the texts of its header from the top down; below: its filled cells
    """

    index: int
    header: Column
    levels: list[str]
    below: list[object]

    def share(self, holds: Callable[[object], bool]) -> float:
        """Share of the filled cells for which something holds."""
        return share(self.below, holds)

    @property
    def keyed(self) -> bool:
        """Whether the header itself gives the column a year or a place."""
        return self.header.year is not None or self.header.place is not None

    @property
    def lists_places(self) -> bool:
        """Three in ten cells are places: enough to label rows, the rest may be misspelt."""
        return self.share(_is_place) >= 0.3

    @property
    def units(self) -> int:
        """How many different places it lists."""
        return len({fold(cell) for cell in self.below if _is_place(cell)})


def label_columns(candidates: list[Candidate], hints: Hints, across: bool) -> dict[str, int]:
    """Role -> column; across: whether years or places stand in the header.

    Of several columns of places the one with most different units labels the rows; columns of the
    same name beside it begin tables of their own (`place 7`), any other (a province beside cities,
    a region) is left out.
    """
    labels: dict[str, int] = {}
    places: list[Candidate] = []
    for c in candidates:
        role = _named_role(c, hints) or _role_of_content(c, candidates, across)
        if role == "place" and _may_be_place(c, hints):
            places.append(c)
        elif role is not None and role != "place":
            labels.setdefault(role, c.index)
    if not places and (coded := _coded_places(candidates, labels.get("code"))):
        places = coded
        del labels["code"]
    return labels | _place_labels(places, hints)


def _named_role(candidate: Candidate, hints: Hints) -> str | None:
    """The role that the header names, the study's own names first, unless the cells belie it."""
    names = candidate.levels[::-1]
    if declared := next(filter(None, map(hints.role, names)), None):
        return None if _belied(candidate, declared, hints) else declared
    roles = [role for role in map(role_of, names) if role and getattr(hints, role, None) is None]
    # 单位 may head a row of units: any other role counts before it.
    role = next((role for role in roles if role != "unit"), roles[0] if roles else None)
    return None if role is None or _belied(candidate, role, hints) else role


def _belied(candidate: Candidate, role: str, hints: Hints) -> bool:
    """A number called item, a dummy called period."""
    if not candidate.below or getattr(hints, role, None):
        return False
    if role == "variable":
        return candidate.share(_is_text) < 0.5
    numbers = candidate.share(_is_year) < 0.5 and candidate.share(is_number) > 0.5
    return role == "year" and numbers


def _may_be_place(candidate: Candidate, hints: Hints) -> bool:
    """Nothing but numbers, none of them a code of a place, are no places whatever their heading."""
    c = candidate
    return bool(hints.place or not c.below or c.share(_is_place) or c.share(is_number) < 1)


def _role_of_content(candidate: Candidate, every: list[Candidate], across: bool) -> str | None:
    """The role of a column of texts that no heading names."""
    if candidate.share(_is_text) < 0.5 or candidate.keyed:
        return None
    if candidate.share(_is_place) >= 0.5:
        return "place"
    if candidate.share(_is_unit) >= 0.8:
        return "unit"
    before = every[: candidate.index]
    leads = across and candidate.share(_is_region) < 0.5 and not any(c.keyed for c in before)
    return "variable" if leads else None


def _coded_places(candidates: list[Candidate], code: int | None) -> list[Candidate]:
    """The column of codes where its codes are those of places and no header names any."""
    if any(c.header.place for c in candidates):
        return []
    return [c for c in candidates if c.index == code and c.share(_is_place) >= 0.7]


def _place_labels(places: list[Candidate], hints: Hints) -> dict[str, int]:
    """`place` for the column that labels the rows, `place 7` for one that begins a table beside."""
    if not places:
        return {}
    declared = [c for c in places if any(hints.role(text) == "place" for text in c.levels)]
    best = max(declared or places, key=lambda c: (c.lists_places, c.units, -c.index))
    twins = [c for c in places if c is not best and c.lists_places and _beside(best, c)]
    first = min([best, *twins], key=lambda c: c.index)
    others = [c for c in [best, *twins] if c is not first]
    return {"place": first.index} | {f"place {c.index}": c.index for c in others}


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
    different = sum(a.kind == b.kind and a.code != b.code for a, b in both)
    return bool(both) and different >= 0.5 * len(both)


def holds_values(candidate: Candidate, across: bool) -> bool:
    """A column of numbers, or of whatever stands under a year or a place;
    under years also one whose year cannot be read."""
    if candidate.keyed:
        return True
    if across:
        return any(ch.isdigit() for text in candidate.levels for ch in text)
    return bool(candidate.levels)


def years_down(values: list[Column], candidates: list[Candidate]) -> int | None:
    """The first of the columns that holds years without a telling name, or None."""
    bare = [c.index for c in candidates[:2] if not c.levels]
    columns = [*bare, *(v.index for v in values[:3])]
    return next((c for c in columns if _runs_over_years(candidates[c].below)), None)


def _runs_over_years(cells: list[object]) -> bool:
    """Nothing but years, and no amounts of about 2,000: written as texts, or each of them once."""
    years = [parse_year(cell) for cell in cells]
    if not years or None in years:
        return False
    return any(isinstance(cell, str) for cell in cells) or len(set(years)) == len(years)


def share(cells: list[object], holds: Callable[[object], bool]) -> float:
    """Share of the cells for which something holds, 0 of none."""
    return sum(map(bool, map(holds, cells))) / len(cells) if cells else 0.0


def _is_place(cell: object) -> bool:
    place = find_place(fold(cell))
    return place is not None and place.kind != "region"


def _is_region(cell: object) -> bool:
    place = find_place(fold(cell))
    return place is not None and place.kind == "region"


def _is_unit(cell: object) -> bool:
    return find_unit(fold(cell)) is not None


def _is_year(cell: object) -> bool:
    return parse_year(cell) is not None


def _is_text(cell: object) -> bool:
    return isinstance(cell, str) and not is_number(cell) and parse_year(cell) is None
