"""Cells without a value that a method left out, in words."""

from collections.abc import Iterable, Mapping

from pipeline.report.notes import Note
from pipeline.report.say import Say

# So many units, and so many groups of units, are listed before the rest is counted.
_LISTED = 6


def left_out(say: Say, cells: Mapping[int, list[int]]) -> list[Note]:
    """A note that names units by the years in which they have no value; none where every cell is
    there."""
    by_years: dict[tuple[int, ...], list[int]] = {}
    for code, years in cells.items():
        by_years.setdefault(tuple(years), []).append(code)
    parts = [
        say("left_out_part", units=_units(say, codes), years=spans(years))
        for years, codes in by_years.items()
    ]
    if not parts:
        return []
    key = "left_out_more" if len(parts) > _LISTED else "left_out"
    return [say(key, parts=say.clauses(parts[:_LISTED]))]


def _units(say: Say, codes: list[int]) -> str:
    """Names of units, the first ones where there are many, or all of them at once."""
    if len(codes) == len(say.study.provinces):
        return say("every_unit")
    named = say.provinces(codes[:_LISTED])
    more = len(codes) - _LISTED
    return say("units_and_more", units=named, more=more, all=len(codes)) if more > 0 else named


def spans(years: Iterable[int]) -> str:
    """`2013–2015/2018` for 2013, 2014, 2015, 2018."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return "/".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)
