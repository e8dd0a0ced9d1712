"""The inequality table: a row a year, below it the groups in pairs."""

from pipeline.methods.distribution.inequality.result import Part, Result, Year
from pipeline.methods.distribution.inequality.spec import InequalityTable
from pipeline.report import notes
from pipeline.report.left_out import left_out
from pipeline.report.say import Say
from pipeline.report.table import BLANK, Cell, Heading, Number, Panel, Percent, Row, Table, Words

_GINI = ("within", "net_between", "transvariation")
_THEIL = ("between", "within")


def table(result: Result, spec: InequalityTable, say: Say) -> Table:
    """A row a year: Dagum's Gini and Theil's T with their parts and shares; below, the Gini of each
    pair of groups."""
    parts = [("dagum", ("total", *_GINI)), ("shares", _GINI)]
    parts += [("theil", ("total", *_THEIL)), ("shares", _THEIL)]
    headings = (
        tuple(Heading(say(key), len(columns)) for key, columns in parts),
        tuple(Heading(say(column)) for _, columns in parts for column in columns),
    )
    rows = [Row(str(y.year), str(y.year), _measures(y)) for y in result.years]
    groups = _groups(result, spec, say, len(headings[1]))
    return Table(say("year"), headings, (*rows, *groups), tuple(_notes(result, say)))


def _measures(year: Year) -> tuple[Cell, ...]:
    gini = [getattr(year.gini, key) for key in _GINI]
    theil = [getattr(year.theil, key) for key in _THEIL]
    return (*_split(year.gini.total, gini), *_split(year.theil.total, theil))


def _split(total: float, parts: list[Part]) -> list[Cell]:
    """A measure, its parts, their shares."""
    values: list[Cell] = [Number(v, "coefficients") for v in (total, *(p.value for p in parts))]
    return [*values, *(Percent(p.share, sign=False) for p in parts)]


def _groups(result: Result, spec: InequalityTable, say: Say, width: int) -> list[Row | Panel]:
    """Half matrices of the groups side by side, of the first year and of the last."""
    names = list(dict.fromkeys(group for pairs in result.pairs for group in pairs.groups))
    labels = {name: _label(name, spec, say) for name in names}
    heads: list[list[Cell]] = [
        [Words(say("group_year", group=labels[n], year=p.year)) for n in names]
        for p in result.pairs
    ]
    rows: list[Row | Panel] = [
        Panel(say("pairs"), rule_above=True),
        Row("groups", "", _beside(heads, width)),
    ]
    for i, name in enumerate(names):
        halves: list[list[Cell]] = [
            [
                Number(p.between(other, name), "coefficients") if j <= i else BLANK
                for j, other in enumerate(names)
            ]
            for p in result.pairs
        ]
        rows.append(Row(f"group/{name}", labels[name], _beside(halves, width)))
    return rows


def _beside(halves: list[list[Cell]], width: int) -> tuple[Cell, ...]:
    """Two halves with a blank between them, filled up to the table's width."""
    first, last = halves
    cells = [*first, BLANK, *last]
    return (*cells, *[BLANK] * (width - len(cells)))


def _label(name: str, spec: InequalityTable, say: Say) -> str:
    """The spec's label of a group; a region goes by its name."""
    if name in spec.labels:
        return spec.labels[name].in_language(say.language)
    return say(f"region_{name}")


def _notes(result: Result, say: Say) -> list[notes.Note]:
    outside = say.list(say(f"region_{region}") for region in result.outside)
    told = [say("measures"), say("outside", regions=outside) if outside else ""]
    return [say.sentences(told), *left_out(say, result.left_out), *notes.data(say, result.data)]
