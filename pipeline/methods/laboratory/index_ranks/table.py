"""The table of ranks: one row a unit."""

from pipeline.methods.laboratory.index_ranks.result import Result, Unit
from pipeline.methods.laboratory.index_ranks.spec import IndexRanksTable
from pipeline.report import notes
from pipeline.report.numbers import decimal
from pipeline.report.say import Say
from pipeline.report.table import Cell, Heading, Number, Row, Table, Words


def table(result: Result, spec: IndexRanksTable, say: Say) -> Table:
    """One row a unit in the order of its rank in the last year: score and rank in each year, places
    gained."""
    several = len(result.years) > 1
    years = [Heading(str(year), 2) for year in result.years]
    parts = [Heading(say(key)) for _ in result.years for key in ("score", "rank")]
    if several:
        years.append(Heading(""))
        parts.append(Heading(say("gained")))
    rows = [
        Row(str(unit.unit), say.province(unit.unit), _cells(unit, several))
        for unit in sorted(result.units, key=_place)
    ]
    told = [_note(result, say), *notes.data(say, result.data)]
    return Table(say("province"), (tuple(years), tuple(parts)), tuple(rows), tuple(told))


def _place(unit: Unit) -> tuple[bool, float]:
    """Where a unit stands in the table; units without a score in the last year stand at the end."""
    last = unit.standings[-1].rank
    return last is None, last or 0.0


def _cells(unit: Unit, several: bool) -> tuple[Cell, ...]:
    pairs = [(Number(s.score), _rank(s.rank)) for s in unit.standings]
    cells: list[Cell] = [cell for pair in pairs for cell in pair]
    return (*cells, _gained(unit.gained)) if several else tuple(cells)


def _rank(rank: float | None) -> Number:
    """A rank, with its half where two units share it."""
    return Number(rank, 1 if rank is not None and rank % 1 else 0)


def _gained(places: float | None) -> Words:
    """Places gained or lost, with their sign."""
    if places is None:
        return Words("")
    sign = "+" if places > 0 else "−" if places < 0 else ""
    return Words(f"{sign}{abs(places):g}")


def _note(result: Result, say: Say) -> str:
    first, last = result.years[0], result.years[-1]
    if len(result.years) == 1:
        return say("order", last=last)
    if result.kendall is None:
        return say("order_and_gains", first=first, last=last)
    tau = decimal(result.kendall, 3)
    return say.sentences([say("order_and_gains", first=first, last=last), say("tau", tau=tau)])
