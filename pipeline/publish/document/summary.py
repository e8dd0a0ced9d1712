"""The report's first pages: what the estimates say, and what a referee would object to.

Each method speaks of its own tables (`summary.py` of its folder); here stand the objections that no
single table makes.
"""

from collections.abc import Iterator, Sequence

from pipeline.panel.finding import Finding
from pipeline.publish.edition import Edition
from pipeline.report.numbers import typographic
from pipeline.report.say import Say
from pipeline.report.table import Coefficient, PValue
from pipeline.results.estimate import SIZE
from pipeline.study.headline import headline

# Findings of the data checks that referees ask about: the words they get, and their codes.
_DATA = {
    "caution_flags": ("source-flag", "flag-excluded"),
    "caution_missing": ("missing-cell",),
    "caution_jumps": ("jump", "rule-broken"),
}


def summary(edition: Edition, say: Say) -> list[str]:
    """What each table adds to the answer: the headline's table first, then the tables' order."""
    place = headline(edition.study)
    first = [place.table] if place else []
    names = sorted(edition.tables, key=lambda name: name not in first)
    return [typographic(s) for s in _told(edition, names, "summary", say)]


def cautions(edition: Edition, findings: Sequence[Finding], say: Say) -> list[str]:
    """Objections that this run invites, each stated from what it did."""
    out = [say("caution_clusters", units=len(edition.study.provinces), size=say.level(SIZE))]
    out += _told(edition, edition.tables, "cautions", say)
    out.append(say("caution_tests", tests=_tests(edition, say.language)))
    if not any(spec.identifies for spec in edition.study.tables.values()):
        out.append(say("caution_no_instrument"))
    out += _data(edition, findings, say)
    overlap = edition.study.spec.roles.acknowledged_overlap
    if overlap:
        out.append(say("caution_overlap", variables=say.labels(overlap)))
    return [typographic(sentence) for sentence in out]


def _told(edition: Edition, names: Sequence[str], part: str, say: Say) -> Iterator[str]:
    """The sentences of methods that have any, table by table."""
    for name in names:
        method = edition.method(name)
        if method.has("summary") and hasattr(method.part("summary"), part):
            speak = method.function("summary", part)
            yield from speak(edition.named(name), edition.say(name, say.language))


def _tests(edition: Edition, language: str) -> int:
    """Coefficients judged by a test and p-values of their own, over all tables."""
    count = 0
    for name in edition.tables:
        rows = [row for row in edition.rows(name, language) if row.key != "constant"]
        for cell in (cell for row in rows for cell in row.cells):
            count += isinstance(cell, Coefficient) and cell.estimate.decides is not None
            count += isinstance(cell, PValue) and cell.value is not None and not cell.brackets
    return count


def _data(edition: Edition, findings: Sequence[Finding], say: Say) -> Iterator[str]:
    """Variables whose cells the data checks doubt."""
    for key, codes in _DATA.items():
        names = dict.fromkeys(str(f.where.variable) for f in findings if f.code in codes)
        known = edition.study.variables
        shown = [say.label(name) if name in known else name for name in names]
        if shown:
            yield say(key, variables=say.list(shown))
