"""The notes that the style words: what stands below coefficients, what stars mean."""

from collections.abc import Sequence

from pipeline.report.cells import below
from pipeline.report.journals import Printing
from pipeline.report.say import Say
from pipeline.report.table import Coefficient, Standing

_WHERE = {"()": "in_parentheses", "[]": "in_brackets", "": "in_no_brackets"}


def standing(note: Standing, cells: Sequence[Coefficient], style: Printing, say: Say) -> str:
    """The words of a note about a table's coefficients; empty where nothing is to be said."""
    return _stars(cells, style, say) if note is Standing.STARS else _below(cells, style, say)


def _stars(cells: Sequence[Coefficient], style: Printing, say: Say) -> str:
    if not style.stars or not _tests(cells):
        return ""
    levels = reversed(list(enumerate(style.stars, start=1)))
    told = say("list_comma").join(f"{'*' * n} p < {_level(level)}" for n, level in levels)
    return say("stars_by", levels=told, tests=judged_by(cells, say))


def _below(cells: Sequence[Coefficient], style: Printing, say: Say) -> str:
    if style.below == "none" or not any(below(c, style).text for c in cells):
        return ""
    where = say(_WHERE[getattr(style.journal.brackets, style.below)])
    tests = judged_by(cells, say)
    return say(f"below_{style.below}", where=where, tests=tests, level=say.level())


def judged_by(cells: Sequence[Coefficient], say: Say) -> str:
    """The tests by which coefficients are judged, in words: those for few clusters first."""
    tests = _tests(cells)
    named = say.list(say(f"test_{test}") for test in tests if test != "t")
    if "t" not in tests:
        return named
    return say("tests_else", first=named, others=say("test_t")) if named else say("test_t")


def _tests(cells: Sequence[Coefficient]) -> list[str]:
    """The tests that decide about coefficients, in order of appearance."""
    decided = [c.estimate for c in cells if c.estimate.decides is not None]
    return list(dict.fromkeys("t" if e.few is None else e.test for e in decided))


def _level(level: float) -> str:
    """`0.10`, `0.001`: two decimals unless more are needed."""
    return f"{level:.2f}" if round(level, 2) == level else f"{level:g}"
