"""The table of alternatives: one row an alternative."""

from pipeline.methods.laboratory.alternatives.result import Alternative, Result
from pipeline.methods.laboratory.alternatives.spec import AlternativesTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Heading,
    Number,
    Range,
    Row,
    Table,
    Words,
)
from pipeline.study.study import variant_label


def table(result: Result, spec: AlternativesTable, say: Say) -> Table:
    """One row an alternative: rank correlations, moves, and the headline coefficient with its
    interval."""
    headline = any(a.standardised is not None for a in result.alternatives)
    heads = [say(key) for key in ("spearman", "kendall", "mean_move", "largest_move")]
    if headline:
        heads += [say("standardised"), say("interval", level=say.level())]
    rows = [
        Row(a.variable, name_of(a, result, say), _cells(a, headline, say))
        for a in result.alternatives
    ]
    told = [*_notes(result, say, headline), *notes.data(say, result.data)]
    return Table(say("weighting"), (tuple(map(Heading, heads)),), tuple(rows), tuple(told))


def name_of(alternative: Alternative, result: Result, say: Say) -> str:
    """The name of an alternative; the index itself is marked."""
    if alternative.variable == result.index:
        own = say.study.indices[result.index].weights
        return say("as_declared", name=variant_label(own, say.language))
    return variant_label(alternative.variable.removeprefix(f"{result.index}_"), say.language)


def _cells(alternative: Alternative, headline: bool, say: Say) -> tuple[Cell, ...]:
    cells: list[Cell] = [
        Number(alternative.spearman),
        Number(alternative.kendall),
        Number(alternative.mean_move, 1),
        Words(_farthest(alternative, say)),
    ]
    if headline:
        of = alternative.standardised
        cells += (
            [Coefficient(of, "statistics", alone=True), Range(of.low, of.high)]
            if of
            else [BLANK, BLANK]
        )
    return tuple(cells)


def _farthest(alternative: Alternative, say: Say) -> str:
    """The largest move and the unit that makes it."""
    if not alternative.largest_move:
        return "0"
    unit = say.province(alternative.farthest)
    return say("largest_of", places=f"{alternative.largest_move:g}", unit=unit)


def _notes(result: Result, say: Say, headline: bool) -> list[notes.Note]:
    told = [say("ranks", year=result.year)]
    if headline:
        model = result.model
        labels = {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}
        told.append(say("coefficient", **labels))
    told.append(say("ranges"))
    return [say.sentences(told), notes.STARS] if headline else [say.sentences(told)]
