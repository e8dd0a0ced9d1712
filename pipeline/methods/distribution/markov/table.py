"""The table of transitions: a block for all units, one a class of neighbours, the test."""

from collections.abc import Iterator

from pipeline.methods.distribution.markov.result import Matrix, Result
from pipeline.methods.distribution.markov.spec import MarkovTable
from pipeline.report import notes
from pipeline.report.left_out import left_out
from pipeline.report.numbers import plain
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Count,
    Heading,
    Number,
    Panel,
    PValue,
    Row,
    Summary,
    Table,
    Words,
)

# Class names by their number: low and high are always there.
_CLASSES = {
    2: ("low", "high"),
    3: ("low", "middle", "high"),
    4: ("low", "lower", "upper", "high"),
    5: ("low", "lower", "middle", "upper", "high"),
}
_NONE = Words("–")


def table(result: Result, spec: MarkovTable, say: Say) -> Table:
    """A block for all units and one for each class of the neighbours; the test that the blocks
    agree."""
    keys = _CLASSES[result.classes]
    names = [say(f"class_{key}") for key in keys]
    headings = (
        (Heading(""), Heading(say("class_next"), len(names))),
        (Heading(say("moves")), *map(Heading, names)),
    )
    blocks: list[tuple[str, str, Matrix]] = [("every", say("every"), result.every)]
    blocks += [
        (f"given_{key}", say("neighbours", name=name), matrix)
        for key, name, matrix in zip(keys, names, result.given, strict=True)
    ]
    rows: list[Row | Panel] = []
    for block, title, matrix in blocks:
        rows.append(Panel(title, rule_above=bool(rows)))
        rows += _block(block, matrix, keys, say)
    rows += _test(result, say, len(names) + 1)
    told = [_note(result, say), *left_out(say, result.left_out), *notes.data(say, result.data)]
    return Table(say("class_now"), headings, tuple(rows), tuple(told))


def _block(block: str, matrix: Matrix, keys: tuple[str, ...], say: Say) -> Iterator[Row]:
    for key, row in zip(keys, matrix.rows, strict=True):
        cells = (Count(row.count), *map(_share, row.probabilities))
        yield Row(f"{block}/{key}", say(f"class_{key}"), cells)
    yield Row(f"{block}/ergodic", say("ergodic"), (BLANK, *map(_share, matrix.ergodic)))


def _share(value: float | None) -> Cell:
    return _NONE if value is None else Summary(value)


def _test(result: Result, say: Say, width: int) -> list[Row | Panel]:
    test = result.test
    p = _NONE if test.p is None else PValue(test.p)
    shown: list[tuple[str, Cell]] = [
        ("likelihood_ratio", Number(test.likelihood_ratio, "t")),
        ("p", p),
    ]
    blanks = (BLANK,) * (width - 1)
    rows = [Row(key, say(key), (cell, *blanks)) for key, cell in shown]
    return [Panel(say("same_matrices"), rule_above=True), *rows]


def _note(result: Result, say: Say) -> str:
    cuts, lag_cuts = (say.list(map(plain, c)) for c in (result.cuts, result.lag_cuts))
    told = say(
        "methods_relative" if result.relative else "methods",
        cuts=cuts,
        lag_cuts=lag_cuts,
        island=say("island") if result.hainan else "",
    )
    drawn = result.test.draws
    tested = say("tested", draws=drawn.used, seed=drawn.seed)
    unlinked = say("unlinked", moves=result.unlinked) if result.unlinked else ""
    return say.sentences([told, tested, unlinked])
