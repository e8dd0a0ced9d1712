"""Notes that tables of many methods carry, each worded from the result that it speaks of."""

from collections.abc import Iterable, Sequence

from pipeline.report import table
from pipeline.report.numbers import span
from pipeline.report.say import Say
from pipeline.report.table import About, Standing
from pipeline.results.estimate import (
    MINIMUM_CLUSTERS,
    MOST_DROPPED,
    ORDERS,
    Draws,
    Estimate,
    sign_vectors,
)
from pipeline.results.result import DataFacts
from pipeline.results.rows import Fit, Leverage, Rows

Note = table.Note
STARS = Standing.STARS
BELOW = Standing.BELOW

# Tables list so many cells before they say how many more there are.
_LISTED = 6
# Clustered errors of fewer clusters get a warning under the table.
_FEW = 12


def clustered(say: Say, rows: Sequence[Rows], *, below: bool = True) -> list[Note]:
    """What stands below coefficients, and how clustered errors are made; `below` false where none
    is printed.
    """
    clusters = {r.units for r in rows}
    df = "G−1" if len(clusters) > 1 else str(min(clusters) - 1)
    note = say("clustered_errors", clusters=span(clusters), df=df)
    return [BELOW, note] if below else [note]


def tests(say: Say, judged: Iterable[tuple[Estimate, int]]) -> list[Note]:
    """How the tests for few clusters that judge estimates are made. judged: estimates with their
    clusters."""
    clusters: dict[str, set[int]] = {}
    for estimate, units in judged:
        if estimate.few is not None:
            clusters.setdefault(estimate.test, set()).add(units)
    told = [_how(say, test, units) for test, units in clusters.items()]
    return [say.sentences(told)] if told else []


def _how(say: Say, test: str, clusters: set[int]) -> str:
    draws = {ORDERS} if test == "paths" else {sign_vectors(units) for units in clusters}
    return say(f"how_{test}", draws=span(draws), seed=say.study.spec.seed)


def r2(say: Say, fits: Sequence[Fit]) -> list[Note]:
    """Which R2 is which, where a column absorbs effects."""
    absorbed = any(f.r2_within is not None for f in fits)
    return [About(("r2_within", "r2"), say("r2_note"))] if absorbed else []


def leverage(say: Say, found: Sequence[Leverage | None]) -> list[Note]:
    """What the rows about who carries the treatment mean."""
    rows = ("largest_share", "effective_clusters", "bell_mccaffrey")
    return [About(rows, say("leverage_note"))] if any(found) else []


def few(say: Say, rows: Sequence[Rows]) -> list[Note]:
    """A warning where a column has few clusters."""
    least = min(r.units for r in rows)
    return [say("few_clusters", clusters=least)] if least < _FEW else []


def carried(say: Say, units: Sequence[int | None]) -> list[Note]:
    """A warning for each unit (its code) that alone carries a column's treatment."""
    codes = dict.fromkeys(code for code in units if code is not None)
    return [say("carrier", unit=say.province(code)) for code in codes]


def bootstrap(say: Say, draws: Draws, *, key: str = "bootstrap") -> list[Note]:
    """How percentile intervals were made, and how many draws were dropped."""
    told = say(key, draws=draws.asked, seed=draws.seed, level=say.level())
    lost = say("draws_dropped", dropped=draws.dropped) if draws.dropped else ""
    return [say.sentences([told, lost]), *withheld(say, draws)]


def of_products(
    say: Say, draws: Draws, rows: Sequence[str] = (), what: str = "", *, percentile: bool = True
) -> list[Note]:
    """How the intervals of products are made, or why there are none.

    rows, what: keys of the rows whose errors are the bootstrap's, and what these are called
    """
    if draws.withheld is not None:
        return [*withheld(say, draws)]
    told: list[Note] = [say("ellipse", level=say.level())]
    told += bootstrap(say, draws) if percentile else []
    return [*told, bootstrap_errors(say, rows, what)] if rows else told


def withheld(say: Say, draws: Draws) -> list[str]:
    """Why no interval is made of the draws."""
    if draws.withheld is None:
        return []
    key = f"withheld_{draws.withheld}"
    return [say(key, least=MINIMUM_CLUSTERS, most=say.level(MOST_DROPPED))]


def bootstrap_errors(say: Say, rows: Sequence[str], what: str) -> Note:
    """Whose errors are the bootstrap's, where errors are printed. rows: their keys."""
    return About(tuple(rows), say("bootstrap_error", what=what), ("error", "t"))


def data(say: Say, facts: DataFacts) -> list[Note]:
    """Filled and missing cells, imputation, and whether the data are synthetic."""
    told = [_filled(say, facts), _missing(say, facts), _imputed(say, facts)]
    if facts.synthetic:
        told.append(say("synthetic"))
    return [note for note in told if note]


def _filled(say: Say, facts: DataFacts) -> str:
    if not facts.filled:
        return ""
    methods = {f.variable: f.method for f in say.study.fills}
    shown = [
        say(
            "filled_cell",
            variable=say.label(name),
            province=say.province(code),
            year=year,
            method=say(f"fill_{methods[name]}"),
        )
        for name, cells in sorted(facts.filled.items())
        for code, year in cells
    ]
    return say("filled", count=len(shown), cells=listed(say, shown))


def listed(say: Say, items: Sequence[str], most: int = _LISTED) -> str:
    """The first items as a list in words, and how many more there are."""
    text = say.list(items[:most])
    more = len(items) - most
    return say("and_more", items=text, more=more, all=len(items)) if more > 0 else text


def _missing(say: Say, facts: DataFacts) -> str:
    if not facts.missing:
        return ""
    shown = [f"{say.label(name)} ({count})" for name, count in facts.missing.items()]
    return say("missing", cells=say.list(shown))


def _imputed(say: Say, facts: DataFacts) -> str:
    if not facts.imputations:
        return ""
    key = "imputed" if facts.pooled else "imputed_mean"
    return say(key, imputations=facts.imputations)
